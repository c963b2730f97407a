"""INV-21: callers without the role change nothing. Every function that can change something, times
every kind of caller; the table must name every such function, or the test fails."""

import boa
import pytest

from ..support.events import CONTRACTS, abi_of, events_of
from ..support.signed import signed_batch, signing_key
from ..support.world import (
    BUREAU,
    CLAIM,
    CLINIC,
    CODE,
    COMMERCIAL,
    DAY,
    EMPLOYER,
    HOSPITAL,
    INSURER,
    ISSUER,
    NOBODY,
    OTHER_CODE,
    VOUCHER,
    proved,
)

ANYONE = "anyone"
ADDRESS = "0x" + "77" * 20


class Stage:
    """A world in which every function of the table would succeed for the rightful caller."""

    def __init__(self, world, *, appointed=True):
        self.world = world
        w = world
        w.registry.suspend_issuer(CLINIC, sender=w.supervisor)
        w.registry.suspend_payer(INSURER, sender=w.supervisor)
        w.registry.transfer_supervisor(w.stranger.address, sender=w.supervisor)
        self.asked = self.approved = self.spent = self.filed = 0
        if appointed:
            self._numbers()
        self.overdue = w.anchor()
        w.lock(self.overdue, w.granted(self.overdue.batch_id, BUREAU))
        boa.env.timestamp += DAY + 1
        self.claimed = w.anchor()
        w.lock(self.claimed, w.granted(self.claimed.batch_id, BUREAU))
        self.free = w.anchor()
        self.grant = w.granted(self.free.batch_id, BUREAU)
        self.new_grant = w.grant_for(self.free.batch_id, BUREAU, nonce=2)
        self.swapped, self.red = w.anchor(), w.anchor()
        w.bills.swap_to_paper(
            self.swapped.batch_id, self.swapped.batch_id, "P1", sender=w.hospital_key
        )
        self.disputed = self.disputed_batch()
        self.reversed = w.settled()
        w.reverse(self.reversed, w.anchor())
        self.staff_grant = w.granted(self.free.batch_id, EMPLOYER, no_statutory=True)
        self.sight_grant = w.granted(self.free.batch_id, BUREAU, purpose=b"sight".ljust(32, b"\0"))
        self.signer = signing_key(w, HOSPITAL, "hospital")
        self.signed = signed_batch(w, self.signer, w.segment, CODE * 10**10 + w.next_no())
        self.callers = {
            "outsider": boa.env.generate_address(),
            "supervisor": w.supervisor,
            "pending supervisor": w.stranger.address,
            "hospital": w.hospital_key,
            "suspended issuer": w.clinic_key,
            "bureau": w.bureau_key,
            "suspended payer": w.insurer_key,
            "employer": w.employer_key,
            "holder": w.holder.address,
            "ledger": w.ledger.address,
            "bills": w.bills.address,
        }

    def _numbers(self):
        """Requests and segments on every step of their way."""
        w, registry = self.world, self.world.registry
        registry.appoint_bills(w.bills.address, sender=w.supervisor)
        with boa.env.prank(w.hospital_key):
            self.asked = registry.request_numbers(CODE, 5)
            self.approved = registry.request_numbers(CODE, 5)
        registry.approve_request(self.approved, sender=w.supervisor)
        with boa.env.prank(w.supervisor):
            self.spent = registry.grant_numbers(HOSPITAL, CODE, 9)
            self.filed = registry.grant_numbers(HOSPITAL, CODE, 9)
        with boa.env.prank(w.hospital_key):
            registry.return_unused(self.spent)
            registry.return_unused(self.filed)
            registry.file_write_off(self.filed, 0, 0, 9)

    def disputed_batch(self):
        """A batch by a key that was in wrong hands already."""
        w, stolen = self.world, boa.env.generate_address()
        w.registry.register_key(stolen, HOSPITAL, ISSUER, sender=w.supervisor)
        first = CODE * 10**10 + w.next_no()
        w.bills.anchor(w.segment, first, 1, b"\x05" * 32, 1, sender=stolen)
        w.registry.disown_key(stolen, boa.env.timestamp, sender=w.supervisor)
        return first

    def table(self):
        """(contract, function) → (who may, arguments)."""
        return self._registry() | self._bills() | self._consents() | self._ledger()

    def _registry(self):
        w = self.world
        arguments = {
            "transfer_supervisor": (ADDRESS,),
            "admit_issuer": (NOBODY, "name", 110101),
            "suspend_issuer": (HOSPITAL,),
            "resume_issuer": (CLINIC,),
            "revoke_issuer": (HOSPITAL,),
            "admit_payer": (NOBODY, "name", COMMERCIAL),
            "suspend_payer": (BUREAU,),
            "resume_payer": (INSURER,),
            "revoke_payer": (BUREAU,),
            "register_key": (ADDRESS, HOSPITAL, ISSUER),
            "revoke_key": (w.hospital_key,),
            "disown_key": (w.hospital_key, boa.env.timestamp),
            "open_series": (OTHER_CODE, "donation"),
            "grant_numbers": (HOSPITAL, 11010126, 1),
            "set_stock_limit": (1,),
            "allow_kind": (HOSPITAL, "donation", True),
            "approve_request": (self.asked,),
            "grant_request": (self.approved,),
            "audit_write_off": (self.filed,),
            "appoint_bills": (w.bills.address,),
            "pause": (),
            "unpause": (),
        }
        table = {("IssuerRegistry", name): ("supervisor", args) for name, args in arguments.items()}
        own = {
            "request_numbers": (CODE, 5),
            "split_segment": (w.segment, 5, "outlet 2"),
            "return_unused": (w.segment,),
            "file_write_off": (self.spent, 0, 0, 9),
        }
        table |= {("IssuerRegistry", name): ("hospital", args) for name, args in own.items()}
        table["IssuerRegistry", "accept_supervisor"] = ("pending supervisor", ())
        return table

    def _bills(self):
        w, free = self.world, self.free.batch_id
        anchor = (w.segment, CODE * 10**10 + w.next_no(), 1, b"\x05" * 32, 1)
        return {
            ("BillRegistry", "anchor"): ("hospital", anchor),
            ("BillRegistry", "anchor_signed"): (ANYONE, ([self.signed],)),
            ("BillRegistry", "void"): ("hospital", (free, free, 1)),
            ("BillRegistry", "reverse"): (
                "hospital",
                (proved(self.free), proved(self.red), 0, 0, 1),
            ),
            ("BillRegistry", "swap_to_paper"): ("hospital", (free, free, "P2")),
            ("BillRegistry", "recover_paper"): ("hospital", (self.swapped.batch_id,) * 2),
            ("BillRegistry", "attest_batch"): ("supervisor", (self.disputed,)),
            ("BillRegistry", "attest_bill"): ("supervisor", (self.disputed, self.disputed)),
        }

    def _consents(self):
        w = self.world
        used = w.grant_id(w.grant_for(self.claimed.batch_id, BUREAU))
        signed = (self.new_grant, w.sign_grant(self.new_grant))
        return {
            ("ConsentRegistry", "grant"): ("holder", (self.new_grant,)),
            ("ConsentRegistry", "grant_signed"): (ANYONE, signed),
            ("ConsentRegistry", "revoke"): ("holder", (self.grant,)),
            ("ConsentRegistry", "revoke_signed"): (
                ANYONE,
                (self.grant, w.sign_revoke(self.grant)),
            ),
            ("ConsentRegistry", "use"): ("ledger", (self.grant, 1)),
            ("ConsentRegistry", "release"): ("ledger", (used, 1)),
        }

    def _ledger(self):
        free, claimed = self.free, self.claimed.batch_id
        lock = (free.headers[0], free.batch_id, [], self.grant, CLAIM, 1, boa.env.timestamp + 1)
        return {
            ("ReimbursementLedger", "lock"): ("bureau", lock),
            ("ReimbursementLedger", "settle"): ("bureau", (claimed, claimed, CLAIM, 1, VOUCHER)),
            ("ReimbursementLedger", "reject"): ("bureau", (claimed, CLAIM, 1)),
            ("ReimbursementLedger", "account"): (
                "employer",
                (*proved(free), self.staff_grant, CLAIM, VOUCHER, boa.env.timestamp),
            ),
            ("ReimbursementLedger", "log_use"): ("bureau", (*proved(free), self.sight_grant)),
            ("ReimbursementLedger", "recover"): (
                "bureau",
                (self.reversed.batch_id, CLAIM, VOUCHER),
            ),
            ("ReimbursementLedger", "expire"): (ANYONE, (self.overdue.batch_id, BUREAU, CLAIM)),
        }

    def prepare(self, function):
        """What must be so for a function that no single stage suits together with the others."""
        if function == "unpause":
            self.world.registry.pause(sender=self.world.supervisor)

    def contract(self, name):
        return {
            "IssuerRegistry": self.world.registry,
            "BillRegistry": self.world.bills,
            "ConsentRegistry": self.world.consents,
            "ReimbursementLedger": self.world.ledger,
        }[name]


def changing_functions():
    return {
        (contract, entry["name"])
        for contract in CONTRACTS
        for entry in abi_of(contract)
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }


@pytest.fixture
def stage(world, request):
    case = getattr(request.node, "callspec", None)
    first = case is not None and case.params["function"] == "appoint_bills"
    return Stage(world, appointed=not first)


def test_roles__table__names_every_function_that_changes_something(stage):
    assert set(stage.table()) == changing_functions()


@pytest.mark.parametrize(("contract", "function"), sorted(changing_functions()))
def test_roles__every_caller__only_the_rightful_one_succeeds(stage, contract, function):
    rightful, arguments = stage.table()[contract, function]
    stage.prepare(function)
    target = stage.contract(contract)
    accepted = []
    for who, address in stage.callers.items():
        with boa.env.anchor():
            try:
                getattr(target, function)(*arguments, sender=address)
            except boa.BoaError:
                continue
            assert events_of(target), "a change without an event"
            accepted.append(who)
    assert accepted == (list(stage.callers) if rightful == ANYONE else [rightful])


@pytest.mark.parametrize("contract", CONTRACTS)
def test_roles__money_sent__refused_everywhere(contract):
    """Nothing here holds money: no function is payable, and there is no fallback."""
    entries = abi_of(contract)
    assert {entry["type"] for entry in entries} == {"constructor", "event", "function"}
    assert "payable" not in {entry.get("stateMutability") for entry in entries}
