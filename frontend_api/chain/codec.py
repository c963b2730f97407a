"""The contracts' ABI: calls in, values out, from the files in ``abi/`` that the compiler wrote.

web3.py's own contract object does the same at 183 calls a second; selectors and topics worked out
once, with eth_abi underneath, leave reading as fast as the node answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import orjson
from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from frontend_api.chain.rpc import MalformedReply

CONTRACTS = ("IssuerRegistry", "BillRegistry", "ConsentRegistry", "ReimbursementLedger")

_Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Function:
    selector: bytes
    inputs: tuple[str, ...]
    outputs: tuple[_Entry, ...]
    output_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Event:
    name: str
    indexed: tuple[_Entry, ...]
    plain: tuple[_Entry, ...]


class ContractCodec:
    """Encodes calls of one contract and decodes its answers and events.

    Structs come back as dicts by member name, addresses checksummed, bytes as bytes.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        abi = load_abi(name)
        self._functions = {e["name"]: _function(e) for e in abi if e["type"] == "function"}
        self._events = {_topic(e): _event(e) for e in abi if e["type"] == "event"}
        self._constructor: list[dict[str, Any]] = next(
            (e["inputs"] for e in abi if e["type"] == "constructor"), []
        )

    def encode_call(self, function: str, args: Sequence[Any]) -> bytes:
        """Calldata. Raises ValueError when the arguments do not fit the function's types."""
        known = self._functions[function]
        return known.selector + _encode(known.inputs, args, function)

    def encode_constructor(self, args: Sequence[Any]) -> bytes:
        """What follows the bytecode in a deployment. Raises ValueError as ``encode_call`` does."""
        return _encode([collapse_if_tuple(i) for i in self._constructor], args, "constructor")

    def decode_output(self, function: str, data: bytes) -> Any:
        """What the function returned: one value, or a tuple of several. Raises MalformedReply."""
        known = self._functions[function]
        values = _decode(known.output_types, data, f"{self.name}.{function}")
        named = tuple(_named(o, v) for o, v in zip(known.outputs, values, strict=True))
        return named[0] if len(named) == 1 else named

    def topic(self, event: str) -> bytes:
        """The event's first topic (32 bytes). Raises KeyError for an unknown name."""
        for topic, known in self._events.items():
            if known.name == event:
                return topic
        raise KeyError(event)

    def decode_event(
        self, topics: Sequence[bytes], data: bytes
    ) -> tuple[str, dict[str, Any]] | None:
        """The event's name and arguments, indexed ones included; None for an event not in the ABI.

        Raises MalformedReply when the parts do not fit the event.
        """
        event = self._events.get(topics[0]) if topics else None
        if event is None:
            return None
        where = f"{self.name}.{event.name}"
        if len(topics) != len(event.indexed) + 1:
            raise MalformedReply(f"the chain's node sent {where} with a wrong number of topics")
        args: dict[str, Any] = {}
        for entry, topic in zip(event.indexed, topics[1:], strict=True):
            args[entry["name"]] = _named(entry, _decode([entry["type"]], topic, where)[0])
        values = _decode([collapse_if_tuple(e) for e in event.plain], data, where)
        for entry, value in zip(event.plain, values, strict=True):
            args[entry["name"]] = _named(entry, value)
        return event.name, args


@lru_cache(maxsize=len(CONTRACTS))
def codec(name: str) -> ContractCodec:
    """The codec of one of ``CONTRACTS``, made once."""
    return ContractCodec(name)


def load_abi(name: str) -> list[dict[str, Any]]:
    """The ABI of one contract as the compiler wrote it. Raises FileNotFoundError."""
    file = resources.files("frontend_api.chain") / "abi" / f"{name}.json"
    abi: list[dict[str, Any]] = orjson.loads(file.read_bytes())
    return abi


def _signature(entry: _Entry) -> bytes:
    types = ",".join(collapse_if_tuple(i) for i in entry["inputs"])
    return f"{entry['name']}({types})".encode()


def _topic(entry: _Entry) -> bytes:
    return bytes(keccak(_signature(entry)))


def _function(entry: _Entry) -> _Function:
    return _Function(
        selector=_topic(entry)[:4],
        inputs=tuple(collapse_if_tuple(i) for i in entry["inputs"]),
        outputs=tuple(entry["outputs"]),
        output_types=tuple(collapse_if_tuple(o) for o in entry["outputs"]),
    )


def _event(entry: _Entry) -> _Event:
    return _Event(
        name=entry["name"],
        indexed=tuple(i for i in entry["inputs"] if i["indexed"]),
        plain=tuple(i for i in entry["inputs"] if not i["indexed"]),
    )


def _encode(types: Sequence[str], args: Sequence[Any], what: str) -> bytes:
    if len(types) != len(args):
        raise ValueError(f"{what} takes {len(types)} arguments, not {len(args)}")
    try:
        return bytes(encode(types, args))
    except EncodingError as e:
        raise ValueError(f"the arguments do not fit {what}: {e}") from e


def _decode(types: Sequence[str], data: bytes, what: str) -> tuple[Any, ...]:
    try:
        return tuple(decode(types, data))
    except (DecodingError, UnicodeDecodeError, OverflowError) as e:
        raise MalformedReply(f"the chain's node sent bytes that do not fit {what}") from e


def _named(entry: _Entry, value: Any) -> Any:
    if entry["type"].endswith("[]"):
        each = {**entry, "type": entry["type"][:-2]}
        return tuple(_named(each, part) for part in value)
    if entry["type"] == "tuple":
        members = zip(entry["components"], value, strict=True)
        return {member["name"]: _named(member, part) for member, part in members}
    if entry["type"] == "address":
        return to_checksum_address(value)
    return value
