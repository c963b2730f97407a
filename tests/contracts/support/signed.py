"""Batches as issuers sign them, by another library than the contract's."""

from typing import Any, NamedTuple

import boa
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_utils import keccak

from .world import ISSUER

BATCH_TYPE = [
    {"name": name, "type": kind}
    for name, kind in (
        ("segmentId", "uint64"),
        ("firstKey", "uint64"),
        ("count", "uint32"),
        ("root", "bytes32"),
        ("sumFen", "uint128"),
        ("deadline", "uint64"),
    )
]


class Signed(NamedTuple):
    segment_id: int
    first_key: int
    count: int
    root: bytes
    sum_fen: int
    deadline: int
    signature: bytes


def account(name: str) -> LocalAccount:
    return Account.from_key(keccak(text=f"account {name}"))


def signing_key(world, owner: bytes, name: str) -> LocalAccount:
    """A live issuing key that a test can sign with."""
    key = account(name)
    world.registry.register_key(key.address, owner, ISSUER, sender=world.supervisor)
    return key


def signable(world, unsigned: tuple, **domain: Any):
    message = {m["name"]: value for m, value in zip(BATCH_TYPE, unsigned, strict=True)}
    own = {"name": "Piaolian Bills", "verifyingContract": world.bills.address}
    return encode_typed_data(world.domain(**(own | domain)), {"Batch": BATCH_TYPE}, message)


def signed_batch(
    world,
    key: LocalAccount,
    segment_id: int,
    first_key: int,
    count: int = 1,
    domain: dict | None = None,
    **changes: Any,
) -> Signed:
    """A batch that lives for an hour; ``changes`` are signed, unless they come afterwards."""
    values = {"root": b"\x05" * 32, "sum_fen": 1, "deadline": boa.env.timestamp + 3_600} | changes
    unsigned = (segment_id, first_key, count, *values.values())
    message = signable(world, unsigned, **(domain or {}))
    return Signed(*unsigned, signature=key.sign_message(message).signature)
