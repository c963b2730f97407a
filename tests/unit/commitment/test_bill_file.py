"""The bill file: a round trip, and every malformed member named by its path."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bill_example import BILL_FILE, CONTENT

from frontend_api.commitment.bill_file import MAX_BYTES, BillFile
from frontend_api.domain.errors import InvalidFields, MalformedInput

TEXT = BILL_FILE.to_bytes()


def _changed(path: str, value: Any) -> bytes:
    root = json.loads(TEXT)
    node = root
    *steps, last = [int(s) if s.isdigit() else s for s in path.split("/")[1:]]
    for step in steps:
        node = node[step]
    if value is ...:
        del node[last]
    else:
        node[last] = value
    return json.dumps(root, ensure_ascii=False).encode("utf-8", "surrogatepass")


def test_bill_file__written_and_read__the_same() -> None:
    assert BillFile.from_bytes(TEXT) == BILL_FILE
    assert BillFile.from_bytes(TEXT).to_bytes() == TEXT
    assert BILL_FILE.content() == CONTENT


def test_bill_file__with_spaces__read_and_written_canonically() -> None:
    spaced = json.dumps(json.loads(TEXT), indent=2).encode()
    assert BillFile.from_bytes(spaced).to_bytes() == TEXT


def test_bill_file__ordinary_bill__far_below_the_limit() -> None:
    assert len(TEXT) < MAX_BYTES // 100


_OBJECTS = ("header", "proof", "anchor", "chain", "face")
_ALL = [
    f"/{top}/{name}" for top, value in json.loads(TEXT).items() if isinstance(value, dict)
    for name in value
]  # fmt: skip
_HASHES = [p for p in _ALL if p.rsplit("/", 1)[1] in
           ("holder", "content_root", "block_hash", "transaction", "instance")]  # fmt: skip
_NUMBERS = [p for p in _ALL if p.rsplit("/", 1)[1] in
            ("amount_fen", "at_source_fen", "issued_at", "index", "size", "block_number",
             "block_time", "chain_id")]  # fmt: skip
_ADDRESSES = [p for p in _ALL if p.endswith(("_registry", "_ledger"))]


@pytest.mark.parametrize("path", ["/format", "/fields", *(f"/{o}" for o in _OBJECTS), *_ALL])
def test_from_bytes__member_missing__named(path: str) -> None:
    assert _problem(_changed(path, ...)) == (path, "missing")


@pytest.mark.parametrize("path", ["/format", "/fields", *(f"/{o}" for o in _OBJECTS), *_ALL])
@pytest.mark.parametrize("value", [None, True, 1.5])
def test_from_bytes__member_of_another_type__named(path: str, value: object) -> None:
    assert _problem(_changed(path, value)) == (path, "wrong-type")


@pytest.mark.parametrize("top", ["", *(f"/{o}" for o in _OBJECTS)])
def test_from_bytes__unknown_member__named(top: str) -> None:
    assert _problem(_changed(f"{top}/extra", 1)) == (f"{top}/extra", "unknown-field")


def test_from_bytes__unknown_member_with_a_slash__escaped_in_its_path() -> None:
    root = json.loads(TEXT)
    root["a/b"] = 1
    assert _problem(json.dumps(root).encode()) == ("/a~1b", "unknown-field")


@pytest.mark.parametrize("path", _NUMBERS)
def test_from_bytes__negative_number__named(path: str) -> None:
    assert _problem(_changed(path, -1)) == (path, "negative")


@pytest.mark.parametrize("path", _HASHES)
@pytest.mark.parametrize(
    "value",
    ["", "0x", "ab" * 32, "0x" + "AB" * 32, "0x" + "ab" * 31, "0x" + "ab" * 33, "0xzz" * 16],
)
def test_from_bytes__hash_of_another_form__named(path: str, value: str) -> None:
    assert _problem(_changed(path, value)) == (path, "invalid")


@pytest.mark.parametrize("path", _ADDRESSES)
@pytest.mark.parametrize("value", ["", "0x", "0x" + "1" * 39, "0x" + "1" * 41, "0x" + "g" * 40])
def test_from_bytes__address_of_another_form__named(path: str, value: str) -> None:
    assert _problem(_changed(path, value)) == (path, "invalid")


@pytest.mark.parametrize(
    ("path", "value", "at", "code"),
    [
        ("/format", "piaolian-bill/2", "/format", "unknown-format"),
        ("/header/bill_code", "4606012", "/header", "invalid"),
        ("/header/bill_no", "0000000000", "/header", "invalid"),
        ("/header/amount_fen", 0, "/header", "invalid"),
        ("/header/amount_fen", 10**299, "/header", "invalid"),
        ("/header/at_source_fen", 162_601, "/header", "invalid"),
        ("/header/currency", "cny", "/header", "invalid"),
        ("/header/issued_at", 0, "/header", "invalid"),
        ("/proof/batch_id", "1", "/proof/batch_id", "invalid"),
        ("/proof/batch_id", "460601260000000000", "/proof/batch_id", "invalid"),
        ("/proof/batch_id", "４６０６０１２６００００００００01", "/proof/batch_id", "invalid"),
        ("/proof/path", {}, "/proof/path", "wrong-type"),
        ("/proof/path", ["0x" + "00" * 32] * 33, "/proof/path", "wrong-length"),
        ("/proof/path/0", 1, "/proof/path/0", "wrong-type"),
        ("/proof/path/1", "0x12", "/proof/path/1", "invalid"),
        ("/fields/0", [], "/fields/0", "wrong-type"),
        ("/fields/0", {}, "/fields/0", "wrong-type"),
        ("/fields/0", ["s", "/p"], "/fields/0", "wrong-type"),
        ("/fields/0", ["s", "/p", 1, 2], "/fields/0", "wrong-type"),
        ("/fields/1/0", 1, "/fields/1", "wrong-type"),
        ("/fields/1/1", 1, "/fields/1", "wrong-type"),
        ("/fields/1/1", "", "/fields/1", "wrong-type"),
        ("/fields/1/1", "p", "/fields/1", "wrong-type"),
        ("/fields/2/2", 1.0, "/fields/2", "wrong-type"),
        ("/fields/2/2", {"a": [1e999]}, "/fields/2", "wrong-type"),
    ],
)
def test_from_bytes__bad_value__named(path: str, value: Any, at: str, code: str) -> None:
    data = _changed(path, value).replace(b"Infinity", b"1e999")
    assert _problem(data) == (at, code)


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"{", TEXT + b"x", TEXT[:-1], b"\xff"])
def test_from_bytes__no_json__refused(data: bytes) -> None:
    with pytest.raises(MalformedInput):
        BillFile.from_bytes(data)


@pytest.mark.parametrize("data", [b"[]", b'"x"', b"1", b"null"])
def test_from_bytes__no_object__named(data: bytes) -> None:
    assert _problem(data) == ("", "wrong-type")


def _problem(data: bytes) -> tuple[str, str]:
    with pytest.raises(InvalidFields) as caught:
        BillFile.from_bytes(data)
    (problem,) = caught.value.problems
    return problem.path, problem.code
