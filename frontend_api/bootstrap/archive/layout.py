"""Where things stand in a package, and what follows from a bill file alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.presentation import presentation_of
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.commitment.strict import hex_of
from frontend_api.documents.fiscal_xml import FIELDS_FILE, fiscal_xml
from frontend_api.domain.kind import Kind

FORMAT = "piaolian-archive/1"
# Below the bag's payload folder; a bill's parts in a folder of its number below BILLS.
BILLS, INDEX, RECORD, ROOTS = "bills/", "index.json", "deployment.json", "roots.json"
PARTS = ("bill.json", "bill.pdf", "metadata.xml", "proof.json")
BUNDLE = "bundle.json"  # absent where the index says that the chain did not give it

Blocks = dict[str, str]  # hashes by number, both as texts


def derived(file: BillFile, kind: Kind) -> dict[str, bytes]:
    """What follows from the bill file alone."""
    return {
        "bill.json": file.to_bytes(),
        "metadata.xml": fiscal_xml(file, kind),
        "proof.json": presentation_of(file, (), ()).to_bytes(),
    }


def entry(file: BillFile) -> dict[str, Any]:
    """A bill in the index; ``lacks`` is added to it, with why, if the bundle is not there."""
    return {
        "bill_code": file.header.number.code,
        "bill_no": file.header.number.number,
        "amount_fen": file.header.amount_fen,
        "leaf": hex_of(bill_leaf(file.header, file.deployment.instance)),
        "batch_id": str(file.inclusion.batch_id),
    }


def blocks_of(bundle: ProofBundle) -> Blocks:
    """The blocks of a bundle as the index lists them. Raises ProofRejected."""
    parts: Iterable[bytes] = (bundle.receipt.block, bundle.state.block)
    headers = [BlockHeader.from_rlp(block) for block in parts]
    return {str(header.number): hex_of(header.hash) for header in headers}


def metadata_version() -> str:
    """Which table of elements the metadata is by."""
    return hashlib.sha256(FIELDS_FILE.read_bytes()).hexdigest()[:12]
