"""Merkle trees of RFC 6962 / RFC 9162 with SHA-256.

Leaf ``sha256(0x00 || data)``, node ``sha256(0x01 || left || right)``, an odd node moves up as it
is. Built level by level, which gives the same tree as the RFC's recursive definition.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from frontend_api.domain.errors import ProofRejected

_sha256 = hashlib.sha256
MAX_PATH = 32  # nodes; the contracts take no longer path (batches count in 32 bits)


def leaf_hash(data: bytes) -> bytes:
    """Hash of a leaf that holds ``data``."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return _sha256(b"\x01" + left + right).digest()


def _level_above(level: Sequence[bytes]) -> list[bytes]:
    nodes = iter(level)
    pairs = zip(nodes, nodes, strict=False)  # the odd last node is left over
    above = [_sha256(b"\x01" + left + right).digest() for left, right in pairs]
    if len(level) % 2:
        above.append(level[-1])
    return above


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes; of none, SHA-256 of nothing."""
    if not leaves:
        return _sha256(b"").digest()
    level = leaves
    while len(level) > 1:
        level = _level_above(level)
    return level[0]


class RunningRoot:
    """The root over leaves that come one by one; keeps log2(n) hashes, however many come."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []  # full subtrees from the left: height, root

    def add(self, leaf: bytes) -> None:
        """The next leaf hash."""
        height = 0
        while self._peaks and self._peaks[-1][0] == height:
            leaf, height = node_hash(self._peaks.pop()[1], leaf), height + 1
        self._peaks.append((height, leaf))
        self.size += 1

    def root(self) -> bytes:
        """As :func:`root_of` over the same leaves."""
        if not self._peaks:
            return root_of([])
        peaks = [peak for _, peak in self._peaks]
        root = peaks.pop()
        while peaks:
            root = node_hash(peaks.pop(), root)
        return root


@dataclass(frozen=True, slots=True)
class MerkleTree:
    """A tree kept whole, for many audit paths; ``levels[0]`` are the leaf hashes."""

    levels: tuple[Sequence[bytes], ...]

    @classmethod
    def over(cls, leaves: Sequence[bytes]) -> MerkleTree:
        """The tree over at least one leaf hash."""
        if not leaves:
            raise ValueError("a batch has at least one leaf")
        levels: list[Sequence[bytes]] = [leaves]
        while len(levels[-1]) > 1:
            levels.append(_level_above(levels[-1]))
        return cls(tuple(levels))

    @property
    def root(self) -> bytes:
        return self.levels[-1][0]

    @property
    def size(self) -> int:
        return len(self.levels[0])

    def path(self, index: int) -> tuple[bytes, ...]:
        """Audit path of leaf ``index``, from the bottom up. Raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError(f"no leaf {index} in a tree of {self.size}")
        path = []
        for level in self.levels[:-1]:
            sibling = index ^ 1
            if sibling < len(level):
                path.append(level[sibling])
            index >>= 1
        return tuple(path)


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes:
    """The root that ``path`` leads to from ``leaf`` (RFC 9162, section 2.1.3.2).

    Raises ProofRejected when the path cannot belong to leaf ``index`` of a tree of ``size``.
    """
    if not 0 <= index < size:
        raise ProofRejected(f"leaf {index} is outside a batch of {size}")
    if len(path) > MAX_PATH:
        raise ProofRejected(f"the audit path has more than {MAX_PATH} nodes")
    node, last, root = index, size - 1, leaf
    for sibling in path:
        if len(sibling) != 32:
            raise ProofRejected("a node of the audit path is not 32 bytes")
        if last == 0:
            raise ProofRejected("the audit path is too long for this batch")
        if node & 1 or node == last:
            root = node_hash(sibling, root)
            while not node & 1 and node:
                node >>= 1
                last >>= 1
        else:
            root = node_hash(root, sibling)
        node >>= 1
        last >>= 1
    if last:
        raise ProofRejected("the audit path is too short for this batch")
    return root
