"""Fields, their salted digests and the content root.

A field is a scalar of the bill, or one element of an array (each line of a bill is a field too),
named by its JSON Pointer. It is committed as an SD-JWT disclosure (RFC 9901):
``base64url(JSON([salt, path, value]))``, digest SHA-256 of that text.
"""

from __future__ import annotations

import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.tree import leaf_hash, root_of

SEED_BYTES = 32
SALT_BYTES = 16  # 128 bits, the size SD-JWT recommends
_BLOCK_BYTES = 64  # SHA-256's block, to which HMAC pads its key (RFC 2104)
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
_URLSAFE = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True)
class Field:
    """One disclosed field: the salt as base64url text, the path, the JSON value."""

    salt: str
    path: str
    value: Any

    def disclosure(self) -> bytes:
        """The SD-JWT disclosure, as ASCII bytes."""
        return base64url(canonical_json([self.salt, self.path, self.value]))

    def digest(self) -> bytes:
        """SHA-256 of the disclosure: 32 bytes."""
        return hashlib.sha256(self.disclosure()).digest()


def base64url(data: bytes) -> bytes:
    """Base64url without padding (RFC 4648, section 5)."""
    return b2a_base64(data, newline=False).translate(_URLSAFE, b"=")


def derive(seed: bytes, purpose: str) -> bytes:
    """A 32-byte secret for one purpose from the bill's seed: HMAC-SHA256(seed, purpose)."""
    return hmac.digest(seed, purpose.encode(), "sha256")


def paths_and_values(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Flatten a bill's content: objects are descended, array elements are whole values."""
    return _flatten("", content)


def _flatten(prefix: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        path = f"{prefix}/{_escape(key)}"
        if isinstance(item, dict):
            yield from _flatten(path, item)
        elif isinstance(item, list | tuple):
            for index, element in enumerate(item):
                yield f"{path}/{index}", element
        else:
            yield path, item


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")


def _canonical_order(content: Mapping[str, Any], seed: bytes) -> list[tuple[str, Any]]:
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a bill's seed is {SEED_BYTES} bytes")
    # By code point, which is the order of the UTF-8 bytes too.
    return sorted(paths_and_values(content), key=_path)


def _path(item: tuple[str, Any]) -> str:
    return item[0]


def fields_of(content: Mapping[str, Any], seed: bytes) -> tuple[Field, ...]:
    """Every field of ``content`` with its salt, in canonical order (by the path's UTF-8 bytes)."""
    ordered = _canonical_order(content, seed)
    salt = _salts(seed)
    return tuple(Field(salt(path.encode()).decode(), path, value) for path, value in ordered)


def digests_of(content: Mapping[str, Any], seed: bytes) -> list[bytes]:
    """The digests of ``fields_of(content, seed)``, at a third of the cost: issuing wants no more.

    Raises MalformedInput for a value without canonical form.
    """
    salt, sha256, digests = _salts(seed), hashlib.sha256, []
    for path, value in _canonical_order(content, seed):
        name, quoted = _written(path)
        disclosure = b'["%b",%b,%b]' % (salt(name), quoted, canonical_json(value))
        digests.append(
            sha256(b2a_base64(disclosure, newline=False).translate(_URLSAFE, b"=")).digest()
        )
    return digests


@lru_cache(maxsize=8192)  # paths come from the schemas of the kinds: few, and always the same
def _written(path: str) -> tuple[bytes, bytes]:
    return path.encode(), canonical_json(path)


def _salts(seed: bytes) -> Callable[[bytes], bytes]:
    """The salt of a path: :func:`derive`, cut to 128 bits, as base64url.

    The key's two blocks are hashed once for all fields, which halves the cost of HMAC.
    """
    block = seed.ljust(_BLOCK_BYTES, b"\0")
    inner, outer = hashlib.sha256(block.translate(_INNER)), hashlib.sha256(block.translate(_OUTER))

    def salt(path: bytes) -> bytes:
        first = inner.copy()
        first.update(path)
        second = outer.copy()
        second.update(first.digest())
        return b2a_base64(second.digest()[:SALT_BYTES], newline=False).translate(_URLSAFE, b"=")

    return salt


def content_root(digests: Iterable[bytes]) -> bytes:
    """RFC 6962 root over the field digests, in canonical order."""
    return root_of([leaf_hash(d) for d in digests])


def parts_of(path: str) -> list[str]:
    """The names that a JSON Pointer goes through, in order; none if it has no slash."""
    parts = path.split("/")[1:]
    return [p.replace("~1", "/").replace("~0", "~") for p in parts] if "~" in path else parts


class _Node(dict[str, Any]):
    """An object made of paths; a field's own value is a plain one, and nothing goes into it."""


def nest(fields: Iterable[Field]) -> dict[str, Any]:
    """Rebuild the nested content from all fields. Raises ValueError if the paths do not fit."""
    out = _Node()
    arrays: dict[str, _Node] = {}
    for field in fields:
        parts = parts_of(field.path)
        if not parts:
            raise ValueError("a field without a path")
        node: Any = out
        for part in parts[:-1]:
            node = node.setdefault(part, _Node())
            if not isinstance(node, _Node):
                raise ValueError(f"{field.path} lies below a value")
        if parts[-1] in node:
            raise ValueError(f"{field.path} stands twice")
        if parts[-1].isdecimal():
            arrays[field.path.rsplit("/", 1)[0]] = node
        node[parts[-1]] = field.value
    return {key: _to_arrays(f"/{_escape(key)}", value, arrays) for key, value in out.items()}


def _to_arrays(path: str, value: Any, arrays: Mapping[str, Any]) -> Any:
    if not isinstance(value, _Node):
        return value
    if path in arrays and arrays[path] is value:
        if set(value) != {str(i) for i in range(len(value))}:
            raise ValueError(f"{path} is an array with a gap")
        return [value[str(i)] for i in range(len(value))]
    return {k: _to_arrays(f"{path}/{_escape(k)}", v, arrays) for k, v in value.items()}
