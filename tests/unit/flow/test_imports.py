"""Imports: every good row once, in order; bad rows named; cut off anywhere, it goes on."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from in_memory.chain import MemoryChain, numbers_granted
from in_memory.crew import ROW_LIMIT, Cut, Office
from in_memory.platform import MemoryPlatform, admit, opened
from in_memory.values import CODE, FIRST_KEY, SCHOOL, Clock, body
from sqlalchemy import select

from frontend_api.commitment.fields import content_root, fields_of
from frontend_api.domain.errors import IdempotencyKeyReused, StateConflict, UnsupportedType
from frontend_api.flow import bulk_chunks
from frontend_api.flow.bulk_messages import Promise, Turn
from frontend_api.flow.read import open_bill
from frontend_api.ports import ImportFormat, ImportState
from frontend_api.store.schema import bills

COUNT = 40


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[MemoryPlatform]:
    with opened(tmp_path, MemoryChain(), Clock()) as platform:
        admit(platform, 100)
        yield platform


@pytest.fixture
def office(platform: MemoryPlatform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setattr(bulk_chunks, "LEAST_BYTES", 1_000)  # four or five bills
    return Office(platform, tmp_path)


def lines(*requests: Any) -> bytes:
    return b"".join(orjson.dumps(r) + b"\n" for r in requests)


def some(count: int = COUNT, first: int = 0) -> list[dict[str, Any]]:
    return [body(f"B-{n}") for n in range(first, first + count)]


def issued(platform: MemoryPlatform) -> list[tuple[int, str]]:
    with platform.database.read() as c:
        rows = c.execute(select(bills.c.bill_key, bills.c.business_no).order_by(bills.c.bill_key))
        return [(key - FIRST_KEY, no) for key, no in rows]


def test_import__good_rows__numbered_in_the_order_of_the_file(
    platform: MemoryPlatform, office: Office
) -> None:
    job = office.run(lines(*some()))
    assert (job.state, job.accepted, job.rejected) == (ImportState.DONE, COUNT, 0)
    assert (job.rows_read, job.position) == (COUNT, job.new.size)
    assert issued(platform) == [(n, f"B-{n}") for n in range(COUNT)]
    assert list((office.folder / "imports").iterdir()) == []


def test_import__a_bill_of_it__is_committed_like_any_other(
    platform: MemoryPlatform, office: Office
) -> None:
    job = office.run(lines(*some()))
    single = platform.issue("k", "B-single")
    stored = platform.bills.find(FIRST_KEY + 7)
    other = platform.bills.find(single.key)
    assert stored is not None
    assert other is not None
    opened_bill, like = open_bill(platform.desk, stored), open_bill(platform.desk, other)
    assert set(opened_bill.content) == set(like.content)
    assert stored.anchor_by == stored.accepted_at + platform.desk.promise_seconds
    fields = fields_of(opened_bill.content, opened_bill.seed)
    assert content_root(f.digest() for f in fields) == stored.bill.header.content_root
    platform.run()
    assert platform.bills.find(FIRST_KEY + 7).anchored is not None  # type: ignore[union-attr]
    assert office.imports.anchored(job) == COUNT


def test_import__same_file_again__adds_nothing(platform: MemoryPlatform, office: Office) -> None:
    office.run(lines(*some()))
    again = office.run(lines(*some()))
    assert (again.accepted, again.repeated, again.rejected) == (0, COUNT, 0)
    assert len(issued(platform)) == COUNT
    assert again.last_keys == {1: FIRST_KEY + COUNT - 1}


def test_import__longer_version__adds_what_is_new(platform: MemoryPlatform, office: Office) -> None:
    office.run(lines(*some(10)))
    job = office.run(lines(*some(15)))
    assert (job.accepted, job.repeated) == (5, 10)
    assert issued(platform) == [(n, f"B-{n}") for n in range(15)]


def test_import__number_used_with_other_content__row_named_with_the_bill(
    platform: MemoryPlatform, office: Office
) -> None:
    platform.issue("k", "B-3", total=77)
    job = office.run(lines(*some(5)))
    (error,) = office.imports.errors(job)
    assert (error.row, error.code) == (4, "state-conflict")
    assert f"{CODE}-0000000001" in error.message
    assert (job.accepted, job.rejected) == (4, 1)


def test_import__issued_alone_before_with_the_same_content__repeated(
    platform: MemoryPlatform, office: Office
) -> None:
    platform.issue("k", "B-3")
    job = office.run(lines(*some(5)))
    assert (job.accepted, job.repeated, job.rejected) == (4, 1, 0)


def test_import__row_twice_in_one_file__once_and_a_changed_one_is_named(
    platform: MemoryPlatform, office: Office
) -> None:
    far = [*some(20), body("B-2"), body("B-3", total=9)]  # in other chunks than the first ones
    near = [body("N-1"), body("N-1"), body("N-1", total=9)]
    job = office.run(lines(*far, *near))
    assert (job.accepted, job.repeated, job.rejected) == (21, 2, 2)
    assert office.errors(job) == [(22, "", "state-conflict"), (25, "", "state-conflict")]
    assert len(issued(platform)) == 21


def test_import__bad_rows__named_by_row_and_field_and_left_out(
    platform: MemoryPlatform, office: Office
) -> None:
    data = b"\n".join([
        orjson.dumps(body("B-0")),
        b"",
        orjson.dumps(body("B-1", total=-5, extra=1)),
        b'{"kind": "plain", ',
        orjson.dumps(body("B-2") | {"kind": "none"}),
        b"[1]",
        orjson.dumps(body("B-3", remark="x" * ROW_LIMIT)),
        b"\xff\xfe",
        orjson.dumps(body("B-4")),
    ])  # fmt: skip
    job = office.run(data)
    found = office.errors(job)
    assert {(row, path) for row, path, _ in found} == {
        (3, "/total"), (3, "/extra"), (3, "/lines/0/amount"),
        (4, ""), (5, "/kind"), (6, ""), (7, ""), (8, ""),
    }  # fmt: skip
    assert (7, "", "too-large") in found
    assert [row for row, _, _ in found] == sorted(row for row, _, _ in found)
    assert (job.accepted, job.rejected, job.rows_read) == (2, 6, 9)
    assert issued(platform) == [(0, "B-0"), (1, "B-4")]


def test_import__numbers_run_out__the_rest_is_named_and_comes_later(
    platform: MemoryPlatform, office: Office
) -> None:
    job = office.run(lines(*some(120)))
    assert (job.accepted, job.rejected) == (100, 20)
    assert office.errors(job)[0] == (101, "", "numbers-exhausted")
    platform.chain.add(numbers_granted(2, SCHOOL, CODE, 1001, 50))
    platform.run()
    again = office.run(lines(*some(120)))
    assert (again.accepted, again.repeated) == (20, 100)
    assert issued(platform)[-1] == (1019, "B-119")


def test_import__cut_off_before_every_message__goes_on_and_nothing_twice(
    platform: MemoryPlatform, office: Office
) -> None:
    job = office.take(lines(*some(), {"bad": 1}))
    cuts = 0
    for at in range(1, 1_000):
        left = [at]

        def cut(_: object, left: list[int] = left) -> None:
            left[0] -= 1
            if not left[0]:
                raise Cut

        office.before = cut
        try:
            job = office.work(job)
        except Cut:
            cuts += 1
            continue
        break
    assert cuts > 5
    assert (job.accepted, job.rejected, job.repeated) == (COUNT, 1, 0)
    assert issued(platform) == [(n, f"B-{n}") for n in range(COUNT)]
    assert office.errors(job) == [(COUNT + 1, "/kind", "missing")]


def test_import__others_take_numbers_all_the_time__every_chunk_at_its_first_turn(
    platform: MemoryPlatform, office: Office
) -> None:
    singles, turns = [], []

    def other(message: object) -> None:
        if isinstance(message, Promise | Turn):
            singles.append(f"S-{len(singles)}")
            platform.issue(singles[-1], singles[-1])
        turns.append(isinstance(message, Turn))

    office.before = other
    job = office.run(lines(*some()))
    assert job.accepted == COUNT
    keys = [key for key, _ in issued(platform)]
    assert keys == list(range(COUNT + len(singles)))  # no number skipped
    names = [no for _, no in issued(platform) if no.startswith("B-")]
    assert names == [f"B-{n}" for n in range(COUNT)]
    assert sum(turns) == len(singles) // 2  # none was asked for twice
    platform.run()
    assert office.imports.anchored(job) == COUNT


def test_import__same_rows_come_from_elsewhere_meanwhile__each_once(
    platform: MemoryPlatform, office: Office
) -> None:
    def other(message: object) -> None:
        if isinstance(message, Turn):
            office.before = lambda _: None
            platform.issue("x", "B-1")
            platform.issue("y", "B-2", total=5)

    office.before = other
    job = office.run(lines(*some(10)))
    assert (job.accepted, job.repeated, job.rejected) == (8, 1, 1)
    assert sorted(no for _, no in issued(platform)) == [f"B-{n}" for n in range(10)]


def test_import__another_process_went_on_with_it__nothing_twice(
    platform: MemoryPlatform, office: Office
) -> None:
    job = office.take(lines(*some(10)))
    rival = Office(platform, office.folder)

    def other(message: object) -> None:
        if isinstance(message, Turn):
            office.before = lambda _: None
            rival.imports._run(job, lambda _: None)  # as if it had not seen our lock

    office.before = other
    with pytest.raises(StateConflict, match="another process"):
        office.work(job)
    assert len(issued(platform)) == 10
    assert office.store.get(job.new.import_id).accepted == 10


def test_import__suspended_issuer__rows_are_refused(
    platform: MemoryPlatform, office: Office
) -> None:
    with platform.database.write() as c:
        c.exec_driver_sql("UPDATE issuers SET status = 'SUSPENDED'")
    job = office.run(lines(*some(2)))
    assert office.errors(job) == [(1, "", "not-allowed"), (2, "", "not-allowed")]


def test_import__empty_lines_alone__done_with_nothing(office: Office) -> None:
    job = office.run(b"\n\n\n")
    assert (job.state, job.rows_read, job.accepted) == (ImportState.DONE, 3, 0)


def test_import__file_gone__given_up_and_says_so(office: Office) -> None:
    job = office.take(lines(*some(2)))
    office.files.drop(job.new.import_id)
    job = office.work(job)
    assert job.state is ImportState.GIVEN_UP
    assert "gone" in (job.reason or "")


def test_take__same_key__same_import__other_file__refused(office: Office) -> None:
    first = office.take(lines(*some(2)), issuer=SCHOOL, key="k")
    assert office.take(lines(*some(2)), issuer=SCHOOL, key="k").new == first.new
    with pytest.raises(IdempotencyKeyReused):
        office.take(lines(*some(3)), issuer=SCHOOL, key="k")
    assert len(list((office.folder / "imports").glob("*.rows"))) == 1


@pytest.mark.parametrize(
    ("form", "data"),
    [
        (ImportFormat.XLSX, b"kind,total\n"),
        (ImportFormat.CSV, b"PK\x03\x04"),
        (ImportFormat.CSV, b'{"kind": "plain"}'),
        (ImportFormat.JSON_LINES, b"kind,total\n"),
    ],
)
def test_take__bytes_of_another_type__refused(
    office: Office, form: ImportFormat, data: bytes
) -> None:
    with pytest.raises(UnsupportedType):
        office.take(data, form)


def test_take__too_many_waiting__refused_until_one_is_done(office: Office) -> None:
    jobs = [office.take(lines(body(f"B-{n}"))) for n in range(16)]
    with pytest.raises(StateConflict, match="waiting"):
        office.take(lines(body("B-x")))
    office.work(jobs[0])
    assert office.take(lines(body("B-x"))).state is ImportState.WAITING


def test_sweep__files_that_a_killed_process_left__deleted_and_wanted_ones_kept(
    office: Office,
) -> None:
    job = office.take(lines(*some(2)))
    folder = office.folder / "imports"
    stray, half = folder / "0a.rows", folder / "x.part"
    stray.touch()
    half.touch()
    os.utime(stray, (1, 1))
    office.files.sweep({job.new.import_id})
    assert [p.name for p in folder.iterdir()] == [f"{job.new.import_id}.rows"]
