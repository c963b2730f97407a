"""A second reading of section 15 of docs/protocol.md: the standard library alone.

Verifies a proof bundle against a trusted block hash; any fault is an AssertionError or KeyError.
"""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from mini_keccak import keccak256

_QBFT = bytes.fromhex("63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365")
_ANCHORED = b"Anchored(uint64,bytes18,uint64,uint32,bytes32,uint128,address)"


def rlp_read(data: bytes) -> Any:
    """One RLP item that is all of ``data``."""
    item, rest = _item(data)
    assert rest == b""
    return item


def rlp_write(item: Any) -> bytes:
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < 0x80:
            return item
        return _head(0x80, len(item)) + item
    inner = b"".join(map(rlp_write, item))
    return _head(0xC0, len(inner)) + inner


def _head(base: int, size: int) -> bytes:
    if size < 56:
        return bytes([base + size])
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([base + 55 + len(length)]) + length


def _item(data: bytes) -> tuple[Any, bytes]:
    first = data[0]
    if first < 0x80:
        return data[:1], data[1:]
    base = 0x80 if first < 0xC0 else 0xC0
    if first < base + 56:
        start, size = 1, first - base
    else:
        start = 1 + first - base - 55
        size = int.from_bytes(data[1:start], "big")
    body, rest = data[start : start + size], data[start + size :]
    assert len(body) == size
    if base == 0x80:
        return body, rest
    items = []
    while body:
        item, body = _item(body)
        items.append(item)
    return items, rest


def block_hash(header: bytes) -> bytes:
    """Of a header's RLP, round and seals left out on a QBFT network."""
    members = rlp_read(header)
    if members[13] == _QBFT and members[8] != b"":
        vanity, validators, vote, _, _ = rlp_read(members[12])
        members[12] = rlp_write([vanity, validators, vote, b"", []])
    return keccak256(rlp_write(members))


def trie_value(root: bytes, key: bytes, nodes: list[bytes]) -> bytes:
    """What a trie holds under a key; nothing if a proof shows that nothing is there."""
    known = {keccak256(node): node for node in nodes}
    nibbles = [n for byte in key for n in (byte >> 4, byte & 15)]
    node: Any = rlp_read(known[root])
    while True:
        if len(node) == 17:
            if not nibbles:
                return bytes(node[16])
            child, nibbles = node[nibbles[0]], nibbles[1:]
        else:
            flag = node[0][0] >> 4
            way = [n for byte in node[0] for n in (byte >> 4, byte & 15)][1 if flag & 1 else 2 :]
            if nibbles[: len(way)] != way:
                return b""
            nibbles, child = nibbles[len(way) :], node[1]
            if flag & 2:
                return bytes(child) if not nibbles else b""
        if child == b"":
            return b""
        node = child if isinstance(child, list) else rlp_read(known[child])


def verify_bundle(data: bytes, trusted: bytes, deployment: dict[str, Any], code: bytes) -> int:
    """The number of the trusted block that proves the batch."""
    bundle = json.loads(data)
    batch = _batch_root(bundle, deployment)
    registry = _bytes(deployment["bill_registry"])
    headers = {name: _bytes(bundle[name]["block"]) for name in ("receipt", "state")}
    event = _event(bundle, rlp_read(headers["receipt"]), registry)
    words = _words(bundle, rlp_read(headers["state"]), registry, code)
    shape, origin = words[1], words[2]
    assert words[0] == batch == event[1]
    assert shape & 0xFFFFFFFF == event[0] == bundle["proof"]["size"]
    assert origin & (1 << 160) - 1 == event[3]
    assert origin >> 160 == event[2]
    assert shape >> 32 & (1 << 64) - 1 == int.from_bytes(rlp_read(headers["receipt"])[11], "big")
    [number] = {
        int.from_bytes(rlp_read(header)[8], "big")
        for header in headers.values() if block_hash(header) == trusted
    }  # fmt: skip
    return number


def _batch_root(bundle: dict[str, Any], deployment: dict[str, Any]) -> int:
    header, proof = bundle["header"], bundle["proof"]
    digests = [_bytes(f) if isinstance(f, str) else _disclosed(f) for f in bundle["fields"]]
    assert _tree(digests) == _bytes(header["content_root"])
    numbers = (header[n] for n in ("bill_code", "bill_no", "amount_fen", "at_source_fen"))
    data = (
        b"piaolian/bill-header/1".ljust(32, b"\0")
        + _bytes(deployment["instance"])
        + b"".join(int(n).to_bytes(32, "big") for n in numbers)
        + header["currency"].encode().ljust(32, b"\0")
        + _bytes(header["holder"])
        + _bytes(header["content_root"])
        + header["issued_at"].to_bytes(32, "big")
    )
    key = int(header["bill_code"] + header["bill_no"])
    assert proof["index"] == key - int(proof["batch_id"])
    node, index, last = _sha(b"\0" + data), proof["index"], proof["size"] - 1
    for sibling in map(_bytes, proof["path"]):
        assert last
        if index & 1 or index == last:
            node = _sha(b"\1" + sibling + node)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            node = _sha(b"\1" + node + sibling)
        index, last = index >> 1, last >> 1
    assert last == 0
    return int.from_bytes(node, "big")


def _event(bundle: dict[str, Any], header: Any, registry: bytes) -> list[int]:
    proof = bundle["receipt"]
    key = rlp_write(_short(proof["index"]))
    receipt = trie_value(header[5], key, [_bytes(node) for node in proof["nodes"]])
    status, _, _, logs = rlp_read(receipt[1:] if receipt[0] < 0x80 else receipt)
    assert status == b"\1"
    topics = [keccak256(_ANCHORED), int(bundle["proof"]["batch_id"]).to_bytes(32, "big")]
    [data] = [d for a, t, d in logs if a == registry and t[:2] == topics]
    return [int.from_bytes(data[at : at + 32], "big") for at in range(0, 128, 32)]


def _words(bundle: dict[str, Any], header: Any, registry: bytes, code: bytes) -> list[int]:
    proof = bundle["state"]
    account = rlp_read(
        trie_value(header[3], keccak256(registry), [_bytes(n) for n in proof["account"]])
    )
    assert account[3] == code
    batch = int(bundle["proof"]["batch_id"])
    first = int.from_bytes(keccak256((2).to_bytes(32, "big") + batch.to_bytes(32, "big")), "big")
    nodes = [_bytes(node) for node in proof["storage"]]
    found = []
    for slot in range(first, first + 3):
        value = trie_value(account[2], keccak256(slot.to_bytes(32, "big")), nodes)
        found.append(int.from_bytes(rlp_read(value), "big"))
    return found


def _disclosed(field: list[Any]) -> bytes:
    text = json.dumps(field, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return _sha(base64.urlsafe_b64encode(text.encode()).rstrip(b"="))


def _tree(digests: list[bytes]) -> bytes:
    level = [_sha(b"\0" + digest) for digest in digests]
    while len(level) > 1:
        pairs = [_sha(b"\1" + a + b) for a, b in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(level) // 2 * 2 :]
    return level[0]


def _short(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def _sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
