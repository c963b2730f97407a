"""Proofs in tries of all shapes: values short enough to stand inside other nodes, absent keys."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

from frontend_api.commitment.eip712 import keccak
from frontend_api.commitment.mpt import (
    MAX_NODE_BYTES,
    MAX_NODES,
    index_key,
    needed_nodes,
    proof_of,
    proved_values,
    trie_over,
)
from frontend_api.domain.errors import ProofRejected

_KEYS = st.binary(min_size=1, max_size=4)


def trie_of(values: dict[bytes, bytes]) -> HexaryTrie:
    trie = HexaryTrie({})
    for key, value in values.items():
        trie[key] = value
    return trie


@settings(deadline=None, max_examples=50)
@given(
    st.dictionaries(_KEYS, st.binary(min_size=1, max_size=60), min_size=1, max_size=12),
    st.lists(_KEYS, min_size=1, max_size=3),
)
def test_proof__of_any_keys__shows_values_and_absence_and_no_node_can_be_spared(
    values: dict[bytes, bytes], asked: list[bytes]
) -> None:
    trie = trie_of(values)
    keys = [*asked, next(iter(values))]
    nodes = needed_nodes(trie, keys)
    assert proved_values(trie.root_hash, keys, nodes) == [values.get(k, b"") for k in keys]
    for i in range(len(nodes)):
        with pytest.raises(ProofRejected):
            proved_values(trie.root_hash, keys, nodes[:i] + nodes[i + 1 :])
    with pytest.raises(ProofRejected):
        proved_values(trie.root_hash, keys, [*nodes, b"\xc2\x01\x02"])


@settings(deadline=None, max_examples=50)
@given(st.lists(st.binary(max_size=200), max_size=8))
def test_bytes_that_are_no_nodes__are_refused_and_never_break_the_verifier(
    nodes: list[bytes],
) -> None:
    root = keccak(nodes[0]) if nodes else bytes(32)
    with pytest.raises(ProofRejected):
        proved_values(root, [b"\x01\x02"], [*nodes, b"\x80"])


@pytest.mark.parametrize("count", [1, 2, 16, 17, 127, 128, 129, 300])
def test_receipts_of_a_block__each_is_proved_by_its_index(count: int) -> None:
    receipts = [hashlib.sha512(bytes((i % 256, i // 256))).digest() for i in range(count)]
    trie = trie_over(receipts)
    for index in {0, count // 2, count - 1}:
        nodes = needed_nodes(trie, [index_key(index)])
        assert proved_values(trie.root_hash, [index_key(index)], nodes) == [receipts[index]]
    beyond = index_key(count)
    assert proved_values(trie.root_hash, [beyond], needed_nodes(trie, [beyond])) == [b""]


def test_proof__out_of_more_nodes_than_it_needs__has_those_it_needs() -> None:
    values = {keccak(bytes((i,))): bytes((i + 1,)) * 40 for i in range(40)}
    trie = trie_of(values)
    every = [node for key in values for node in needed_nodes(trie, [key])]
    key = keccak(b"\x07")
    nodes = proof_of(trie.root_hash, [key], reversed(every))
    assert nodes == needed_nodes(trie, [key])
    with pytest.raises(ProofRejected):
        proof_of(trie.root_hash, [key], every[:1])


def test_proof__beyond_every_size__is_refused_before_it_is_read() -> None:
    node = b"\xc2\x01\x02"
    for nodes in ([node] * (MAX_NODES + 1), [bytes(MAX_NODE_BYTES + 1)]):
        with pytest.raises(ProofRejected, match="more or larger"):
            proved_values(keccak(nodes[0]), [b"\x01"], nodes)


def test_proof__nodes_nested_beyond_any_stack__is_refused() -> None:
    data = b"\xc0"
    for _ in range(3_000):
        size = len(data)
        head = bytes((0xC0 + size,)) if size < 56 else bytes((0xF9,)) + size.to_bytes(2)
        data = (bytes((0xF8, size)) if 56 <= size < 256 else head) + data
    with pytest.raises(ProofRejected):
        proved_values(keccak(data), [b"\x01"], [data])
