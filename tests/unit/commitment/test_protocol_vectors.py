"""The published vectors: made by the code, and made again by an implementation that shares none."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import mini_protocol as mini
import pytest
from vector_maker import FILE, vectors


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return loaded


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def test_vectors__made_from_the_code__are_the_published_ones(published: dict[str, Any]) -> None:
    assert json.loads(json.dumps(vectors(), ensure_ascii=False)) == published


def test_mini__canonical_json__agrees(published: dict[str, Any]) -> None:
    assert [mini.canonical(v["value"]) for v in published["canonical"]] == [
        _bytes(v["bytes"]) for v in published["canonical"]
    ]


def test_mini__number__agrees(published: dict[str, Any]) -> None:
    number = published["number"]
    assert int(number["bill_code"] + number["bill_no"]) == number["bill_key"]


def test_mini__derived_secrets__agree(published: dict[str, Any]) -> None:
    seed, derived = _bytes(published["seed"]), published["derived"]
    assert mini.check_code(seed) == derived["check_code"]
    assert mini.token(seed) == derived["token"]
    assert mini.derived(seed, "content-key") == _bytes(derived["content_key"])
    assert mini.derived(seed, "holder-key") == _bytes(derived["holder_key"])
    assert mini.address(_bytes(derived["holder_key"])) == _bytes(derived["holder_address"])


def test_mini__fields_and_content_root__agree(published: dict[str, Any]) -> None:
    fields = mini.fields(published["content"], _bytes(published["seed"]))
    assert fields == [f["field"] for f in published["fields"]]
    assert [mini.disclosure(f) for f in fields] == [f["disclosure"] for f in published["fields"]]
    assert [mini.digest(f) for f in fields] == [_bytes(f["digest"]) for f in published["fields"]]
    assert mini.content_root(fields) == _bytes(published["header"]["content_root"])


def test_mini__header_and_leaf__agree(published: dict[str, Any]) -> None:
    instance = _bytes(published["instance"])
    data = mini.header_bytes(published["header"], instance)
    assert len(data) == 320
    assert data == _bytes(published["header_bytes"])
    assert mini.leaf(published["header"], instance) == _bytes(published["leaf"])


def test_mini__batch__agrees(published: dict[str, Any]) -> None:
    leaves = [_bytes(leaf) for leaf in published["batch"]["leaves"]]
    assert mini.root(leaves) == _bytes(published["batch"]["root"])
    assert [mini.path_of(i, leaves) for i in range(len(leaves))] == [
        [_bytes(node) for node in path] for path in published["batch"]["paths"]
    ]


def test_mini__grant__agrees(published: dict[str, Any]) -> None:
    grant = published["grant"]
    assert mini.grant_digest(grant["message"], grant["domain"]) == _bytes(grant["digest"])


def test_mini__receipt__signed_alike(published: dict[str, Any]) -> None:
    receipt, key = published["receipt"], _bytes(published["receipt"]["private_key"])
    digest = mini.receipt_digest(receipt["message"], receipt["domain"])
    assert digest == _bytes(receipt["digest"])
    assert mini.sign(key, digest) == _bytes(receipt["signature"])
    assert mini.address(key) == _bytes(receipt["signer"])
    file = json.loads(receipt["file"])
    assert mini.canonical(file) == receipt["file"].encode()
    assert file["signature"] == receipt["signature"]
    assert file["leaf"] == receipt["message"]["leaf"] == published["leaf"]


def test_mini__bill_file__is_canonical_and_leads_to_the_root(published: dict[str, Any]) -> None:
    text = published["bill_file"]["text"].encode()
    file = json.loads(text)
    assert mini.canonical(file) == text
    assert hashlib.sha256(text).hexdigest() == published["bill_file"]["sha256"][2:]
    assert file["fields"] == mini.fields(published["content"], _bytes(published["seed"]))
    node = mini.leaf(file["header"], _bytes(file["chain"]["instance"]))
    proof = file["proof"]
    assert int(proof["batch_id"]) + proof["index"] == published["number"]["bill_key"]
    leaves = [_bytes(leaf) for leaf in published["batch"]["leaves"]]
    assert leaves[proof["index"]] == node
    assert [_bytes(n) for n in proof["path"]] == mini.path_of(proof["index"], leaves)


def test_mini__one_character_of_the_content_changed__leads_elsewhere(
    published: dict[str, Any],
) -> None:
    changed = json.loads(json.dumps(published["content"]))
    changed["lines"][0]["name"] += "。"
    fields = mini.fields(changed, _bytes(published["seed"]))
    assert mini.content_root(fields) != _bytes(published["header"]["content_root"])
