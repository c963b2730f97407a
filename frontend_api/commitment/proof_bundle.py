"""The proof bundle (证明包): a bill with all that shows, without any server, that it was anchored.

One JSON that speaks for itself beside a block hash, or a set of validators, that the verifier
trusts. Fields may be withheld: of those only the digest is there. Reading is strict, writing
canonical; normative text in ``docs/protocol.md``, section 15.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.bill_file import (
    BillFile,
    deployment_json,
    header_json,
    read_deployment,
    read_field,
    read_header,
)
from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.canonical import canonical_json, read_json
from frontend_api.commitment.fields import Field
from frontend_api.commitment.strict import (
    StrictReader,
    bytes32,
    has_format,
    hex_of,
    inclusion_json,
    read_inclusion,
)
from frontend_api.commitment.withheld import FieldInPart, Withheld, shown_of, withheld_of
from frontend_api.domain.anchor import Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import FieldProblem, InvalidFields, MalformedInput, TooLarge

FORMAT = "piaolian-proof/1"
MAX_BYTES = 8 * 1024 * 1024  # a bill file of 4 MiB, and proofs of some ten kilobytes
_HEX = re.compile(r"0x(?:[0-9a-f]{2})+\Z")


@dataclass(frozen=True, slots=True)
class ReceiptProof:
    """The receipt of the anchoring transaction in its block.

    ``block`` is the header's RLP, ``index`` the transaction's place, ``nodes`` lead from the
    header's receipts root to the receipt, which is what the last of them holds.
    """

    block: bytes
    index: int
    nodes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class StateProof:
    """The batch and the bill in the bill registry's storage, at one block.

    ``account`` leads from the header's state root to the registry's account, ``storage`` from the
    account's storage root to the batch's three words and the bill's one.
    """

    block: bytes
    account: tuple[bytes, ...]
    storage: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ProofBundle:
    """A bill, disclosed in full or in part, with its proofs."""

    header: BillHeader
    fields: tuple[FieldInPart, ...]
    inclusion: Inclusion
    deployment: Deployment
    receipt: ReceiptProof
    state: StateProof

    @property
    def shown(self) -> tuple[Field, ...]:
        """The disclosed fields."""
        return shown_of(self.fields)

    @property
    def withheld(self) -> tuple[Withheld, ...]:
        """The others; a bundle does not tell their names."""
        return withheld_of(self.fields)

    def block_hashes(self) -> dict[str, bytes]:
        """The hashes of the anchoring block and of the state's. Raises ProofRejected."""
        return {
            "anchoring": BlockHeader.from_rlp(self.receipt.block).hash,
            "state": BlockHeader.from_rlp(self.state.block).hash,
        }

    def is_of(self, file: BillFile) -> bool:
        """Whether it is the whole bill of this bill file, nothing withheld."""
        return self == ProofBundle.of(file, self.receipt, self.state)

    def withholding(self, paths: Collection[str]) -> ProofBundle:
        """The bundle without the fields at these paths. Raises MalformedInput for unknown ones."""
        unknown = sorted(set(paths) - {field.path for field in self.shown})
        if unknown:
            raise MalformedInput(f"the bill has no field {unknown[0]}: name it by its path")
        fields = tuple(Withheld(None, f.digest()) if f.path in paths else f for f in self.fields)
        return ProofBundle(
            self.header, fields, self.inclusion, self.deployment, self.receipt, self.state
        )

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_json(
            {
                "format": FORMAT,
                "header": header_json(self.header),
                "fields": [
                    [f.salt, f.path, f.value] if isinstance(f, Field) else hex_of(f.known_digest)
                    for f in self.fields
                ],
                "proof": inclusion_json(self.inclusion),
                "chain": deployment_json(self.deployment),
                "receipt": {
                    "block": hex_of(self.receipt.block),
                    "index": self.receipt.index,
                    "nodes": _texts(self.receipt.nodes),
                },
                "state": {
                    "block": hex_of(self.state.block),
                    "account": _texts(self.state.account),
                    "storage": _texts(self.state.storage),
                },
            }
        )

    @classmethod
    def of(cls, file: BillFile, receipt: ReceiptProof, state: StateProof) -> ProofBundle:
        """The whole bill of a bill file, with its proofs."""
        return cls(file.header, file.fields, file.inclusion, file.deployment, receipt, state)

    @classmethod
    def from_bytes(cls, data: bytes) -> ProofBundle:
        """Read a bundle. Raises MalformedInput, TooLarge or InvalidFields, naming the fault."""
        if len(data) > MAX_BYTES:
            raise TooLarge(f"a proof bundle has at most {MAX_BYTES} bytes")
        root = StrictReader("", read_json(data), "a proof bundle")
        root.only("format", "header", "fields", "proof", "chain", "receipt", "state")
        if root.get("format", str) != FORMAT:
            raise root.problem("format", "unknown-format", f"must be {FORMAT!r}")
        receipt = root.child("receipt").only("block", "index", "nodes")
        state = root.child("state").only("block", "account", "storage")
        return cls(
            header=read_header(root.child("header")),
            fields=tuple(
                _read_field(index, item) for index, item in enumerate(root.get("fields", list))
            ),
            inclusion=read_inclusion(root.child("proof")),
            deployment=read_deployment(root.child("chain")),
            receipt=ReceiptProof(
                receipt.made("block", _bytes), receipt.uint("index"), _nodes(receipt, "nodes")
            ),
            state=StateProof(
                state.made("block", _bytes), _nodes(state, "account"), _nodes(state, "storage")
            ),
        )


def is_bundle(data: bytes) -> bool:
    """Whether the bytes are meant as a proof bundle; nothing else is said about them."""
    return has_format(data, FORMAT, MAX_BYTES)


def _read_field(index: int, item: Any) -> FieldInPart:
    if not isinstance(item, str):
        return read_field(index, item)
    try:
        return Withheld(None, bytes32(item))
    except ValueError as e:
        raise InvalidFields([FieldProblem(f"/fields/{index}", "invalid", str(e))]) from e


def _texts(nodes: Iterable[bytes]) -> list[str]:
    return [hex_of(node) for node in nodes]


def _nodes(r: StrictReader, name: str) -> tuple[bytes, ...]:
    nodes = []
    for index, text in enumerate(r.get(name, list)):
        if not isinstance(text, str):
            raise r.problem(f"{name}/{index}", "wrong-type", "must be a text")
        try:
            nodes.append(_bytes(text))
        except ValueError as e:
            raise r.problem(f"{name}/{index}", "invalid", str(e)) from e
    return tuple(nodes)


def _bytes(text: str) -> bytes:
    if not _HEX.match(text):
        raise ValueError("must be bytes in lower-case hexadecimal with 0x")
    return bytes.fromhex(text[2:])
