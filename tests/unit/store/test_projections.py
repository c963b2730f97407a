"""Projections: events in, tables out, and the same tables again from the events alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from in_memory.chain import (
    MemoryChain,
    anchored,
    granted,
    issuer_admitted,
    numbers_granted,
    payer_admitted,
    series_opened,
    standing,
)
from in_memory.values import BUREAU, CODE, FIRST_KEY, INSURER, NOW, SCHOOL, made, request
from sqlalchemy import select

from frontend_api.domain.states import ClaimState, PayerKind
from frontend_api.ports import ChainBlock
from frontend_api.store.bills import SqlBills
from frontend_api.store.database import Database
from frontend_api.store.projections import SqlProjections
from frontend_api.store.schema import PROJECTIONS, counters, segments
from frontend_api.store.views import SqlViews

HOLDER, STRANGER = b"h" * 32, b"s" * 32
CLAIM = b"C-1".ljust(32, b"\0")
KEY = "0x" + "ab" * 20


def _claim(event: str, **args: Any) -> tuple[str, dict[str, Any]]:
    return event, {
        "bill_key": FIRST_KEY, "payer": BUREAU.encode(), "claim_id": CLAIM, **args,
    }  # fmt: skip


LOCKED = _claim("Locked", amount_fen=4_000, expires_at=NOW + 9, statutory=True)
STORY = (
    (issuer_admitted(SCHOOL, "大学"), payer_admitted(BUREAU, PayerKind.STATUTORY)),
    (payer_admitted(INSURER, PayerKind.COMMERCIAL),),
    (("KeyRegistered", {"key": KEY, "owner": SCHOOL.encode(), "role": 1}),),
    (series_opened(CODE), numbers_granted(1, SCHOOL, CODE, 1, 100)),
    (anchored(1, FIRST_KEY, 3, b"r" * 32, 30_000, KEY),),
    (granted(FIRST_KEY, BUREAU, HOLDER), granted(FIRST_KEY, INSURER, HOLDER, nonce=2)),
    (LOCKED,),
    (_claim("Settled", approved_fen=3_000, deducted_fen=1_000, voucher=bytes(32)),),
    (("GrantRevoked", {**granted(FIRST_KEY, BUREAU, HOLDER)[1]}),),
    (("Voided", {"bill_key": FIRST_KEY + 1, "issuer": SCHOOL.encode(), "reason": 1}),),
    (standing("IssuerSuspended", SCHOOL), standing("PayerRevoked", INSURER)),
    (("KeyRevoked", {"key": KEY}), numbers_granted(2, SCHOOL, CODE, 101, 50)),
)


@pytest.fixture
def views(database: Database) -> SqlViews:
    return SqlViews(database)


def _tables(database: Database) -> dict[str, list[Any]]:
    with database.read() as c:
        return {t.name: sorted(c.execute(select(t)).all(), key=repr) for t in PROJECTIONS}


def test_apply__whole_story__views_tell_it(
    chain: MemoryChain, follow: Callable[[], None], views: SqlViews, projections: SqlProjections
) -> None:
    for events in STORY:
        chain.add(*events)
    follow()
    issuer, payer = views.issuer(SCHOOL), views.payer(INSURER)
    assert issuer is not None
    assert (issuer.name, issuer.region, issuer.status) == ("大学", 460000, "SUSPENDED")
    assert payer is not None
    assert (payer.kind, payer.status) == (PayerKind.COMMERCIAL, "REVOKED")
    assert not views.key_known(KEY)
    assert views.series_kind(CODE) == "plain"
    assert views.issuers_of_kind("plain") == [SCHOOL]
    assert views.segment_count() == 2
    (claim,) = views.claims(FIRST_KEY)
    assert claim == views.claim(BUREAU, FIRST_KEY, CLAIM)
    assert (claim.state, claim.reserved_fen, claim.approved_fen) == (
        ClaimState.SETTLED, 4_000, 3_000,
    )  # fmt: skip
    trail = [e.event for e in views.trail(FIRST_KEY)]
    assert trail == ["Granted", "Granted", "Locked", "Settled", "GrantRevoked"]
    cursor = projections.cursor()
    assert cursor is not None
    assert (cursor.number, cursor.hash) == (len(STORY), chain.blocks[-1].hash)


@pytest.mark.parametrize(
    ("event", "status"),
    [("IssuerSuspended", "SUSPENDED"), ("IssuerResumed", "ACTIVE"), ("IssuerRevoked", "REVOKED")],
)
def test_apply__standing_changed__status_follows(
    chain: MemoryChain, follow: Callable[[], None], views: SqlViews, event: str, status: str
) -> None:
    chain.add(issuer_admitted(SCHOOL), standing(event, SCHOOL))
    follow()
    issuer = views.issuer(SCHOOL)
    assert issuer is not None
    assert issuer.status == status


@pytest.mark.parametrize(
    ("end", "state"),
    [
        (_claim("Rejected", released_fen=4_000, reason=1), ClaimState.REJECTED),
        (_claim("Expired", released_fen=4_000), ClaimState.EXPIRED),
    ],
)
def test_apply__claim_ended_without_payment__nothing_approved(
    chain: MemoryChain,
    follow: Callable[[], None],
    views: SqlViews,
    end: tuple[str, dict[str, Any]],
    state: ClaimState,
) -> None:
    chain.add(LOCKED, end)
    follow()
    claim = views.claim(BUREAU, FIRST_KEY, CLAIM)
    assert claim is not None
    assert (claim.state, claim.approved_fen) == (state, 0)


@pytest.mark.parametrize("kept", [None, *range(len(STORY) + 1)])
def test_rewind__to_any_block__same_as_building_up_to_it(
    chain: MemoryChain,
    database: Database,
    projections: SqlProjections,
    kept: int | None,
) -> None:
    expected = _tables(database)
    for events in STORY:
        chain.add(*events)
    for block in chain.blocks:
        upto = ChainBlock(block.number, block.hash, block.time)
        projections.apply([(log, block.time) for log in block.logs], upto)
        if block.number == kept:
            expected = _tables(database)
    to = None if kept is None else chain.block(kept)
    projections.rewind(to)
    assert _tables(database) == expected
    assert projections.cursor() == (ChainBlock(to.number, to.hash, 0) if to else None)


def test_rewind__and_the_same_again__as_if_nothing_had_been(
    chain: MemoryChain, follow: Callable[[], None], database: Database, projections: SqlProjections
) -> None:
    for events in STORY:
        chain.add(*events)
    follow()
    before = _tables(database)
    projections.rewind(chain.block(4))
    follow()
    assert _tables(database) == before


def test_rewind__segment_lost__numbers_handed_out_stay_handed_out(
    bills: SqlBills, follow: Callable[[], None], projections: SqlProjections
) -> None:
    bills.accept(SCHOOL, "a", bytes(32), request("a"), NOW, made)
    projections.rewind(None)
    follow()
    number = bills.accept(SCHOOL, "b", bytes(32), request("b"), NOW, made).number
    assert number.key == FIRST_KEY + 1


def test_event_blocks__newest_first__only_those_with_events(
    chain: MemoryChain, follow: Callable[[], None], projections: SqlProjections
) -> None:
    chain.add(issuer_admitted(SCHOOL))
    chain.add()
    chain.add(series_opened(CODE), numbers_granted(1, SCHOOL, CODE, 1, 9))
    chain.add()
    follow()
    assert list(projections.event_blocks()) == [chain.block(3), chain.block(1)]


def test_apply__fails_half_way__nothing_kept(
    chain: MemoryChain, follow: Callable[[], None], database: Database, projections: SqlProjections
) -> None:
    chain.add(issuer_admitted(SCHOOL), numbers_granted(1, SCHOOL, CODE, 1, 9))  # of no series
    with pytest.raises(Exception, match="No row"):
        follow()
    assert projections.cursor() is None
    assert not any(_tables(database).values())


def test_grants__of_a_stranger__do_not_count(
    chain: MemoryChain, follow: Callable[[], None], views: SqlViews
) -> None:
    chain.add(granted(FIRST_KEY, BUREAU, STRANGER, expires_at=NOW + 9_999))
    follow()
    assert not views.granted(FIRST_KEY, BUREAU, HOLDER)
    assert views.live_grants(FIRST_KEY, BUREAU, HOLDER) == []
    chain.add(granted(FIRST_KEY, BUREAU, HOLDER))
    follow()
    assert views.granted(FIRST_KEY, BUREAU, HOLDER)
    assert [g.holder for g in views.live_grants(FIRST_KEY, BUREAU, HOLDER)] == [HOLDER]
    assert not views.granted(FIRST_KEY, INSURER, HOLDER)
    assert not views.granted(FIRST_KEY + 1, BUREAU, HOLDER)


def test_live_grants__several__longest_first_without_revoked_ones(
    chain: MemoryChain, follow: Callable[[], None], views: SqlViews
) -> None:
    short, long = (granted(FIRST_KEY, BUREAU, HOLDER, expires_at=NOW + n) for n in (10, 20))
    chain.add(short, long)
    follow()
    assert [g.expires_at for g in views.live_grants(FIRST_KEY, BUREAU, HOLDER)] == [
        NOW + 20, NOW + 10,
    ]  # fmt: skip
    assert views.live_grants(FIRST_KEY, BUREAU, HOLDER)[0].nonce == 2**256 - 1
    chain.add(("GrantRevoked", long[1]))
    follow()
    assert [g.expires_at for g in views.live_grants(FIRST_KEY, BUREAU, HOLDER)] == [NOW + 10]
    assert views.granted(FIRST_KEY, BUREAU, HOLDER)


@pytest.mark.parametrize(
    "event",
    [
        granted(2**64 - 1, BUREAU, HOLDER),
        granted(2**63, BUREAU, HOLDER),
        granted(FIRST_KEY, BUREAU, HOLDER, cap_fen=2**128 - 1),
        granted(FIRST_KEY, BUREAU, HOLDER, expires_at=2**64 - 1),
        ("GrantRevoked", {**granted(2**64 - 1, BUREAU, HOLDER)[1]}),
        anchored(9, FIRST_KEY, 1, bytes(32), 2**96 - 1),
        _claim("Locked", amount_fen=2**96 - 1, expires_at=NOW, statutory=False),
        _claim("Settled", approved_fen=2**96 - 1, deducted_fen=0, voucher=bytes(32)),
        ("SomethingNew", {"bill_key": 2**256 - 1, "x": b"\xff"}),
    ],
    ids=lambda e: e[0],
)
def test_apply__numbers_beyond_any_bill__never_stop_the_reading(
    chain: MemoryChain,
    follow: Callable[[], None],
    views: SqlViews,
    event: tuple[str, dict[str, Any]],
) -> None:
    chain.add(event)
    chain.add(issuer_admitted(SCHOOL))
    follow()
    assert views.issuer(SCHOOL) is not None
    assert views.live_grants(FIRST_KEY, BUREAU, HOLDER) == []


def test_counters__chain_anchors_further__follow_and_never_go_back(
    bills: SqlBills, chain: MemoryChain, follow: Callable[[], None], database: Database
) -> None:
    def next_key() -> int:
        with database.read() as c:
            return int(c.execute(select(counters.c.next_key)).scalar_one())

    for name in "abc":
        bills.accept(SCHOOL, name, bytes(32), request(name), NOW, made)
    chain.add(anchored(1, FIRST_KEY, 1, b"r" * 32, 10_000))
    follow()
    assert next_key() == FIRST_KEY + 3
    chain.add(anchored(1, FIRST_KEY + 1, 4, b"r" * 32, 40_000))
    follow()
    assert next_key() == FIRST_KEY + 5


def test_apply__segment_split_and_tail_returned__shorter_and_its_part_beside_it(
    database: Database, chain: MemoryChain, follow: Callable[[], None], views: SqlViews
) -> None:
    part = {"segment_id": 1, "issuer": SCHOOL.encode(), "part_id": 2, "first": 61, "count": 40}
    back = {"segment_id": 1, "issuer": SCHOOL.encode(), "first": 51, "count": 10}
    for events in (STORY[0], STORY[3]):
        chain.add(*events)
    chain.add(("SegmentSplit", {**part, "outlet": "02"}))
    chain.add(("NumbersReturned", back))
    follow()
    with database.read() as c:
        rows = c.execute(select(segments).order_by(segments.c.segment_id)).all()
        following = c.execute(
            select(counters.c.next_key).where(counters.c.segment_id == 2)
        ).scalar()
    assert [(r.segment_id, r.first_key, r.size) for r in rows] == [
        (1, FIRST_KEY, 50),
        (2, FIRST_KEY + 60, 40),
    ]
    assert following == FIRST_KEY + 60
    assert views.issuers_of_kind(rows[1].kind) == [SCHOOL]


def test_apply__claim_recovered_and_bill_accounted__states_follow(
    chain: MemoryChain, follow: Callable[[], None], views: SqlViews
) -> None:
    for events in STORY[:8]:
        chain.add(*events)
    chain.add(_claim("Recovered", amount_fen=3_000, voucher=bytes(32)))
    follow()
    assert views.claims(FIRST_KEY)[0].state is ClaimState.RECOVERED
    accounted = _claim("Accounted", amount_fen=500, accounted_at=NOW)
    accounted[1]["bill_key"] = FIRST_KEY + 2
    chain.add(accounted)
    follow()
    claim = views.claims(FIRST_KEY + 2)[0]
    assert (claim.state, claim.approved_fen) == (ClaimState.SETTLED, 500)
