"""Documents: made again from the books, they carry the same leaf; kept ones are the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.commitment.tree import root_from_path
from frontend_api.domain.errors import InputError, NotAnchoredYet, NotFound, PiaolianError
from frontend_api.domain.mark import Mark
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.desk import Desk
from frontend_api.flow.fsck_bills import bill_name
from frontend_api.flow.fsck_findings import Finding, Level, mismatch, missing
from frontend_api.flow.marks import mark_of
from frontend_api.flow.read import bill_file_of, require_anchored
from frontend_api.ports import Records, StoredBill

# What an altered row may raise on its way to a document, besides errors of our own.
_UNMADE = (PiaolianError, ValueError, TypeError, LookupError)


@dataclass(frozen=True, slots=True)
class Press:
    """Makes a PDF of a bill file, stamped or not, with a proof bundle or not.

    ``read`` takes the bill file's bytes out of a PDF, ``bundle`` the proof bundle if it has one.
    """

    pdf: Callable[[BillFile, Mark | None, ProofBundle | None], bytes]
    read: Callable[[bytes], bytes]
    bundle: Callable[[bytes], ProofBundle | None]


def check_document(desk: Desk, press: Press, bill_key: int) -> Iterator[Finding]:
    """Make the document of an anchored bill and judge what it carries."""
    name = bill_name(bill_key)
    try:
        stored, pdf = _made(desk, press, bill_key)
        carried = BillFile.from_bytes(press.read(pdf))
        leaf = bill_leaf(carried.header, carried.deployment.instance)
        place = carried.inclusion
        root = root_from_path(leaf, place.index, place.size, place.path)
    except NotAnchoredYet:
        return
    except _UNMADE as e:
        yield Finding(Level.MISMATCH, "document-not-made", name, found=_why(e))
        return
    if leaf != stored.bill.leaf:
        yield mismatch("document-differs", name, "leaf", leaf, stored.bill.leaf)
    anchored_root = require_anchored(stored).root
    if root != anchored_root:
        yield mismatch("document-differs", name, "root", root, anchored_root)


def check_folder(desk: Desk, press: Press, folder: Path, keys: Iterator[int]) -> Iterator[Finding]:
    """Compare the PDFs in ``folder``, named by bill code and number, with those made again.

    ``keys`` are the bills that must be there once they are anchored.
    """
    for key in keys:
        name = bill_name(key)
        file = folder / f"{name}.pdf"
        kept = file.read_bytes() if file.exists() else None
        try:
            bundle = _bundle_in(press, kept) if kept else None
            stored, pdf = _made(desk, press, key, None, bundle)
            mark = mark_of(desk, stored)
            if kept and kept != pdf and mark:  # kept since the bill went out of use
                _, pdf = _made(desk, press, key, mark, bundle)
        except NotAnchoredYet:
            continue
        except _UNMADE as e:
            yield Finding(Level.MISMATCH, "document-not-made", name, found=_why(e))
            continue
        if kept is None:
            yield missing("document-missing", name)
        elif kept != pdf:
            yield mismatch("document-altered", file.name, "bytes", "", "")


def _made(
    desk: Desk,
    press: Press,
    bill_key: int,
    mark: Mark | None = None,
    bundle: ProofBundle | None = None,
) -> tuple[StoredBill, bytes]:
    stored = desk.bills.find(bill_key)
    if stored is None:
        raise NotFound("it is not in the database")
    file = bill_file_of(desk, stored)
    return stored, press.pdf(file, mark, bundle if bundle and bundle.is_of(file) else None)


def _bundle_in(press: Press, pdf: bytes) -> ProofBundle | None:
    """What its proofs say is the verifier's to judge: here they belong to the bytes."""
    try:
        return press.bundle(pdf)
    except InputError:
        return None


def _why(error: Exception) -> str:
    return str(error) if isinstance(error, PiaolianError) else "its row is not that of a bill"


def check_strangers(records: Records, folder: Path) -> Iterator[Finding]:
    """PDFs in ``folder`` that belong to no bill."""
    for file in folder.glob("*.pdf"):
        try:
            key = BillNumber.of(*file.stem.split("-", 1)).key
            known = any(records.keys(key, key + 1))
        except (ValueError, TypeError):
            known = False
        if not known:
            yield mismatch("document-unknown", file.name, "name", "", "")
