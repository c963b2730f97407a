"""Void, authorise, claim, supervise: commands that end in one transaction."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from eth_account import Account
from flow_helpers import WALLET, consent_for, stored_of
from in_memory.chain import granted, standing
from in_memory.platform import (
    ISSUER,
    OTHER_PAYER,
    PAYER,
    MemoryPlatform,
)
from in_memory.values import BUREAU, HOSPITAL, INSURER, NOW, SCHOOL, Clock

from frontend_api.commitment.grant712 import grant_message
from frontend_api.domain.errors import (
    IdempotencyKeyReused,
    InvalidFields,
    NotAllowed,
    NotAnchoredYet,
    NotFound,
    RefusedByContract,
    StateConflict,
)
from frontend_api.domain.grant import Grant
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import PayerKind, Role
from frontend_api.flow.authorise import authorise
from frontend_api.flow.claim import lock_claim, reject_claim, settle_claim
from frontend_api.flow.command import outcome
from frontend_api.flow.supervise import admit_payer, grant_numbers
from frontend_api.flow.void import void_bill

# --- void ---


def test_void__anchored_bill__voided_once(home: MemoryPlatform) -> None:
    number = home.issue()
    with pytest.raises(NotAnchoredYet):
        void_bill(home.desk, ISSUER, number, "v", {"reason": "MISTAKE"})
    home.run(3)
    tx_id = void_bill(home.desk, ISSUER, number, "v", {"reason": "MISTAKE"})
    assert outcome(home.desk, tx_id) is None
    home.run(3)
    assert outcome(home.desk, tx_id) is not None
    assert stored_of(home, number).voided_at is not None
    assert void_bill(home.desk, ISSUER, number, "v", {"reason": "MISTAKE"}) == tx_id
    with pytest.raises(StateConflict, match="already void"):
        void_bill(home.desk, ISSUER, number, "w", {"reason": "MISTAKE"})
    with pytest.raises(IdempotencyKeyReused):
        void_bill(home.desk, ISSUER, number, "v", {"reason": "OTHER"})


@pytest.mark.parametrize(
    ("request_body", "path"),
    [({}, "/reason"), ({"reason": "BORED"}, "/reason"), ({"reason": 1}, "/reason"),
     ({"reason": "OTHER", "x": 1}, "/x")],
    ids=str,
)  # fmt: skip
def test_void__bad_body__named(
    home: MemoryPlatform, request_body: dict[str, object], path: str
) -> None:
    number = home.issue()
    with pytest.raises(InvalidFields) as caught:
        void_bill(home.desk, ISSUER, number, "v", request_body)
    assert [p.path for p in caught.value.problems] == [path]


def test_void__another_issuers_bill__not_found(home: MemoryPlatform) -> None:
    number = home.issue()
    home.run(3)
    stranger = dataclasses.replace(ISSUER, owner=HOSPITAL)
    with pytest.raises(NotFound):
        void_bill(home.desk, stranger, number, "v", {"reason": "MISTAKE"})


def test_void__contract_refuses__reason_told_and_the_bill_unchanged(home: MemoryPlatform) -> None:
    number = home.issue()
    home.run(3)
    home.chain.refuse["void"] = "bill: reserved or settled"
    tx_id = void_bill(home.desk, ISSUER, number, "v", {"reason": "MISTAKE"})
    home.run(2)
    with pytest.raises(RefusedByContract, match="reserved or settled"):
        outcome(home.desk, tx_id)
    assert stored_of(home, number).voided_at is None


# --- authorise ---


def test_authorise__custodial_holder__platform_signs_for_thecodes_of(home: MemoryPlatform) -> None:
    number = home.issue()
    tx_id = authorise(home.desk, number, "g", consent_for(home, number))
    assert home.outbox.get(tx_id).sender == home.keys.address_of("", Role.RELAYER)
    home.run(3)
    assert outcome(home.desk, tx_id) is not None


def test_authorise__wallet_holder__only_with_the_wallets_signature(home: MemoryPlatform) -> None:
    address = Account.from_key(WALLET).address
    number = home.issue(holder={"type": "person", "name": "张三", "address": address})
    consent = consent_for(home, number, nonce=5)
    with pytest.raises(NotAllowed, match="must sign"):
        authorise(home.desk, number, "g", consent)
    grant = Grant(
        holder=stored_of(home, number).bill.header.holder,
        bill_key=number.key,
        payer=BUREAU,
        purpose=b"reimbursement".ljust(32, b"\0"),
        field_set=bytes(32),
        cap_fen=5_000,
        expires_at=consent["expires_at"],
        no_statutory=False,
        nonce=5,
    )
    message = grant_message(grant, home.desk.platform.deployment)
    signature = Account.sign_message(message, WALLET).signature
    tx_id = authorise(home.desk, number, "g", {**consent, "signature": "0x" + signature.hex()})
    assert signature.hex().encode() in home.outbox.get(tx_id).call.data


def test_authorise__wrong_code_token_or_bill__answer_alike(home: MemoryPlatform) -> None:
    number = home.issue()
    consent, faults = consent_for(home, number), set()
    for at, slip in (
        (number, {"check_code": "000000"}),
        (number, {"token": "x" * 22}),
        (BillNumber(number.key + 1), {}),
    ):
        with pytest.raises(NotFound) as caught:
            authorise(home.desk, at, "g", {**consent, **slip})
        faults.add(str(caught.value))
    assert len(faults) == 1
    assert authorise(home.desk, number, "g", consent) > 0


@pytest.mark.parametrize(
    ("slip", "path"),
    [
        ({"payer": HOSPITAL[:-1]}, "/payer"),
        ({"cap_fen": 0}, "/cap_fen"),
        ({"expires_at": NOW}, "/expires_at"),
        ({"expires_at": NOW + 367 * 86400}, "/expires_at"),
        ({"purpose": "re imbursement"}, "/purpose"),
        ({"nonce": -1}, "/nonce"),
        ({"no_statutory": 1}, "/no_statutory"),
        ({"signature": "0x00"}, "/signature"),
        ({"unknown": 1}, "/unknown"),
    ],
    ids=str,
)
def test_authorise__bad_field__named(
    home: MemoryPlatform, slip: dict[str, object], path: str
) -> None:
    number = home.issue()
    with pytest.raises(InvalidFields) as caught:
        authorise(home.desk, number, "g", {**consent_for(home, number), **slip})
    assert [p.path for p in caught.value.problems] == [path]


def test_authorise__payer_unknown_or_suspended__refused(home: MemoryPlatform) -> None:
    number = home.issue()
    with pytest.raises(InvalidFields, match="not an admitted payer"):
        authorise(home.desk, number, "g", consent_for(home, number, payer=SCHOOL))
    home.chain.add(standing("PayerSuspended", BUREAU))
    home.run(1)
    with pytest.raises(NotAllowed, match="suspended"):
        authorise(home.desk, number, "g", consent_for(home, number))


# --- claim ---


def _granted_bill(home: MemoryPlatform, **change: Any) -> BillNumber:
    number = home.issue()
    home.run(3)
    holder = stored_of(home, number).bill.header.holder
    home.chain.add(granted(number.key, BUREAU, holder, **change))
    home.run(1)
    return number


def test_lock__live_grant__sent_with_the_payers_key(home: MemoryPlatform) -> None:
    number = _granted_bill(home)
    tx_id = lock_claim(home.desk, PAYER, number, "l", {"claim_no": "C-1", "amount_fen": 4_000})
    transaction = home.outbox.get(tx_id)
    assert transaction.sender == home.keys.address_of(BUREAU, Role.PAYER)
    assert transaction.subject == f"{number.key}/C-1"
    home.run(2)
    assert outcome(home.desk, tx_id) is not None


def test_lock__grant_of_a_stranger_for_longer__the_holders_is_used(home: MemoryPlatform) -> None:
    number = _granted_bill(home)
    home.chain.add(granted(number.key, BUREAU, b"s" * 32, expires_at=NOW + 10**6))
    home.run(1)
    tx_id = lock_claim(home.desk, PAYER, number, "l", {"claim_no": "C-1", "amount_fen": 1})
    assert (b"s" * 32).hex().encode() not in home.outbox.get(tx_id).call.data


@pytest.mark.parametrize(
    "change", [{"expires_at": NOW + 1}, {"purpose": b"research".ljust(32, b"\0")}], ids=str
)
def test_lock__grant_expired_or_for_another_purpose__refused(
    home: MemoryPlatform, change: dict[str, Any]
) -> None:
    number = _granted_bill(home, **change)
    with pytest.raises(NotAllowed, match="ask for a new one"):
        lock_claim(home.desk, PAYER, number, "l", {"claim_no": "C-1", "amount_fen": 1})


def test_lock__no_grant__bill_not_found(home: MemoryPlatform) -> None:
    number = _granted_bill(home)
    with pytest.raises(NotFound):
        lock_claim(home.desk, OTHER_PAYER, number, "l", {"claim_no": "C-1", "amount_fen": 1})


def test_lock__repeated_after_the_grant_ended__the_same_transaction(
    home: MemoryPlatform, clock: Clock
) -> None:
    number = _granted_bill(home)
    wish = {"claim_no": "C-1", "amount_fen": 4_000}
    tx_id = lock_claim(home.desk, PAYER, number, "l", wish)
    clock.now += 10_000
    assert lock_claim(home.desk, PAYER, number, "l", wish) == tx_id


def test_settle_and_reject__only_claims_of_ones_own(home: MemoryPlatform) -> None:
    number = _granted_bill(home)
    claim = {"bill_key": number.key, "payer": BUREAU.encode(), "claim_id": b"C-1".ljust(32, b"\0")}
    locked = {"amount_fen": 4_000, "expires_at": NOW + 99, "statutory": True}
    home.chain.add(("Locked", {**claim, **locked}))
    home.chain.add(granted(number.key, INSURER, stored_of(home, number).bill.header.holder))
    home.run(1)
    paid = settle_claim(home.desk, PAYER, number, "C-1", "s", {"approved_fen": 3_000})
    declined = reject_claim(home.desk, PAYER, number, "C-1", "r", {"reason": 3})
    assert home.outbox.get(paid).call.data.startswith(b'["settle"')
    assert home.outbox.get(declined).call.data.startswith(b'["reject"')
    for claim_no in ("C-1", "C-2", "票", "x" * 33):
        with pytest.raises(NotFound):
            settle_claim(home.desk, OTHER_PAYER, number, claim_no, "t", {"approved_fen": 1})
    with pytest.raises(NotFound):
        reject_claim(home.desk, PAYER, number, "C-2", "u", {"reason": 1})


@pytest.mark.parametrize("wish", [{"reason": 0}, {"reason": 256}, {"reason": "x"}, {}], ids=str)
def test_reject__reason_outside_one_byte__named(
    home: MemoryPlatform, wish: dict[str, object]
) -> None:
    number = _granted_bill(home)
    with pytest.raises(InvalidFields):
        reject_claim(home.desk, PAYER, number, "C-1", "r", wish)


# --- supervise ---


def test_supervise__said_twice__done_once(home: MemoryPlatform) -> None:
    first = admit_payer(home.desk, INSURER, "保险", PayerKind.COMMERCIAL, 0)
    assert admit_payer(home.desk, INSURER, "保险", PayerKind.COMMERCIAL, 0) == first
    grants = [grant_numbers(home.desk, SCHOOL, "46990126", 9, label) for label in ("a", "a", "b")]
    assert grants[0] == grants[1] != grants[2]
    with pytest.raises(ValueError, match="check character"):
        admit_payer(home.desk, INSURER[:-1] + "0", "保险", PayerKind.COMMERCIAL, 0)
