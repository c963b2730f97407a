"""Deployment records: which contracts on which chain are trusted. Written by ``scripts/deploy.py``.

The document under check names contracts too, but only these records are believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils.address import is_checksum_formatted_address, to_checksum_address

from frontend_api.chain.codec import CONTRACTS
from frontend_api.commitment.canonical import read_json
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import FieldProblem, InputError, InvalidFields

FORMAT = "piaolian-deployment/1"

_HASH = re.compile(r"0x[0-9a-f]{64}\Z")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}\Z")


@dataclass(frozen=True, slots=True)
class ContractRecord:
    """One deployed contract; ``code_hash`` is Keccak-256 of the code, both hashes are 32 bytes."""

    address: str
    code_hash: bytes
    tx_hash: bytes


@dataclass(frozen=True, slots=True)
class DeploymentRecord:
    """A deployment as it was made: what is trusted, and since which block.

    ``supervisor`` is the account that deployed it, the first officer of the whole platform;
    ``document_cas`` are SHA-256 fingerprints of the root certificates under which its documents
    are signed.
    """

    network: str
    deployment: Deployment
    supervisor: str
    deployed_at_block: int
    deployed_block_hash: bytes
    contracts: dict[str, ContractRecord]
    versions: dict[str, str]
    receipt_signer: str | None = None
    document_cas: frozenset[bytes] = frozenset()


def read_record(path: Path) -> DeploymentRecord:
    """Read one record. Raises InvalidFields naming file and field, MalformedInput, OSError."""
    try:
        return _record(_Members("", read_json(path.read_bytes())))
    except InvalidFields as e:
        raise InvalidFields(
            FieldProblem(p.path, p.code, f"{p.message} (in {path})") for p in e.problems
        ) from e
    except InputError as e:
        raise type(e)(f"{path}: {e}") from e


class TrustStore:
    """Implements ``ports.TrustedDeployments`` over record files.

    Each source is a record, or a folder of records named ``*.json``. Sources are read when asked,
    so a record that is added counts at once. A folder that does not exist holds nothing; a file
    that was named does have to exist.
    """

    def __init__(self, sources: Iterable[Path]) -> None:
        self._sources = tuple(sources)

    def find(self, instance: bytes) -> Deployment | None:
        """The trusted deployment of this instance. Raises as ``read_record`` does."""
        for record in self.records():
            if record.deployment.instance == instance:
                return record.deployment
        return None

    def receipt_signer(self, instance: bytes) -> str | None:
        """The key that signs the receipts of this instance. Raises as ``read_record`` does."""
        for record in self.records():
            if record.deployment.instance == instance and record.receipt_signer:
                return record.receipt_signer
        return None

    def registry_code(self, instance: bytes) -> bytes | None:
        """Keccak-256 of the bill registry's code. Raises as ``read_record`` does."""
        for record in self.records():
            if record.deployment.instance == instance:
                return record.contracts["BillRegistry"].code_hash
        return None

    def document_cas(self, instance: bytes) -> frozenset[bytes]:
        """Roots of the documents of this instance. Raises as ``read_record`` does."""
        records = [r for r in self.records() if r.deployment.instance == instance]
        return frozenset[bytes]().union(*(record.document_cas for record in records))

    def records(self) -> list[DeploymentRecord]:
        """Every trusted record. Raises as ``read_record`` does."""
        return [read_record(path) for source in self._sources for path in _files(source)]


def _files(source: Path) -> list[Path]:
    if source.is_dir() or not source.suffix:
        return sorted(source.glob("*.json"))
    return [source]


class _Members:
    """Typed members of one JSON object; names the path of whatever is wrong."""

    def __init__(self, path: str, value: Any) -> None:
        if not isinstance(value, dict):
            raise InvalidFields([FieldProblem(path, "wrong-type", "must be an object")])
        self._path, self._value = path, value

    def has(self, name: str) -> bool:
        return self._value.get(name) is not None

    def fault(self, name: str, message: str) -> InvalidFields:
        code = "missing" if name not in self._value else "invalid"
        return InvalidFields([FieldProblem(f"{self._path}/{name}", code, message)])

    def child(self, name: str) -> _Members:
        return _Members(f"{self._path}/{name}", self._value.get(name))

    def text(self, name: str) -> str:
        value = self._value.get(name)
        if not isinstance(value, str):
            raise self.fault(name, "must be a text")
        return value

    def number(self, name: str) -> int:
        value = self._value.get(name)
        if type(value) is not int or value < 0:
            raise self.fault(name, "must be a whole number, not negative")
        return value

    def hash(self, name: str) -> bytes:
        text = self.text(name)
        if not _HASH.match(text):
            raise self.fault(name, "must be 32 bytes in lower-case hexadecimal with 0x")
        return bytes.fromhex(text[2:])

    def hashes(self, name: str) -> frozenset[bytes]:
        """One hash or a list of them; none if the member is absent."""
        value = self._value.get(name)
        values = value if isinstance(value, list) else [] if value is None else [value]
        return frozenset(_Members(self._path, {name: item}).hash(name) for item in values)

    def address(self, name: str) -> str:
        text = self.text(name)
        if not _ADDRESS.match(text):
            raise self.fault(name, "must be an address: 0x and 40 hexadecimal digits")
        checksummed = str(to_checksum_address(text))
        if is_checksum_formatted_address(text) and text != checksummed:
            raise self.fault(name, "has a wrong checksum (EIP-55): a digit was mistyped")
        return checksummed

    def texts(self, name: str) -> dict[str, str]:
        value = self._value.get(name, {})
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            raise self.fault(name, "must be an object of texts")
        return value


def _record(root: _Members) -> DeploymentRecord:
    if root.text("format") != FORMAT:
        raise root.fault("format", f"must be {FORMAT!r}")
    contracts = {name: _contract(root.child("contracts").child(name)) for name in CONTRACTS}
    return DeploymentRecord(
        network=root.text("network"),
        deployment=Deployment(
            chain_id=root.number("chain_id"),
            instance=root.hash("instance"),
            issuer_registry=contracts["IssuerRegistry"].address,
            bill_registry=contracts["BillRegistry"].address,
            consent_registry=contracts["ConsentRegistry"].address,
            reimbursement_ledger=contracts["ReimbursementLedger"].address,
        ),
        supervisor=root.address("supervisor"),
        deployed_at_block=root.number("deployed_at_block"),
        deployed_block_hash=root.hash("deployed_block_hash"),
        contracts=contracts,
        versions=root.texts("versions"),
        receipt_signer=root.address("receipt_signer") if root.has("receipt_signer") else None,
        document_cas=root.hashes("document_ca"),
    )


def _contract(members: _Members) -> ContractRecord:
    return ContractRecord(
        address=members.address("address"),
        code_hash=members.hash("code_hash"),
        tx_hash=members.hash("tx_hash"),
    )
