"""RFC 6962 trees, straight from the definitions of section 2.1.

Slow, plain, and independent of both the contracts and the platform.
"""

from hashlib import sha256


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """A tree over leaf hashes."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves
        self._known: dict[tuple[int, int], bytes] = {}

    @property
    def size(self) -> int:
        return len(self._leaves)

    @property
    def root(self) -> bytes:
        return self._hash(0, self.size)

    def path(self, index: int) -> list[bytes]:
        return self._path(index, 0, self.size)

    def _hash(self, start: int, end: int) -> bytes:
        if end - start == 1:
            return self._leaves[start]
        if (start, end) not in self._known:
            middle = start + _split(end - start)
            self._known[start, end] = node_hash(self._hash(start, middle), self._hash(middle, end))
        return self._known[start, end]

    def _path(self, index: int, start: int, end: int) -> list[bytes]:
        if end - start == 1:
            return []
        middle = start + _split(end - start)
        if index < middle:
            return [*self._path(index, start, middle), self._hash(middle, end)]
        return [*self._path(index, middle, end), self._hash(start, middle)]


def _split(size: int) -> int:
    """The largest power of two smaller than size."""
    return 1 << ((size - 1).bit_length() - 1)


def numbered_tree(size: int) -> Tree:
    return Tree([leaf_hash(index.to_bytes(8)) for index in range(size)])
