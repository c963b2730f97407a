"""A document may carry the proof bundle: then it proves itself, and is still compared whole."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from altered_pdfs import attached, changed
from seals_for_tests import own_authority

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.canonical import canonical_json, read_json
from frontend_api.commitment.proof_bundle import MAX_BYTES, ProofBundle, ReceiptProof, StateProof
from frontend_api.documents import (
    DocumentMaker,
    carried_bundle,
    extract_bill_file,
    extract_bundle,
    read_signatures,
)
from frontend_api.documents.signer import DocumentSigner
from frontend_api.domain.errors import MalformedInput, TooLarge
from frontend_api.domain.mark import Ending, Mark

NAME = "piaolian-proof.json"
# What the proofs say is not the documents' business: any bytes do.
RECEIPT = ReceiptProof(b"\xc0block", 3, (b"node", b"leaf"))
STATE = StateProof(b"\xc0later", (b"account",), (b"root", b"word"))


@pytest.fixture(scope="module")
def bill(bill_of: Callable[[str], BillFile]) -> BillFile:
    return bill_of("donation")


@pytest.fixture(scope="module")
def bundle(bill: BillFile) -> ProofBundle:
    return ProofBundle.of(bill, RECEIPT, STATE)


@pytest.fixture(scope="module")
def pdf(maker: DocumentMaker, bill: BillFile, bundle: ProofBundle) -> bytes:
    return maker.pdf(bill, None, bundle)


def test_pdf__with_its_proof__carries_it_to_the_byte_beside_bill_and_xml(
    pdf: bytes, bill: BillFile, bundle: ProofBundle
) -> None:
    assert extract_bundle(pdf) == bundle.to_bytes()
    assert carried_bundle(pdf) == bundle
    assert extract_bill_file(pdf) == bill.to_bytes()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3U"
        named = {str(spec.UF): spec for spec in document.Root.AF}
        assert set(named) == {"piaolian-bill.json", "fiscal-bill.xml", NAME}
        assert named[NAME].AFRelationship == "/Supplement"
        assert named[NAME].EF.F.Subtype == "/application/json"


def test_pdf__without_a_proof__carries_none_and_is_the_same_as_ever(
    maker: DocumentMaker, bill: BillFile, pdf: bytes
) -> None:
    plain = maker.pdf(bill)
    assert extract_bundle(plain) is None
    assert carried_bundle(plain) is None
    assert NAME.encode() not in plain
    assert maker.same_face(plain, bill.to_bytes()) is True
    assert plain == maker.pdf(bill, None, None) != pdf


def test_same_face__with_its_proof__is_true_marked_and_signed_too(
    maker: DocumentMaker, bill: BillFile, bundle: ProofBundle, pdf: bytes, tmp_path: Path
) -> None:
    mark = Mark(Ending.VOIDED, bill.anchor.block_time + 60)
    assert maker.same_face(pdf, bill.to_bytes()) is True
    assert maker.same_face(maker.pdf(bill, mark, bundle), bill.to_bytes()) == mark
    signed = DocumentSigner(own_authority(tmp_path)).sign(pdf, bill)
    assert maker.same_face(signed, bill.to_bytes()) is True
    assert extract_bundle(signed) == bundle.to_bytes()
    assert len(read_signatures(signed) or ()) == 2


def test_same_face__proof_taken_out_of_the_document_or_put_in__is_false(
    maker: DocumentMaker, bill: BillFile, bundle: ProofBundle, pdf: bytes
) -> None:
    def take_out(document: pikepdf.Pdf) -> None:
        del document.attachments[NAME]

    def put_in(document: pikepdf.Pdf) -> None:
        spec = pikepdf.AttachedFileSpec(document, bundle.to_bytes(), filename=NAME)
        document.attachments[NAME] = spec

    for altered in (changed(pdf, take_out), changed(maker.pdf(bill), put_in)):
        assert extract_bill_file(altered) == bill.to_bytes()
        assert maker.same_face(altered, bill.to_bytes()) is False


def _written(maker: DocumentMaker, bill: BillFile, text: str) -> bytes:
    """What a forger's typesetter makes who puts any text where the proof belongs."""

    class Forged(ProofBundle):
        def is_of(self, file: BillFile) -> bool:
            return file == bill

        def to_bytes(self) -> bytes:
            return text.encode()

    forged = Forged(bill.header, bill.fields, bill.inclusion, bill.deployment, RECEIPT, STATE)
    return maker.pdf(bill, None, forged)


@pytest.mark.parametrize("text", ["", "{}", "not JSON", '{"format":"piaolian-proof/1"}'])
def test_same_face__something_else_in_place_of_the_proof__is_false(
    text: str, maker: DocumentMaker, bill: BillFile
) -> None:
    altered = _written(maker, bill, text)
    assert extract_bundle(altered) == text.encode()
    assert maker.same_face(altered, bill.to_bytes()) is False


def test_same_face__proof_of_another_bill_or_in_part_or_written_otherwise__is_false(
    maker: DocumentMaker, bill: BillFile, bundle: ProofBundle
) -> None:
    header = dataclasses.replace(bill.header, amount_fen=bill.header.amount_fen + 1)
    spaced = canonical_json(read_json(bundle.to_bytes())).replace(b'"index":3', b'"index": 3')
    others = (
        ProofBundle.of(dataclasses.replace(bill, header=header), RECEIPT, STATE).to_bytes(),
        bundle.withholding(["/business_no"]).to_bytes(),
        spaced,
    )
    assert maker.same_face(_written(maker, bill, bundle.to_bytes().decode()), bill.to_bytes())
    for data in others:
        altered = _written(maker, bill, data.decode())
        assert maker.same_face(altered, bill.to_bytes()) is False


def test_pdf__proof_of_another_bill_or_in_part__is_not_made(
    maker: DocumentMaker, bill: BillFile, bundle: ProofBundle
) -> None:
    other = dataclasses.replace(bill, inclusion=dataclasses.replace(bill.inclusion, size=4))
    for wrong in (ProofBundle.of(other, RECEIPT, STATE), bundle.withholding(["/business_no"])):
        with pytest.raises(MalformedInput, match="another bill"):
            maker.pdf(bill, None, wrong)


def test_extract_bundle__two_of_them__is_refused(pdf: bytes) -> None:
    def twice(document: pikepdf.Pdf) -> None:
        document.attachments["other"] = pikepdf.AttachedFileSpec(document, b"{}", filename=NAME)

    with pytest.raises(MalformedInput, match="2 attachments"):
        extract_bundle(changed(pdf, twice))


def test_extract_bundle__over_its_limit__is_too_large(pdf: bytes) -> None:
    def large(document: pikepdf.Pdf) -> None:
        attached(document, NAME).write(b"7" * (MAX_BYTES + 1))

    with pytest.raises(TooLarge, match="8 MiB"):
        extract_bundle(changed(pdf, large, compress_streams=False))
