# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title Acts that several officers have to agree on
@license Apache-2.0
@notice The same call with the same arguments by another officer is the next approval; the last
        one does the act. How many it takes is one rule for the whole platform.
@dev An act is known by the Keccak-256 of its calldata in canonical form. Who holds no office over
     the act's region any more does not count: that is looked up, never remembered.
@custom:invariant
     INV-14 An approval counts once, and is used up when the act is done.
     INV-26 An act may be completed while block time <= first approval + 7 days.
     INV-29 An act that takes several officers is done by the last of as many different ones.
     INV-30 There are always as many officers of the whole platform as an act takes.
"""

from ..interfaces import IOffice
from . import checks
from . import office
from . import regions

uses: office

MAX_APPROVALS: constant(uint8) = 5
# Long enough for a colleague's leave, short enough that nobody agrees to what was forgotten.
LIFE: constant(uint64) = 7 * 86_400

rule: IOffice.ApprovalRule
pending: HashMap[bytes32, IOffice.PendingAct]


@deploy
def __init__():
    """
    @notice At first one officer is enough for everything.
    """
    self.rule = IOffice.ApprovalRule(approvals=1, grant_limit=max_value(uint64))


# --- officers: who is one, and how many must agree ---

@external
def appoint_officer(account: address, region: uint32):
    office._only_officer_over(region)
    checks._require(account != empty(address), "office: zero address")
    checks._require(regions._is_region_or_whole(region), "office: region not six digits")
    checks._require(not office._holds_office(account), "office: already held")
    act: bytes32 = keccak256(
        abi_encode(account, region, method_id=method_id("appoint_officer(address,uint32)"))
    )
    agreed: bool = self._agree(act, region)
    if agreed:
        office._appoint(account, region)


@external
def dismiss_officer(account: address):
    region: uint32 = office.officers[account].region
    office._only_officer_over(region)
    checks._require(office._holds_office(account), "office: not held")
    needed: uint8 = 1
    if region == regions.WHOLE_PLATFORM:
        needed = self.rule.approvals
        left: uint256 = office.platform_officers - 1
        checks._require(left >= convert(needed, uint256), "office: too few would be left")
    act: bytes32 = keccak256(
        abi_encode(account, method_id=method_id("dismiss_officer(address)"))
    )
    agreed: bool = self._agree_by(act, region, needed)
    if agreed:
        office._dismiss(account)


@external
def set_approval_rule(needed_approvals: uint8, grant_limit: uint64):
    office._only_officer_over(regions.WHOLE_PLATFORM)
    checks._require(needed_approvals != 0, "approval: none needed")
    checks._require(needed_approvals <= MAX_APPROVALS, "approval: more than five needed")
    act: bytes32 = keccak256(
        abi_encode(
            needed_approvals, grant_limit, method_id=method_id("set_approval_rule(uint8,uint64)")
        )
    )
    # Whoever raises the number proves by it that so many officers are there.
    needed: uint8 = max(self.rule.approvals, needed_approvals)
    agreed: bool = self._agree_by(act, regions.WHOLE_PLATFORM, needed)
    if agreed:
        self.rule = IOffice.ApprovalRule(approvals=needed_approvals, grant_limit=grant_limit)
        log IOffice.ApprovalRuleSet(approvals=needed_approvals, grant_limit=grant_limit)


@external
def withdraw_approval(act: bytes32):
    office._only_officer()
    pending: IOffice.PendingAct = self._standing(act)
    checks._require(msg.sender in pending.approvers, "approval: not given")
    others: DynArray[address, 5] = []
    for each: address in pending.approvers:
        if each != msg.sender:
            others.append(each)
    pending.approvers = others
    self.pending[act] = empty(IOffice.PendingAct)
    if len(others) != 0:
        self.pending[act] = pending
    log IOffice.ApprovalWithdrawn(
        act=act, officer=msg.sender, given=convert(len(others), uint8)
    )


# --- anyone: reading ---

@external
@view
def approval_rule() -> IOffice.ApprovalRule:
    return self.rule


@external
@view
def pending_act(act: bytes32) -> IOffice.PendingAct:
    return self._standing(act)


# --- internal ---

@internal
def _agree(act: bytes32, region: uint32) -> bool:
    """
    @dev As `_agree_by`, with as many officers as the rule asks for.
    """
    return self._agree_by(act, region, self.rule.approvals)


@internal
def _agree_to_grant(act: bytes32, region: uint32, count: uint64) -> bool:
    """
    @dev As `_agree_by`: one officer may grant up to the limit.
    """
    needed: uint8 = 1
    if count > self.rule.grant_limit:
        needed = self.rule.approvals
    return self._agree_by(act, region, needed)


@internal
def _agree_by(act: bytes32, region: uint32, needed: uint8) -> bool:
    """
    @dev Counts the caller, whom the guards let pass. When that is enough the approvals are used
         up, and the act has to be done; when not, nothing else may change.
    """
    pending: IOffice.PendingAct = self._standing(act)
    checks._require(msg.sender not in pending.approvers, "approval: already given")
    pending.approvers.append(msg.sender)
    given: uint8 = convert(len(pending.approvers), uint8)
    if given >= needed:
        if self.pending[act].opened_at != 0:
            self.pending[act] = empty(IOffice.PendingAct)
        return True
    if given == 1:
        pending.region = region
        pending.opened_at = convert(block.timestamp, uint64)
    self.pending[act] = pending
    log IOffice.ActApproved(
        act=act, region=region, officer=msg.sender, given=given, needed=needed
    )
    return False


@internal
@view
def _standing(act: bytes32) -> IOffice.PendingAct:
    """
    @dev What counts now of the approvals of an act; nothing at all when none does.
    """
    pending: IOffice.PendingAct = self.pending[act]
    if block.timestamp > convert(pending.opened_at + LIFE, uint256):
        return empty(IOffice.PendingAct)
    standing: DynArray[address, 5] = []
    for each: address in pending.approvers:
        if office._is_officer_over(each, pending.region):
            standing.append(each)
    if len(standing) == 0:
        return empty(IOffice.PendingAct)
    pending.approvers = standing
    return pending
