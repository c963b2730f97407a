# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The supervisor's offices, and the halt
@license Apache-2.0
@notice Who holds an office for which region, how it changes hands, and whether the contracts
        stand still. Who may appoint and dismiss is the registry's to check.
@custom:invariant
     INV-21 An officer acts only in regions that the office covers.
     INV-23 While paused, nothing is written but the end of the pause; reading never asks.
     INV-24 Every office changes hands in two steps, and no account holds two.
"""

from ..interfaces import IOffice
from . import checks
from . import regions

# The zero region of an unknown account would be the whole platform: `appointed_at` tells.
officers: HashMap[address, IOffice.Officer]
platform_officers: public(uint256)
paused: public(bool)


@deploy
def __init__():
    """
    @notice The deployer is the first officer, for the whole platform.
    """
    self._appoint(msg.sender, regions.WHOLE_PLATFORM)


# --- officers: their own office ---

@external
def transfer_office(successor: address):
    self._only_officer()
    checks._require(not self._holds_office(successor), "office: already held")
    self.officers[msg.sender].successor = successor
    log IOffice.OfficeTransferStarted(officer=msg.sender, successor=successor)


@external
def accept_office(predecessor: address):
    self._only_running()
    held: IOffice.Officer = self.officers[predecessor]
    checks._require(msg.sender == held.successor, "office: not offered to caller")
    checks._require(not self._holds_office(msg.sender), "office: already held")
    self.officers[predecessor] = empty(IOffice.Officer)
    self._enter(msg.sender, held.region)
    log IOffice.OfficeTransferred(
        predecessor=predecessor, officer=msg.sender, region=held.region
    )


# --- officers of the whole platform: halt ---

@external
def pause():
    self._only_officer_over(regions.WHOLE_PLATFORM)
    self.paused = True
    log IOffice.Paused(officer=msg.sender)


@external
def unpause():
    self._require_officer_over(regions.WHOLE_PLATFORM)
    checks._require(self.paused, "pause: not paused")
    self.paused = False
    log IOffice.Unpaused(officer=msg.sender)


# --- anyone: reading ---

@external
@view
def officer(account: address) -> IOffice.Officer:
    return self.officers[account]


@external
@pure
def covers(over: uint32, region: uint32) -> bool:
    return regions._covers(over, region)


# --- internal: guards ---

@internal
@view
def _only_running():
    assert not self.paused, "pause: contracts are paused"


@internal
@view
def _only_officer():
    self._only_running()
    checks._require(self._holds_office(msg.sender), "supervisor: caller is not")


@internal
@view
def _only_officer_over(region: uint32):
    self._only_running()
    self._require_officer_over(region)


@internal
@view
def _require_officer_over(region: uint32):
    checks._require(self._holds_office(msg.sender), "supervisor: caller is not")
    checks._require(self._is_officer_over(msg.sender, region), "supervisor: not in this region")


# --- internal: offices ---

@internal
@view
def _holds_office(account: address) -> bool:
    return self.officers[account].appointed_at != 0


@internal
@view
def _is_officer_over(account: address, region: uint32) -> bool:
    return self._holds_office(account) and regions._covers(self.officers[account].region, region)


@internal
def _appoint(account: address, region: uint32):
    self._enter(account, region)
    if region == regions.WHOLE_PLATFORM:
        self.platform_officers += 1
    log IOffice.OfficerAppointed(officer=account, region=region)


@internal
def _dismiss(account: address):
    region: uint32 = self.officers[account].region
    self.officers[account] = empty(IOffice.Officer)
    if region == regions.WHOLE_PLATFORM:
        self.platform_officers -= 1
    log IOffice.OfficerDismissed(officer=account, region=region)


@internal
def _enter(account: address, region: uint32):
    self.officers[account] = IOffice.Officer(
        region=region,
        appointed_at=convert(block.timestamp, uint64),
        successor=empty(address),
    )
