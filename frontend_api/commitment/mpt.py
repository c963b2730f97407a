"""Proofs in Merkle Patricia tries, as ``eth_getProof`` and receipts have them.

A proof is the list of nodes from the root down that one or several keys need, each once, and no
other: whoever adds, drops or moves a node has another proof, which is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from rlp.exceptions import RLPException  # type: ignore[import-untyped]
from trie import HexaryTrie  # type: ignore[import-untyped]
from trie.exceptions import (  # type: ignore[import-untyped]
    InvalidNode,
    MissingTrieNode,
    ValidationError,
)

from frontend_api.commitment.eip712 import keccak
from frontend_api.commitment.rlp_form import rlp_of
from frontend_api.domain.errors import ProofRejected

MAX_NODES = 64  # in one proof; a trie of 2**32 leaves is some 10 nodes deep
MAX_NODE_BYTES = 16 * 1024  # the leaf of a receipt holds all its events
_INLINE = 32  # a shorter node stands inside the one above it
# All that the library makes of bytes that are no node: a verifier is shown anything.
_BROKEN = (
    MissingTrieNode, InvalidNode, ValidationError, RLPException, RecursionError, ValueError,
    TypeError, KeyError, IndexError,
)  # fmt: skip


def proved_values(root: bytes, keys: Sequence[bytes], nodes: Sequence[bytes]) -> list[bytes]:
    """What the trie of this root holds under each key; empty bytes where there is nothing.

    Raises ProofRejected unless ``nodes`` are exactly what shows that.
    """
    if len(nodes) > MAX_NODES or any(len(node) > MAX_NODE_BYTES for node in nodes):
        raise ProofRejected("a proof has more or larger nodes than any trie needs")
    trie = HexaryTrie({keccak(node): node for node in nodes}, root)
    try:
        values = [bytes(trie.get(key)) for key in keys]
        needed = needed_nodes(trie, keys)
    except _BROKEN as e:
        raise ProofRejected("the nodes of a proof do not lead from its root to its key") from e
    if needed != list(nodes):
        raise ProofRejected("a proof has nodes that it does not need, or in another order")
    return values


def needed_nodes(trie: HexaryTrie, keys: Iterable[bytes]) -> list[bytes]:
    """The nodes on the ways to the keys, in order, each once."""
    found: dict[bytes, None] = {}
    for key in keys:
        for node in trie.get_proof(key):
            data = rlp_of(node)
            if len(data) >= _INLINE or not found:
                found[data] = None
    return list(found)


def trie_over(values: Sequence[bytes]) -> HexaryTrie:
    """The trie of a block's receipts or transactions: under each its index, RLP-encoded."""
    trie: Any = HexaryTrie({})
    for index, value in enumerate(values):
        trie[index_key(index)] = value
    return trie


def index_key(index: int) -> bytes:
    """The key of a receipt in its block's trie."""
    return rlp_of(index)


def proof_of(root: bytes, keys: Sequence[bytes], nodes: Iterable[bytes]) -> list[bytes]:
    """The proof for these keys, out of nodes that hold it. Raises ProofRejected if they do not."""
    return proofs_of(root, [keys], nodes)[0]


def proofs_of(
    root: bytes, sets: Iterable[Sequence[bytes]], nodes: Iterable[bytes]
) -> list[list[bytes]]:
    """A proof for each set of keys, out of nodes that hold them all. Raises as proof_of."""
    try:
        trie = HexaryTrie({keccak(node): node for node in nodes}, root)
        return [needed_nodes(trie, keys) for keys in sets]
    except _BROKEN as e:
        raise ProofRejected("the nodes of a proof do not lead from its root to its key") from e
