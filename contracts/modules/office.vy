# pragma version 0.4.3
# pragma nonreentrancy on
"""
@title The supervisor's office, and the halt
@license Apache-2.0
@notice Who holds the office, how it changes hands, and whether the contracts stand still.
@custom:invariant
     INV-23 While paused, nothing is written but the end of the pause; reading never asks.
     INV-24 The office changes hands in two steps.
"""

from ..interfaces import IIssuerRegistry

supervisor: public(address)
pending_supervisor: public(address)
paused: public(bool)


@deploy
def __init__():
    """
    @notice The deployer takes the office.
    """
    self.supervisor = msg.sender
    log IIssuerRegistry.SupervisorTransferred(
        previous_supervisor=empty(address), supervisor=msg.sender
    )


# --- the supervisor: office ---

@external
def transfer_supervisor(new_supervisor: address):
    self._only_supervisor()
    self.pending_supervisor = new_supervisor
    log IIssuerRegistry.SupervisorTransferStarted(
        supervisor=msg.sender, pending_supervisor=new_supervisor
    )


@external
def accept_supervisor():
    self._only_running()
    assert msg.sender == self.pending_supervisor, "supervisor: not offered to caller"
    previous: address = self.supervisor
    self.supervisor = msg.sender
    self.pending_supervisor = empty(address)
    log IIssuerRegistry.SupervisorTransferred(previous_supervisor=previous, supervisor=msg.sender)


# --- the supervisor: halt ---

@external
def pause():
    self._only_supervisor()
    self.paused = True
    log IIssuerRegistry.Paused(supervisor=msg.sender)


@external
def unpause():
    assert msg.sender == self.supervisor, "supervisor: caller is not"
    assert self.paused, "pause: not paused"
    self.paused = False
    log IIssuerRegistry.Unpaused(supervisor=msg.sender)


# --- internal ---

@internal
@view
def _only_running():
    assert not self.paused, "pause: contracts are paused"


@internal
@view
def _only_supervisor():
    self._only_running()
    assert msg.sender == self.supervisor, "supervisor: caller is not"
