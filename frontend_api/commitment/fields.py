"""Fields, their salted digests and the content root.

A field is a scalar of the bill, or one element of an array (each line of a bill is a field too),
named by its JSON Pointer. It is committed as an SD-JWT disclosure (RFC 9901):
``base64url(JSON([salt, path, value]))``, digest SHA-256 of that text.
"""

from __future__ import annotations

import hashlib
import hmac
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any

import msgspec
import orjson

from frontend_api.commitment.canonical import CANONICAL, canonical_json, no_canonical_form
from frontend_api.commitment.tree import leaf_hash, root_of

SEED_BYTES = 32
SALT_BYTES = 16  # 128 bits, the size SD-JWT recommends
_BLOCK_BYTES = 64  # SHA-256's block, to which HMAC pads its key (RFC 2104)
_INNER = bytes(byte ^ 0x36 for byte in range(256))
_OUTER = bytes(byte ^ 0x5C for byte in range(256))
_URLSAFE = bytes.maketrans(b"+/", b"-_")


class Field(msgspec.Struct, frozen=True, array_like=True):
    """One disclosed field: the salt as base64url text, the path, the JSON value.

    Written as the list of the three.
    """

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


def fields_of(content: Mapping[str, Any], seed: bytes) -> tuple[Field, ...]:
    """Every field of ``content`` with its salt, in canonical order (by the path's UTF-8 bytes)."""
    blocks = _blocks(seed)
    # By code point, which is the order of the UTF-8 bytes too.
    ordered = sorted(paths_and_values(content), key=itemgetter(0))
    return tuple(Field(_salt(blocks, p.encode()).decode(), p, value) for p, value in ordered)


def digests_of(content: Mapping[str, Any], seed: bytes) -> list[bytes]:
    """The digests of ``fields_of(content, seed)``, at a third of the cost: issuing wants no more.

    Raises MalformedInput for a value without canonical form.
    """
    return [digest for _, digest in digests_by_path(content, seed)]


def leaves_by_path(content: Mapping[str, Any], seed: bytes) -> list[tuple[str, bytes]]:
    """Path and leaf hash of every field: parts of a content merge into its whole by sorting."""
    sha256 = hashlib.sha256
    return [(path, sha256(b"\0" + d).digest()) for path, d in digests_by_path(content, seed)]


def digests_by_path(content: Mapping[str, Any], seed: bytes) -> list[tuple[str, bytes]]:
    """``digests_of``, each with its path.

    The innermost loop of issuing: nothing is called here that can be written out.
    """
    found: list[tuple[_Place, Any]] = []
    _descend(_ROOT, content, found)
    inner, outer = _blocks(seed)
    sha256, base64, dumps, options = hashlib.sha256, b2a_base64, orjson.dumps, CANONICAL
    digests = []
    try:
        for place, value in found:
            mac = sha256(outer + sha256(inner + place.name).digest()).digest()
            disclosure = b'["%b",%b,%b]' % (
                base64(mac[:SALT_BYTES], newline=False).translate(_URLSAFE, b"="),
                place.quoted,
                dumps(value, option=options),
            )
            text = base64(disclosure, newline=False).translate(_URLSAFE).rstrip(b"=")
            digests.append((place.path, sha256(text).digest()))
    except (orjson.JSONEncodeError, RecursionError) as e:
        raise no_canonical_form(e) from e
    digests.sort()  # paths differ, so digests never decide
    return digests


class _Place:
    """A path in the ways it is written, and the places below it.

    They come from the schemas of the kinds: few, always the same, and so kept.
    """

    __slots__ = ("below", "name", "path", "quoted")

    def __init__(self, path: str) -> None:
        self.path = path
        self.name = path.encode()
        self.quoted = canonical_json(path)
        self.below: dict[str | int, _Place] = {}

    def step(self, key: str | int) -> _Place:
        place = self.below.get(key)
        if place is None:
            name = key if isinstance(key, int) else _escape(key)
            place = self.below[key] = _Place(f"{self.path}/{name}")
        return place


_ROOT = _Place("")


def _descend(place: _Place, value: Mapping[str, Any], found: list[tuple[_Place, Any]]) -> None:
    below = place.below
    for key, item in value.items():
        here = below.get(key) or place.step(key)
        if isinstance(item, dict):
            _descend(here, item, found)
        elif isinstance(item, list | tuple):
            found += [(here.step(index), element) for index, element in enumerate(item)]
        else:
            found.append((here, item))


def _salt(blocks: tuple[bytes, bytes], path: bytes) -> bytes:
    """The salt of a path: :func:`derive`, cut to 128 bits, as base64url."""
    inner, outer = blocks
    mac = hashlib.sha256(outer + hashlib.sha256(inner + path).digest()).digest()
    return base64url(mac[:SALT_BYTES])


def _blocks(seed: bytes) -> tuple[bytes, bytes]:
    """HMAC's inner and outer block for a seed: two hashes in one call each cost a third of it."""
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a bill's seed is {SEED_BYTES} bytes")
    block = seed.ljust(_BLOCK_BYTES, b"\0")
    return block.translate(_INNER), block.translate(_OUTER)


def leaves_of(fields: Iterable[Field]) -> list[bytes]:
    """The leaf hash of each field, in their order: the innermost loop of verifying.

    Raises MalformedInput for a value without canonical form.
    """
    sha256, base64, dumps, options = hashlib.sha256, b2a_base64, orjson.dumps, CANONICAL
    leaves = []
    try:
        for field in fields:
            disclosure = dumps((field.salt, field.path, field.value), option=options)
            text = base64(disclosure, newline=False).translate(_URLSAFE, b"=")
            leaves.append(sha256(b"\0" + sha256(text).digest()).digest())
    except (orjson.JSONEncodeError, RecursionError) as e:
        raise no_canonical_form(e) from e
    return leaves


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
