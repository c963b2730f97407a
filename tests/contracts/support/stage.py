"""A world in mid-life: every kind of caller, and a bill, a grant and a claim in every state.

Each function of the contracts can be called with success from here.
"""

from typing import Any

import boa

from .signed import signed_batch, signing_key
from .world import (
    BEIJING,
    BUREAU,
    CHAOYANG,
    CODE,
    COMMERCIAL,
    DAY,
    DISTRICTS,
    DONGCHENG,
    EMPLOYER,
    HEBEI,
    HOSPITAL,
    INSURER,
    ISSUER,
    NOBODY,
    PAYER,
    PLATFORM,
    PROVIDENT_FUND,
    STATUTORY,
    ZERO_ADDRESS,
    Batch,
    Grant,
    World,
)

FUND = b"12110000400777777X"
OTHER_BUREAU = b"11110000000099999Y"
SLEEPING_ISSUER = b"12110000400680000S"
FORMER_ISSUER = b"12110000400680000F"
SLEEPING_PAYER = b"91110000100000000S"
FORMER_PAYER = b"91110000100000000F"
# Beside the first officer, who is the deployer.
OFFICES = {
    "another officer of the platform": PLATFORM,
    "officer of the province": BEIJING,
    "officer of the city": DISTRICTS,
    "officer of the district": DONGCHENG,
    "officer of another district": CHAOYANG,
    "officer of another province": HEBEI,
}
SIGHT = b"sight".ljust(32, b"\0")


class Stage:
    """Callers by name, and what their calls are about."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.callers = self._callers()
        self._offices()
        self._institutions()
        self._requests()
        self._claims()
        self._bills()
        self._grants()

    def contract(self, name: str) -> Any:
        return {
            "IssuerRegistry": self.world.registry,
            "BillRegistry": self.world.bills,
            "ConsentRegistry": self.world.consents,
            "ReimbursementLedger": self.world.ledger,
        }[name]

    def new_address(self, name: str) -> str:
        return boa.env.generate_address(name)

    def _callers(self) -> dict[str, str]:
        w = self.world
        self.signer = signing_key(w, HOSPITAL, "hospital")
        contracts = {
            name: self.contract(name).address
            for name in ("IssuerRegistry", "BillRegistry", "ConsentRegistry", "ReimbursementLedger")
        }
        known = {
            "officer of the platform": w.supervisor,
            "own issuer": w.hospital_key,
            "own issuer's other key": self.signer.address,
            "another issuer": w.clinic_key,
            "statutory payer": w.bureau_key,
            "commercial payer": w.insurer_key,
            "employer": w.employer_key,
            "holder": w.holder.address,
        }
        new = (
            *OFFICES,
            "officer to be dismissed",
            "dismissed officer",
            "former officer",
            "officer who took over",
            "successor of an officer",
            "applicant",
            "revoked key of the issuer",
            "disowned key of the issuer",
            "suspended issuer",
            "revoked issuer",
            "another statutory payer",
            "provident fund",
            "revoked key of the payer",
            "disowned key of the payer",
            "suspended payer",
            "revoked payer",
            "another holder",
            "relayer",
            "stranger",
        )
        return known | {name: self.new_address(name) for name in new} | contracts | {
            "zero address": ZERO_ADDRESS
        }  # fmt: skip

    def _offices(self) -> None:
        """Officers of every kind of region, some of them no more; one application is open."""
        registry, who = self.world.registry, self.callers
        with boa.env.prank(self.world.supervisor):
            for name, region in OFFICES.items():
                registry.appoint_officer(who[name], region)
            for name in ("officer to be dismissed", "dismissed officer", "former officer"):
                registry.appoint_officer(who[name], DONGCHENG)
            registry.dismiss_officer(who["dismissed officer"])
            registry.transfer_office(who["successor of an officer"])
        heir = who["officer who took over"]
        registry.transfer_office(heir, sender=who["former officer"])
        registry.accept_office(who["former officer"], sender=heir)
        self.applied = registry.apply_as_issuer(NOBODY, "诊所", DONGCHENG, sender=who["applicant"])

    def _institutions(self) -> None:
        """Institutions and keys that may not, or not any more, or not here."""
        w, registry, who = self.world, self.world.registry, self.callers
        self.past = boa.env.timestamp
        with boa.env.prank(w.supervisor):
            for uscc, key in (
                (SLEEPING_ISSUER, "suspended issuer"),
                (FORMER_ISSUER, "revoked issuer"),
            ):
                registry.admit_issuer(uscc, key, DONGCHENG)
                registry.register_key(who[key], uscc, ISSUER)
            for uscc, kind, key in (
                (OTHER_BUREAU, STATUTORY, "another statutory payer"),
                (FUND, PROVIDENT_FUND, "provident fund"),
                (SLEEPING_PAYER, COMMERCIAL, "suspended payer"),
                (FORMER_PAYER, COMMERCIAL, "revoked payer"),
            ):
                registry.admit_payer(uscc, key, kind, BEIJING)
                registry.register_key(who[key], uscc, PAYER)
            for owner, role, name in ((HOSPITAL, ISSUER, "issuer"), (BUREAU, PAYER, "payer")):
                registry.register_key(who[f"revoked key of the {name}"], owner, role)
                registry.register_key(who[f"disowned key of the {name}"], owner, role)
        self.disputed = self._next_batch(who["disowned key of the issuer"])
        self.attested = self._next_batch(who["disowned key of the issuer"])
        with boa.env.prank(w.supervisor):
            registry.suspend_issuer(SLEEPING_ISSUER)
            registry.revoke_issuer(FORMER_ISSUER)
            registry.suspend_payer(SLEEPING_PAYER)
            registry.revoke_payer(FORMER_PAYER)
            for name in ("issuer", "payer"):
                registry.revoke_key(who[f"revoked key of the {name}"])
                registry.disown_key(who[f"disowned key of the {name}"], self.past)

    def _next_batch(self, sender: str) -> int:
        """A batch of two whose content nobody needs."""
        w = self.world
        first = CODE * 10**10 + w.next_no()
        w.bills.anchor(w.segment, first, 2, b"\x05" * 32, 1, sender=sender)
        return first

    def _requests(self) -> None:
        w, registry = self.world, self.world.registry
        with boa.env.prank(w.hospital_key):
            self.asked = registry.request_numbers(CODE, 5)
            self.approved = registry.request_numbers(CODE, 5)
        registry.approve_request(self.approved, sender=w.supervisor)

    def _claims(self) -> None:
        w = self.world
        self.overdue = w.locked()
        boa.env.timestamp += DAY + 1
        self.claimed = w.locked()
        self.reversed = w.settled()
        self.replacement = w.anchor()
        w.reverse(self.reversed, w.anchor(), self.replacement.batch_id)

    def _bills(self) -> None:
        w = self.world
        self.free, self.red, self.spare = w.anchor(), w.anchor(), w.anchor()
        self.swapped = w.anchor()
        w.bills.swap_to_paper(self.swapped.batch_id, self.swapped.batch_id, "P1",
                              sender=w.hospital_key)  # fmt: skip
        self.signed = signed_batch(w, self.signer, w.segment, CODE * 10**10 + w.next_no())

    def _grants(self) -> None:
        w, free = self.world, self.free.batch_id
        self.grant: Grant = w.granted(free, BUREAU)
        self.staff_grant = w.granted(free, EMPLOYER, no_statutory=True)
        self.sight_grant = w.granted(free, BUREAU, purpose=SIGHT)
        self.insurer_grant = w.granted(free, INSURER)
        self.new_grant = w.grant_for(free, BUREAU, nonce=2)
        self.used_grant = w.grant_id(w.grant_for(self.claimed.batch_id, BUREAU))

    # --- what one act needs and the others must not see ---

    def appoint(self) -> None:
        """Make the bill registry known to the registry of issuers, once for ever."""
        self.world.registry.appoint_bills(self.world.bills.address, sender=self.world.supervisor)

    def spent_segment(self) -> int:
        """A segment of nine numbers, all returned."""
        self.appoint()
        registry = self.world.registry
        segment = registry.grant_numbers(HOSPITAL, CODE, 9, sender=self.world.supervisor)
        registry.return_unused(segment, sender=self.world.hospital_key)
        return segment

    def filed_segment(self) -> int:
        segment = self.spent_segment()
        self.world.registry.file_write_off(segment, 0, 0, 9, sender=self.world.hospital_key)
        return segment


def whole(batch: Batch) -> tuple[int, int]:
    """The only bill of a batch, as functions that need no proof name it."""
    return batch.batch_id, batch.batch_id
