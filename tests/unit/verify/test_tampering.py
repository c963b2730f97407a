"""Whatever is altered in a bill file is found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields as members
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.fields import Field, fields_of
from frontend_api.domain.errors import MalformedInput
from frontend_api.domain.numbers import BillNumber
from frontend_api.verify import Verdict, VerificationReport, verify
from frontend_api.verify.integrity import check_integrity

from .support import NOW, Pins, content_of, header_over, with_fields, world

GENUINE = world()
BILL = GENUINE.bill
PATHS = [f.path for f in BILL.fields]


def report_on(bill: BillFile) -> VerificationReport:
    return verify(bill, GENUINE.chain, Pins(), NOW)


def integrity(bill: BillFile) -> tuple[Verdict, str]:
    finding = check_integrity(bill)
    return finding.verdict, finding.reason


def other(value: Any) -> Any:
    if isinstance(value, str):
        return value + "0"
    if isinstance(value, dict):
        return {**value, "amount": value.get("amount", 0) + 1}
    return value + 1


# --- every field ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_a_changed_value_is_found(path):
    fields = tuple(
        structs.replace(f, value=other(f.value)) if f.path == path else f for f in BILL.fields
    )
    assert integrity(replace(BILL, fields=fields)) == (Verdict.INVALID, "content-altered")
    # Even when the forger mends the header, the chain's root differs.
    mended = report_on(with_fields(BILL, fields))
    assert mended.verdict("anchored").reason == "root-differs"
    assert mended.exit_code() == 1


@pytest.mark.parametrize("path", PATHS)
def test_a_changed_salt_is_found(path):
    fields = tuple(structs.replace(f, salt="A" * 22) if f.path == path else f for f in BILL.fields)
    assert integrity(replace(BILL, fields=fields)) == (Verdict.INVALID, "content-altered")


@pytest.mark.parametrize("path", PATHS)
def test_a_renamed_path_is_found(path):
    fields = tuple(
        structs.replace(f, path=path + "x") if f.path == path else f for f in BILL.fields
    )
    verdict, reason = integrity(replace(BILL, fields=fields))
    assert verdict is Verdict.INVALID
    assert reason in ("content-altered", "fields-disordered")


@pytest.mark.parametrize("path", PATHS)
def test_a_removed_field_is_found(path):
    fields = tuple(f for f in BILL.fields if f.path != path)
    assert integrity(replace(BILL, fields=fields)) == (Verdict.INVALID, "content-altered")
    assert report_on(with_fields(BILL, fields)).exit_code() == 1


@pytest.mark.parametrize("index", range(len(PATHS) - 1))
def test_two_fields_in_the_wrong_order_are_found(index):
    fields = list(BILL.fields)
    fields[index], fields[index + 1] = fields[index + 1], fields[index]
    verdict = integrity(with_fields(BILL, tuple(fields)))
    assert verdict == (Verdict.INVALID, "fields-disordered")


@pytest.mark.parametrize("path", PATHS)
def test_a_field_that_stands_twice_is_found(path):
    fields = tuple(f for field in BILL.fields for f in [field] * (1 + (field.path == path)))
    assert integrity(with_fields(BILL, fields)) == (Verdict.INVALID, "fields-disordered")


@pytest.mark.parametrize("path", ["/aa", "/remark", "/zz", "/lines/2", "/detail/payment/x"])
def test_an_added_field_is_found(path):
    extra = Field("A" * 22, path, "x")
    fields = tuple(sorted((*BILL.fields, extra), key=lambda f: f.path.encode()))
    assert integrity(replace(BILL, fields=fields)) == (Verdict.INVALID, "content-altered")
    assert report_on(with_fields(BILL, fields)).exit_code() == 1


def test_no_fields_at_all_are_found():
    assert integrity(replace(BILL, fields=())) == (Verdict.INVALID, "content-altered")
    assert integrity(with_fields(BILL, ()))[0] is Verdict.INVALID


# --- content that was committed to, but is not a bill's -------------------------------------------


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/issuer", {"uscc": "x"}),  # an object as one field would hide what it holds
        ("/a/b/c", {"d": 1}),
        ("/lines/5", {"amount": 1}),  # a gap in an array
        ("/total/x", 1),  # below a value
        ("/" * 3000 + "x", 1),  # deeper than any reader goes
        ("/\ud800", 1),  # half a character
        ("/x", 2**60),  # beyond what canonical JSON carries
    ],
    ids=lambda value: repr(value)[:20],
)
def test_fields_that_do_not_make_a_bill_are_malformed(path, value):
    extra = Field("A" * 22, path, value)
    fields = sorted((*BILL.fields, extra), key=lambda f: f.path.encode("utf-8", "surrogatepass"))
    bill = replace(BILL, fields=tuple(fields))
    with suppress(UnicodeEncodeError, MalformedInput):  # without a digest, the header stays
        bill = with_fields(BILL, tuple(fields))
    assert integrity(bill) == (Verdict.INVALID, "content-malformed")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bill_code", "46060125"),
        ("bill_no", "0000000004"),
        ("bill_no", 3),
        ("total", 162_601),
        ("total", "162600"),
        ("at_source", 59_999),
        ("at_source", None),
        ("currency", "USD"),
        ("issued_at", "2026-05-29T04:26:41+08:00"),
        ("issued_at", "2026-05-29T04:26:40"),  # without a zone it names no moment
        ("issued_at", "yesterday"),
        ("issued_at", "9999-12-31T23:59:59-23:59"),
        ("issued_at", 1_780_000_000),
    ],
)
def test_content_that_contradicts_its_header_is_found(name, value):
    content = content_of("0000000003")
    fields = fields_of({**content, name: value}, bytes(32))
    header = replace(
        header_over(content, fields), content_root=with_fields(BILL, fields).header.content_root
    )
    finding = check_integrity(replace(BILL, fields=fields, header=header))
    assert finding.reason == "content-disagrees"
    assert finding.facts["field"] == name


@pytest.mark.parametrize(
    "lines",
    [
        [{"name": "x", "amount": 162_599}],
        [{"name": "x", "amount": "162600"}],
        [{"name": "x", "amount": 162_600.0}],
        [{"name": "x", "amount": 162_601}, {"name": "y", "amount": -1}],
        [{"name": "x", "amount": 162_600}, {"name": "y", "amount": 0}],
        [{"name": "x", "amount": 162_599}, {"name": "y", "amount": True}],
        [{"name": "x"}],
        ["x"],
        "162600",
    ],
)
def test_lines_that_do_not_sum_to_the_total_are_found(lines):
    content = {**content_of("0000000003"), "lines": lines}
    fields = fields_of(content, bytes(32))
    bill = replace(BILL, fields=fields, header=header_over(content, fields))
    assert integrity(bill) == (Verdict.INVALID, "lines-do-not-sum")


# --- every member of header, proof and anchor ----------------------------------------------------


HEADER_CHANGES: dict[str, Any] = {
    "number": BillNumber(BILL.header.number.key + 1),
    "amount_fen": BILL.header.amount_fen + 1,
    "at_source_fen": 0,
    "currency": "USD",
    "holder": b"\x01" * 32,
    "content_root": b"\x02" * 32,
    "issued_at": BILL.header.issued_at + 1,
}


def test_the_list_of_header_changes_is_complete():
    assert set(HEADER_CHANGES) == {m.name for m in members(BILL.header)}


@pytest.mark.parametrize("name", HEADER_CHANGES)
def test_a_changed_header_member_is_found(name):
    report = report_on(replace(BILL, header=replace(BILL.header, **{name: HEADER_CHANGES[name]})))
    assert report.exit_code() == 1
    if name == "holder":  # nothing in the content repeats it: only the chain's root tells
        assert report.verdict("integrity").verdict is Verdict.VALID
        assert report.verdict("anchored").reason == "root-differs"
    else:
        assert report.verdict("integrity").verdict is Verdict.INVALID


@pytest.mark.parametrize("index", range(len(BILL.inclusion.path)))
def test_a_changed_node_of_the_path_is_found(index):
    path = list(BILL.inclusion.path)
    path[index] = bytes([path[index][0] ^ 1]) + path[index][1:]
    report = report_on(replace(BILL, inclusion=replace(BILL.inclusion, path=tuple(path))))
    assert report.verdict("integrity").verdict is Verdict.VALID
    assert report.verdict("anchored").reason == "root-differs"
    for name in ("authority", "live", "amount"):
        assert report.verdict(name).reason == "needs-anchored"


def altered_proofs() -> Iterator[tuple[str, dict[str, Any]]]:
    proof = BILL.inclusion
    yield "a node too few", {"path": proof.path[:-1]}
    yield "a node too many", {"path": (*proof.path, bytes(32))}
    yield "no path", {"path": ()}
    yield "a path longer than any", {"path": (bytes(32),) * 33}
    yield "a short node", {"path": (b"\x01", *proof.path[1:])}
    yield "another index", {"index": proof.index + 1}
    yield "an index outside", {"index": 99}
    yield "another batch", {"batch_id": proof.batch_id + 1}
    yield "another batch and index", {"batch_id": proof.batch_id + 1, "index": proof.index - 1}
    yield "another size", {"size": proof.size + 1}
    yield "a size beyond any", {"size": 2**300}
    yield "no size", {"size": 0}


@pytest.mark.parametrize(
    ("what", "change"), altered_proofs(), ids=lambda v: v if isinstance(v, str) else ""
)
def test_an_altered_proof_is_found(what, change):
    report = report_on(replace(BILL, inclusion=replace(BILL.inclusion, **change)))
    assert report.exit_code() == 1, what


def test_the_proof_of_another_bill_of_the_batch_does_not_fit():
    for stranger in GENUINE.bills:
        if stranger is not BILL:
            assert report_on(replace(BILL, inclusion=stranger.inclusion)).exit_code() == 1


def test_an_inner_node_is_no_leaf():
    first, second = GENUINE.bills[:2]
    path = first.inclusion.path[1:]
    shorter = replace(first.inclusion, size=3, path=path)
    assert report_on(replace(first, inclusion=shorter)).exit_code() == 1
    assert second.inclusion.path[1:] == path


ANCHOR_CHANGES: dict[str, Any] = {
    "block_number": 42,  # a real block of the same second
    "block_hash": b"\x99" * 32,
    "block_time": BILL.anchor.block_time + 1,
    "transaction": b"\x0b" * 32,
}


def test_the_list_of_anchor_changes_is_complete():
    assert set(ANCHOR_CHANGES) == {m.name for m in members(BILL.anchor)}


@pytest.mark.parametrize("name", ANCHOR_CHANGES)
def test_a_block_identifier_that_is_not_the_chains_is_found(name):
    report = report_on(replace(BILL, anchor=replace(BILL.anchor, **{name: ANCHOR_CHANGES[name]})))
    assert report.verdict("anchored").verdict is Verdict.INVALID
    assert report.verdict("anchored").reason == "block-differs"
    assert report.verdict("authority").verdict is Verdict.VALID


def test_the_whole_identifier_of_a_neighbouring_block_is_found():
    neighbour = replace(BILL.anchor, block_number=42, block_hash=GENUINE.chain.blocks[42].hash)
    assert report_on(replace(BILL, anchor=neighbour)).verdict("anchored").reason == "block-differs"


@pytest.mark.parametrize("number", [43, 10**200], ids=["next", "absurd"])
def test_a_block_beyond_the_head_is_found(number):
    beyond = replace(BILL, anchor=replace(BILL.anchor, block_number=number))
    assert report_on(beyond).verdict("anchored").reason == "block-differs"
