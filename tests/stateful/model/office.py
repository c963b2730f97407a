"""The supervisor's office and the halt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rules import ZERO_ADDRESS, Checks, Outcome, Views, told

if TYPE_CHECKING:
    from . import Platform

PAUSED = "pause: contracts are paused"


class Office:
    def __init__(self, platform: Platform, supervisor: str) -> None:
        self._platform = platform
        self.supervisor = supervisor
        self.offered_to = ZERO_ADDRESS
        self.paused = False

    def running(self, checks: Checks) -> None:
        checks(not self.paused, PAUSED)

    def by_supervisor(self, caller: str) -> Checks:
        """The rules of every act of the supervisor, to go on with."""
        checks = Checks()
        self.running(checks)
        checks(caller == self.supervisor, "supervisor: caller is not")
        return checks

    def transfer_supervisor(self, caller: str, new_supervisor: str) -> Outcome:
        self.by_supervisor(caller).done()
        self.offered_to = new_supervisor
        return Outcome(
            [
                told(
                    "SupervisorTransferStarted",
                    supervisor=caller,
                    pending_supervisor=new_supervisor,
                )
            ]
        )

    def accept_supervisor(self, caller: str) -> Outcome:
        checks = Checks()
        self.running(checks)
        checks(caller == self.offered_to, "supervisor: not offered to caller")
        checks.done()
        before, self.supervisor, self.offered_to = self.supervisor, caller, ZERO_ADDRESS
        return Outcome(
            [told("SupervisorTransferred", previous_supervisor=before, supervisor=caller)]
        )

    def pause(self, caller: str) -> Outcome:
        self.by_supervisor(caller).done()
        self.paused = True
        return Outcome([told("Paused", supervisor=caller)])

    def unpause(self, caller: str) -> Outcome:
        checks = Checks()
        checks(caller == self.supervisor, "supervisor: caller is not")
        checks(self.paused, "pause: not paused")
        checks.done()
        self.paused = False
        return Outcome([told("Unpaused", supervisor=caller)])

    def views(self) -> Views:
        registry = "IssuerRegistry"
        return {
            (registry, "supervisor"): self.supervisor,
            (registry, "pending_supervisor"): self.offered_to,
            (registry, "paused"): self.paused,
        }
