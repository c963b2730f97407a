"""Receipts, accounts and words of storage: the bill registry's, and a forger's."""

from __future__ import annotations

from typing import Any

import pytest
import rlp

from frontend_api.chain.codec import codec
from frontend_api.commitment.batch_evidence import (
    ANCHORED_TOPIC,
    account_parts,
    anchored_event,
    recorded_batch,
)
from frontend_api.domain.errors import ProofRejected

REGISTRY, BATCH = b"\xaa" * 20, 460601260000000001
ROOT, SIGNER = b"\x07" * 32, b"\x5e" * 20


def word(value: int) -> bytes:
    return value.to_bytes(32)


def log(**changed: Any) -> list[Any]:
    """The event as the registry logs it, with parts changed."""
    made = {
        "address": REGISTRY,
        "topics": [ANCHORED_TOPIC, word(BATCH), b"12460000DEM0000012".ljust(32, b"\0"), word(3)],
        "data": word(5) + ROOT + word(162_600) + SIGNER.rjust(32, b"\0"),
    } | changed
    return list(made.values())


def receipt(*logs: Any, status: bytes = b"\x01", kind: bytes = b"") -> bytes:
    return kind + rlp.encode([status, b"\x52\x08", bytes(256), list(logs)])


def test_topic__is_that_of_the_abi() -> None:
    assert codec("BillRegistry").topic("Anchored") == ANCHORED_TOPIC


@pytest.mark.parametrize("kind", [b"", b"\x01", b"\x02", b"\x03", b"\x04"])
def test_event__in_a_receipt_of_every_type__is_read_and_others_are_passed_over(kind: bytes) -> None:
    others = [
        log(address=bytes(20)),
        log(topics=[bytes(32)]),
        log(topics=[ANCHORED_TOPIC, word(1)]),
    ]
    event = anchored_event(receipt(*others, log(), kind=kind), REGISTRY, BATCH)
    assert event.issuer == "12460000DEM0000012"
    batch = event.batch
    assert (batch.root, batch.count, batch.segment_id) == (ROOT, 5, 3)
    assert (batch.signer, batch.sum_fen) == (SIGNER, 162_600)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (receipt(log(), status=b""), "failed"),
        (receipt(log(), status=bytes(32)), "failed"),
        (receipt(), "no event"),
        (receipt(log(address=bytes(20))), "no event"),
        (receipt(log(topics=[ANCHORED_TOPIC, word(BATCH)])), "no event"),
        (receipt(log(data=bytes(96))), "no event"),
        (receipt([b"", b"", b""]), "no event"),
        (receipt(b"", [], [REGISTRY]), "no event"),
        (receipt(log(), kind=b"\x05"), "not RLP"),
        (rlp.encode([b"\x01", b"", b""]), "known form"),
        (rlp.encode([b"\x01", b"", b"", b""]), "known form"),
        (rlp.encode(b"dog"), "known form"),
        (b"\x02", "not RLP"),
        (b"", "not RLP"),
    ],
)
def test_receipt__without_the_event__is_refused(data: bytes, why: str) -> None:
    with pytest.raises(ProofRejected, match=why):
        anchored_event(data, REGISTRY, BATCH)


@pytest.mark.parametrize("account", [b"", b"\x80", rlp.encode([b""] * 3), rlp.encode([[]] * 4)])
def test_account__not_one__is_refused(account: bytes) -> None:
    with pytest.raises(ProofRejected):
        account_parts(account)


def test_words__largest_fields__do_not_run_into_each_other() -> None:
    shape = (2**32 - 1) | (2**64 - 2 << 32) | (2**64 - 3 << 96) | 1 << 160
    origin = int.from_bytes(SIGNER) | (2**96 - 1 << 160)
    found = recorded_batch([rlp.encode(ROOT), rlp.encode(word(shape).lstrip(b"\0")),
                            rlp.encode(word(origin)), b""])  # fmt: skip
    assert (found.batch.count, found.anchored_at) == (2**32 - 1, 2**64 - 2)
    assert (found.batch.segment_id, found.batch.sum_fen) == (2**64 - 3, 2**96 - 1)
    assert (found.batch.signer, found.life) == (SIGNER, 0)
    for bad in (rlp.encode([b"\x01"]), rlp.encode(bytes(33)), b"\x81"):
        with pytest.raises(ProofRejected):
            recorded_batch([bad, b"", b"", b""])
