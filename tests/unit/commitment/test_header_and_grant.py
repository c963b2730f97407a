"""The header's bytes, the grant's digest, and what is derived from a bill's seed."""

from __future__ import annotations

from dataclasses import replace

import mini_protocol as mini
import pytest
from bill_example import DEPLOYMENT, GRANT, HEADER, HOLDER_ADDRESS, LEAF, SEED
from eth_account import Account
from eth_utils import keccak

from frontend_api.commitment.grant712 import grant_message
from frontend_api.commitment.header import PURPOSE, bill_leaf, header_bytes
from frontend_api.commitment.secrets import (
    account_of,
    address_of,
    check_code,
    content_key,
    custodial_holder_key,
    holder_of,
    token,
)
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.grant import Grant
from frontend_api.domain.numbers import BillNumber


def test_header_bytes__ten_words__each_in_its_place() -> None:
    data = header_bytes(HEADER, DEPLOYMENT.instance)
    words = [data[i : i + 32] for i in range(0, 320, 32)]
    assert len(data) == 320
    assert words[0] == PURPOSE == b"piaolian/bill-header/1" + bytes(10)
    assert words[1] == DEPLOYMENT.instance
    assert [int.from_bytes(words[i]) for i in (2, 3, 4, 5, 9)] == [
        46060126, 3, 162_600, 60_000, 1_795_314_030,
    ]  # fmt: skip
    assert words[6] == b"CNY" + bytes(29)
    assert words[7] == HEADER.holder
    assert words[8] == HEADER.content_root


@pytest.mark.parametrize(
    "change",
    [
        {"number": BillNumber(HEADER.number.key + 1)},
        {"number": BillNumber(HEADER.number.key + 10**10)},
        {"amount_fen": 162_601},
        {"at_source_fen": 0},
        {"currency": "USD"},
        {"holder": bytes(32)},
        {"content_root": bytes(32)},
        {"issued_at": 1},
    ],
    ids=lambda c: next(iter(c)),
)
def test_leaf__any_member_changed__another(change: dict[str, object]) -> None:
    assert bill_leaf(replace(HEADER, **change), DEPLOYMENT.instance) != LEAF


def test_leaf__other_instance__another_and_wrong_length_refused() -> None:
    assert bill_leaf(HEADER, DEPLOYMENT.instance) == LEAF
    assert bill_leaf(HEADER, bytes(32)) != LEAF
    with pytest.raises(ValueError, match="32 bytes"):
        bill_leaf(HEADER, bytes(31))


def _digest(grant: Grant, deployment: Deployment) -> bytes:
    message = grant_message(grant, deployment)
    return keccak(b"\x19" + message.version + message.header + message.body)


def test_grant__digest__that_of_an_independent_computation() -> None:
    message = {
        "holder": "0x" + GRANT.holder.hex(),
        "bill_key": GRANT.bill_key,
        "payer": GRANT.payer,
        "purpose": "reimbursement",
        "field_set": "0x" + "00" * 32,
        "cap_fen": GRANT.cap_fen,
        "expires_at": GRANT.expires_at,
        "no_statutory": True,
        "nonce": 7,
    }
    domain = {
        "name": "Piaolian Consent",
        "version": "1",
        "chain_id": 46600,
        "verifying_contract": DEPLOYMENT.consent_registry,
        "salt": "0x" + DEPLOYMENT.instance.hex(),
    }
    assert _digest(GRANT, DEPLOYMENT) == mini.grant_digest(message, domain)


@pytest.mark.parametrize(
    "change",
    [
        {"holder": b"\1" * 32},
        {"bill_key": 1},
        {"payer": "91330100716105852F"},
        {"purpose": bytes(32)},
        {"field_set": b"\1" * 32},
        {"cap_fen": 1},
        {"expires_at": 1},
        {"no_statutory": False},
        {"nonce": 8},
    ],
    ids=lambda c: next(iter(c)),
)
def test_grant__any_member_changed__another_digest(change: dict[str, object]) -> None:
    assert _digest(replace(GRANT, **change), DEPLOYMENT) != _digest(GRANT, DEPLOYMENT)


@pytest.mark.parametrize(
    "change",
    [{"chain_id": 1}, {"instance": bytes(32)}, {"consent_registry": "0x" + "11" * 20}],
    ids=lambda c: next(iter(c)),
)
def test_grant__other_chain_instance_or_contract__another_digest(change: dict[str, object]) -> None:
    assert _digest(GRANT, replace(DEPLOYMENT, **change)) != _digest(GRANT, DEPLOYMENT)


def test_grant__signed_by_the_custodial_key__recovers_to_the_holder() -> None:
    message = grant_message(GRANT, DEPLOYMENT)
    signed = Account.sign_message(message, custodial_holder_key(SEED))
    assert Account.recover_message(message, signature=signed.signature) == HOLDER_ADDRESS
    other = grant_message(replace(GRANT, cap_fen=1), DEPLOYMENT)
    assert Account.recover_message(other, signature=signed.signature) != HOLDER_ADDRESS


def test_secrets__of_one_seed__differ_from_each_other_and_between_seeds() -> None:
    def all_of(seed: bytes) -> set[bytes]:
        return {seed, content_key(seed), custodial_holder_key(seed)}

    assert len(all_of(SEED)) == 3
    assert not all_of(SEED) & all_of(bytes(32))
    assert check_code(SEED) != check_code(bytes(32))
    assert token(SEED) != token(bytes(32))


def test_check_code__any_seed__six_of_thirty_six_characters() -> None:
    codes = [check_code(i.to_bytes(32)) for i in range(500)]
    assert {len(code) for code in codes} == {6}
    assert set("".join(codes)) == set("0123456789abcdefghijklmnopqrstuvwxyz")


def test_token__any_seed__128_bits_that_an_address_can_carry() -> None:
    tokens = [token(i.to_bytes(32)) for i in range(100)]
    assert len(set(tokens)) == 100
    assert all(len(t) == 22 and t.replace("-", "a").replace("_", "a").isalnum() for t in tokens)


def test_address_of__any_key__checksummed_like_a_wallet_does() -> None:
    for n in range(1, 200):
        key = keccak(n.to_bytes(2))
        assert address_of(key) == Account.from_key(key).address


def test_holder__address__padded_on_the_left() -> None:
    account = bytes.fromhex(HOLDER_ADDRESS[2:])
    assert account_of(custodial_holder_key(SEED)) == account
    assert holder_of(account) == bytes(12) + account
    assert address_of(custodial_holder_key(SEED)) == HOLDER_ADDRESS
