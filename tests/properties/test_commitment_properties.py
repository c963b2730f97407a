"""What holds for every bill, tree and text, not only for examples."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from frontend_api.commitment.canonical import _read_with_care, canonical_json, read_json
from frontend_api.commitment.fields import Field, content_root, digests_of, fields_of, nest
from frontend_api.commitment.tree import MerkleTree, leaf_hash, root_from_path, root_of
from frontend_api.domain.errors import MalformedInput, ProofRejected
from frontend_api.domain.money import MAX_FEN, capitals
from frontend_api.domain.text import text_fault
from frontend_api.domain.uscc import check_character, require_uscc

_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# Members' names in a bill are its schema's: never all digits, never beyond the basic plane.
_NAMES = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"]), max_size=8).filter(
    lambda name: not name.isdecimal()
)
_SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), _TEXT)
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=12),
        st.dictionaries(_NAMES, inner, min_size=1, max_size=4),
    ),
    max_leaves=12,
)
_CONTENT = st.dictionaries(_NAMES, _VALUES, max_size=5)
_SEEDS = st.binary(min_size=32, max_size=32)
_HASHES = st.binary(min_size=32, max_size=32)


@given(_CONTENT, _SEEDS)
def test_nest__fields_of_any_content__give_it_back(content: dict[str, Any], seed: bytes) -> None:
    assert nest(fields_of(content, seed)) == content


@given(_CONTENT, _SEEDS, st.data())
def test_content_root__one_value_changed__another_root(
    content: dict[str, Any], seed: bytes, data: st.DataObject
) -> None:
    fields = fields_of(content, seed)
    assume(fields)
    index = data.draw(st.integers(0, len(fields) - 1))
    old = fields[index]
    value = data.draw(_VALUES.filter(lambda v: canonical_json(v) != canonical_json(old.value)))
    digests = [f.digest() for f in fields]
    before = content_root(digests)
    digests[index] = Field(old.salt, old.path, value).digest()
    assert content_root(digests) != before


@given(_CONTENT, _SEEDS)
def test_digests_of__any_content__those_of_its_fields(content: dict[str, Any], seed: bytes) -> None:
    assert digests_of(content, seed) == [f.digest() for f in fields_of(content, seed)]


@given(_CONTENT, st.data())
def test_read_json__fast_and_careful__agree_on_every_text(
    content: dict[str, Any], data: st.DataObject
) -> None:
    text = json.dumps(content, ensure_ascii=data.draw(st.booleans()))
    at = data.draw(st.integers(0, len(text)))
    put_in = data.draw(st.sampled_from(["", "1", "1.5", "-", "9" * 25, '"', '"a":1,', "[", "\\"]))
    written = (text[:at] + put_in + text[at:]).encode()
    assert _outcome(read_json, written) == _outcome(_read_with_care, written)


def _outcome(read: Callable[[bytes], Any], data: bytes) -> str:
    try:
        return repr(read(data))
    except MalformedInput as e:
        return f"refused: {e}"


@given(_VALUES)
def test_canonical_json__any_value__read_back_and_independent_of_order(value: Any) -> None:
    data = canonical_json(value)
    assert read_json(data) == value
    assert canonical_json(read_json(data)) == data
    assert canonical_json(_reversed(value)) == data


@given(_VALUES)
def test_canonical_json__any_value__that_of_the_standard_library(value: Any) -> None:
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical_json(value) == written.encode()


@given(st.lists(_HASHES, min_size=1, max_size=70), st.data())
def test_path__any_leaf_of_any_tree__leads_to_the_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    tree = MerkleTree.over(leaves)
    assert tree.root == root_of(leaves)
    assert root_from_path(leaves[index], index, len(leaves), tree.path(index)) == tree.root


@given(st.integers(2, 70), st.data())
def test_path__mutated_anywhere__never_leads_to_the_root(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([i])) for i in range(size)]
    tree = MerkleTree.over(leaves)
    index = data.draw(st.integers(0, size - 1))
    path = list(tree.path(index))
    change = data.draw(st.sampled_from(["flip", "drop", "double", "swap", "size", "leaf"]))
    place = data.draw(st.integers(0, len(path) - 1))
    leaf, count = leaves[index], size
    if change == "flip":
        bit = data.draw(st.integers(0, 255))
        path[place] = (int.from_bytes(path[place]) ^ 1 << bit).to_bytes(32)
    elif change == "drop":
        del path[place]
    elif change == "double":
        path.insert(place, path[place])
    elif change == "swap":
        other = data.draw(st.integers(0, len(path) - 1).filter(lambda o: o != place or o == 0))
        assume(other != place)
        path[place], path[other] = path[other], path[place]
    elif change == "size":
        count = data.draw(st.integers(1, 2 * size))
        assume(_length(index, count) != len(path))
    else:
        leaf = leaves[(index + 1) % size]
    try:
        assert root_from_path(leaf, index, count, path) != tree.root
    except ProofRejected:
        assert change in ("drop", "double", "size")


@given(st.integers(0, MAX_FEN))
@settings(max_examples=300)
def test_capitals__any_amount__written_by_the_rules(fen: int) -> None:
    words = capitals(fen)
    assert not set(words) - set("零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整")
    assert "零零" not in words
    assert words.endswith("分") == (fen % 10 != 0)
    assert words.endswith("整") == (fen % 10 == 0)


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17))
def test_uscc__any_seventeen_characters__one_check_character_fits(first: str) -> None:
    code = first + check_character(first)
    assert require_uscc(code) == code


@given(_TEXT)
def test_text__that_may_stand_on_a_bill__survives_canonical_json(text: str) -> None:
    assume(text_fault(text) is None)
    assert read_json(canonical_json(text)) == text
    # Nothing is escaped but the backslash and the quotation mark; pairs first, from the left.
    assert "\\" not in canonical_json(text).decode().replace("\\\\", "").replace('\\"', "")


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _reversed(v) for k, v in reversed(value.items())}
    return [_reversed(v) for v in value] if isinstance(value, list) else value


def _length(index: int, size: int) -> int:
    """Nodes of the path of leaf ``index``; -1 if there is no such leaf."""
    if index >= size:
        return -1
    return len(MerkleTree.over([bytes(32)] * size).path(index))
