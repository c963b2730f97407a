"""INV-21: callers without the role change nothing. Every function that can change something, times
every kind of caller; the table must name every such function, or the test fails."""

import boa
import pytest

from ..support.acts import act_of, need
from ..support.events import CONTRACTS, abi_of, events_of
from ..support.signed import signed_batch, signing_key
from ..support.world import (
    BEIJING,
    BUREAU,
    CLAIM,
    CLINIC,
    CODE,
    DAY,
    DONGCHENG,
    EMPLOYER,
    HEBEI,
    HOSPITAL,
    INSURER,
    ISSUER,
    NOBODY,
    OTHER_CODE,
    STATUTORY,
    VOUCHER,
    proved,
)

PLATFORM_OFFICER = frozenset({"supervisor"})
BEIJING_OFFICERS = PLATFORM_OFFICER | {"officer of Beijing"}
DONGCHENG_OFFICERS = BEIJING_OFFICERS | {"officer of Dongcheng"}
OFFICERS = DONGCHENG_OFFICERS | {"officer of Hebei"}
KEYS = frozenset({"hospital", "suspended issuer", "bureau", "suspended payer", "employer"})
OTHERS = frozenset({"outsider", "pending supervisor", "holder", "ledger", "bills"})
ANYONE = OFFICERS | KEYS | OTHERS
ADDRESS = "0x" + "77" * 20
APPLICANT = "0x" + "78" * 20
NEW_PAYER = (NOBODY, "name", STATUTORY, BEIJING)


class Stage:
    """A world in which every function of the table would succeed for the rightful caller."""

    def __init__(self, world, *, appointed=True):
        self.world = world
        w = world
        w.registry.suspend_issuer(CLINIC, sender=w.supervisor)
        w.registry.suspend_payer(INSURER, sender=w.supervisor)
        w.registry.transfer_office(w.stranger.address, sender=w.supervisor)
        self.applied = w.registry.apply_as_issuer(NOBODY, "name", DONGCHENG, sender=APPLICANT)
        self.dismissed = w.officer(DONGCHENG)
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
            "officer of Beijing": w.officer(BEIJING),
            "officer of Dongcheng": w.officer(DONGCHENG),
            "officer of Hebei": w.officer(HEBEI),
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
        table = self._institutions() | self._offices() | self._numbers_of_the_hospital()
        return {("IssuerRegistry", name): row for name, row in table.items()}

    def _institutions(self):
        w = self.world
        return {
            "admit_issuer": (DONGCHENG_OFFICERS, (NOBODY, "name", DONGCHENG)),
            "suspend_issuer": (DONGCHENG_OFFICERS, (HOSPITAL,)),
            "resume_issuer": (BEIJING_OFFICERS, (CLINIC,)),
            "revoke_issuer": (DONGCHENG_OFFICERS, (HOSPITAL,)),
            "admit_payer": (BEIJING_OFFICERS, NEW_PAYER),
            "suspend_payer": (BEIJING_OFFICERS, (BUREAU,)),
            "resume_payer": (PLATFORM_OFFICER, (INSURER,)),
            "revoke_payer": (BEIJING_OFFICERS, (BUREAU,)),
            "register_key": (DONGCHENG_OFFICERS, (ADDRESS, HOSPITAL, ISSUER)),
            "revoke_key": (DONGCHENG_OFFICERS, (w.hospital_key,)),
            "disown_key": (BEIJING_OFFICERS, (w.bureau_key, boa.env.timestamp)),
            "apply_as_issuer": (ANYONE - KEYS, (NOBODY, "name", DONGCHENG)),
            "admit_applicant": (DONGCHENG_OFFICERS, (self.applied,)),
            "refuse_applicant": (DONGCHENG_OFFICERS, (self.applied,)),
        }

    def _offices(self):
        w = self.world
        return {
            "transfer_office": (OFFICERS, (ADDRESS,)),
            "accept_office": ({"pending supervisor"}, (w.supervisor,)),
            "appoint_officer": (DONGCHENG_OFFICERS, (ADDRESS, DONGCHENG)),
            "dismiss_officer": (DONGCHENG_OFFICERS, (self.dismissed,)),
            "set_approval_rule": (PLATFORM_OFFICER, (1, 5)),
            "withdraw_approval": (PLATFORM_OFFICER, (act_of("admit_payer", *NEW_PAYER),)),
            "pause": (PLATFORM_OFFICER, ()),
            "unpause": (PLATFORM_OFFICER, ()),
        }

    def _numbers_of_the_hospital(self):
        w = self.world
        return {
            "open_series": (BEIJING_OFFICERS, (OTHER_CODE, "donation", BEIJING)),
            "grant_numbers": (DONGCHENG_OFFICERS, (HOSPITAL, CODE, 1)),
            "set_stock_limit": (PLATFORM_OFFICER, (1,)),
            "allow_kind": (DONGCHENG_OFFICERS, (HOSPITAL, "donation", True)),
            "approve_request": (DONGCHENG_OFFICERS, (self.asked,)),
            "grant_request": (DONGCHENG_OFFICERS, (self.approved,)),
            "audit_write_off": (DONGCHENG_OFFICERS, (self.filed,)),
            "appoint_bills": (PLATFORM_OFFICER, (w.bills.address,)),
            "request_numbers": ({"hospital"}, (CODE, 5)),
            "split_segment": ({"hospital"}, (w.segment, 5, "outlet 2")),
            "return_unused": ({"hospital"}, (w.segment,)),
            "file_write_off": ({"hospital"}, (self.spent, 0, 0, 9)),
        }

    def _bills(self):
        w, free = self.world, self.free.batch_id
        anchor = (w.segment, CODE * 10**10 + w.next_no(), 1, b"\x05" * 32, 1)
        return {
            ("BillRegistry", "anchor"): ({"hospital"}, anchor),
            ("BillRegistry", "anchor_signed"): (ANYONE, ([self.signed],)),
            ("BillRegistry", "void"): ({"hospital"}, (free, free, 1)),
            ("BillRegistry", "reverse"): (
                {"hospital"},
                (proved(self.free), proved(self.red), 0, 0, 1),
            ),
            ("BillRegistry", "swap_to_paper"): ({"hospital"}, (free, free, "P2")),
            ("BillRegistry", "recover_paper"): ({"hospital"}, (self.swapped.batch_id,) * 2),
            ("BillRegistry", "attest_batch"): (DONGCHENG_OFFICERS, (self.disputed,)),
            ("BillRegistry", "attest_bill"): (DONGCHENG_OFFICERS, (self.disputed, self.disputed)),
        }

    def _consents(self):
        w = self.world
        used = w.grant_id(w.grant_for(self.claimed.batch_id, BUREAU))
        signed = (self.new_grant, w.sign_grant(self.new_grant))
        return {
            ("ConsentRegistry", "grant"): ({"holder"}, (self.new_grant,)),
            ("ConsentRegistry", "grant_signed"): (ANYONE, signed),
            ("ConsentRegistry", "revoke"): ({"holder"}, (self.grant,)),
            ("ConsentRegistry", "revoke_signed"): (
                ANYONE,
                (self.grant, w.sign_revoke(self.grant)),
            ),
            ("ConsentRegistry", "use"): ({"ledger"}, (self.grant, 1)),
            ("ConsentRegistry", "release"): ({"ledger"}, (used, 1)),
        }

    def _ledger(self):
        free, claimed = self.free, self.claimed.batch_id
        lock = (free.headers[0], free.batch_id, [], self.grant, CLAIM, 1, boa.env.timestamp + 1)
        return {
            ("ReimbursementLedger", "lock"): ({"bureau"}, lock),
            ("ReimbursementLedger", "settle"): ({"bureau"}, (claimed, claimed, CLAIM, 1, VOUCHER)),
            ("ReimbursementLedger", "reject"): ({"bureau"}, (claimed, CLAIM, 1)),
            ("ReimbursementLedger", "account"): (
                {"employer"},
                (*proved(free), self.staff_grant, CLAIM, VOUCHER, boa.env.timestamp),
            ),
            ("ReimbursementLedger", "log_use"): ({"bureau"}, (*proved(free), self.sight_grant)),
            ("ReimbursementLedger", "recover"): (
                {"bureau"},
                (self.reversed.batch_id, CLAIM, VOUCHER),
            ),
            ("ReimbursementLedger", "expire"): (ANYONE, (self.overdue.batch_id, BUREAU, CLAIM)),
        }

    def prepare(self, function):
        """What must be so for a function that no single stage suits together with the others."""
        w = self.world
        if function == "unpause":
            w.registry.pause(sender=w.supervisor)
        if function == "withdraw_approval":
            need(w, 2)
            w.registry.admit_payer(*NEW_PAYER, sender=w.supervisor)

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
def test_roles__every_caller__only_the_rightful_ones_succeed(stage, contract, function):
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
    assert set(accepted) == rightful


@pytest.mark.parametrize("contract", CONTRACTS)
def test_roles__money_sent__refused_everywhere(contract):
    """Nothing here holds money: no function is payable, and there is no fallback."""
    entries = abi_of(contract)
    assert {entry["type"] for entry in entries} == {"constructor", "event", "function"}
    assert "payable" not in {entry.get("stateMutability") for entry in entries}
