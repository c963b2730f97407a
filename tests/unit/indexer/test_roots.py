"""The list of roots out of events: every batch, and what has ended bills since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import HistoryChanged
from frontend_api.indexer.roots import roots_of
from frontend_api.ports import ChainBlock, ChainHead, ChainLog

A, B = 460601260000000001, 460601260000000006
KEY, OTHER_KEY = "0x" + "5e" * 20, "0x" + "5f" * 20
DEPLOYMENT = Deployment(46600, b"\x01" * 32, *(f"0x{i}" + "0" * 39 for i in range(4)))


@dataclass
class Chain:
    """A chain of 9,000 blocks, a second each; implements ``LogReader``."""

    events: Sequence[ChainLog]
    changed: bool = False

    def head(self) -> ChainHead:
        return ChainHead(9_000, b"\x01" * 32, 109_000)

    def block(self, number: int) -> ChainBlock | None:
        last = b"\x02" if self.changed else b"\x01"
        return ChainBlock(number, last * 32, 100_000 + number) if number <= 9_000 else None

    def logs(self, deployment: Deployment, from_block: int, to_block: int) -> list[ChainLog]:
        assert deployment == DEPLOYMENT
        assert to_block - from_block < 5_000
        return [e for e in self.events if from_block <= e.block_number <= to_block]


def event(name: str, at: int, **args: Any) -> ChainLog:
    return ChainLog("BillRegistry", name, args, at, bytes(32), bytes(32), 0)


def anchored(batch_id: int, at: int, signer: str = KEY) -> ChainLog:
    return event(
        "Anchored", at, batch_id=batch_id, issuer=b"12460000DEM0000012", segment_id=1, count=5,
        root=b"\x07" * 32, sum_fen=1, signer=signer,
    )  # fmt: skip


def test_batches__of_all_pages__are_listed_with_their_block_time() -> None:
    listed = roots_of(Chain([anchored(A, 11), anchored(B, 8_999)]), DEPLOYMENT, 10)
    assert [b.anchored_at for b in listed.batches.values()] == [100_011, 108_999]
    assert listed.batches[A].issuer == "12460000DEM0000012"
    assert (listed.head.number, listed.head.time) == (9_000, 109_000)
    assert listed.ended == {}
    assert not any(b.disputed for b in listed.batches.values())


def test_bills__voided_reversed_on_paper__are_listed_and_recovered_ones_are_not() -> None:
    events = [
        anchored(A, 11),
        event("Voided", 12, bill_key=A, issuer=b"", reason=2),
        event("Reversed", 13, bill_key=A + 1, red_key=A + 2, replacement_key=0),
        event("SwappedToPaper", 14, bill_key=A + 3),
        event("SwappedToPaper", 15, bill_key=A + 4),
        event("PaperRecovered", 16, bill_key=A + 4),
    ]
    assert roots_of(Chain(events), DEPLOYMENT, 0).ended == {
        A: ("VOIDED", 100_012),
        A + 1: ("REVERSED", 100_013),
        A + 2: ("RED", 100_013),
        A + 3: ("ON_PAPER", 100_014),
    }


@pytest.mark.parametrize(
    ("more", "disputed"),
    [
        ([], {A, B}),
        ([event("BatchAttested", 30, batch_id=A)], {B}),
        ([event("KeyDisowned", 31, key=OTHER_KEY, compromised_since=1)], {A, B}),
    ],
)
def test_disowned_key__batches_inside_its_window__are_disputed(
    more: list[ChainLog], disputed: set[int]
) -> None:
    early = anchored(A - 10, 5)
    events = [early, anchored(A, 11), anchored(B, 12)]
    told = event("KeyDisowned", 20, key=KEY, compromised_since=100_011)
    listed = roots_of(Chain([*events, told, *more]), DEPLOYMENT, 0)
    assert {b.batch_id for b in listed.batches.values() if b.disputed} == disputed


def test_bill_vouched_for__alone__is_listed() -> None:
    vouched = event("BillAttested", 30, bill_key=A + 1, batch_id=A)
    assert roots_of(Chain([anchored(A, 11), vouched]), DEPLOYMENT, 0).attested == {A + 1}


def test_chain__that_changes_meanwhile__gives_no_list() -> None:
    with pytest.raises(HistoryChanged):
        roots_of(Chain([anchored(A, 11)], changed=True), DEPLOYMENT, 0)
    beyond = replace(anchored(A, 11), block_number=9_001)
    assert roots_of(Chain([beyond]), DEPLOYMENT, 0).batches == {}


def test_until__a_block__lists_what_was_told_by_then() -> None:
    chain = Chain([
        anchored(A, 11), anchored(B, 20), event("Voided", 30, bill_key=A + 1),
        event("KeyDisowned", 40, key=KEY, compromised_since=1),
    ])  # fmt: skip
    then = roots_of(chain, DEPLOYMENT, 10, 20)
    assert (then.head.number, set(then.batches), then.ended) == (20, {A, B}, {})
    assert not any(batch.disputed for batch in then.batches.values())
    assert set(roots_of(chain, DEPLOYMENT, 10, 11).batches) == {A}
    assert all(batch.disputed for batch in roots_of(chain, DEPLOYMENT, 10).batches.values())
    with pytest.raises(HistoryChanged, match="9001"):
        roots_of(chain, DEPLOYMENT, 10, 9_001)
