"""Signatures come after the unsigned document, and nobody can change a byte unseen."""

from __future__ import annotations

import dataclasses
import io
import random
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from asn1crypto import x509 as asn1_x509
from document_bills import bill_file
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from seals_for_tests import USCC, own_authority

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents import DocumentMaker, extract_bill_file, read_signatures
from frontend_api.documents.authority import OwnAuthority
from frontend_api.documents.revision import NotSignable, Signable, Slot, split
from frontend_api.documents.seals import SUPERVISOR
from frontend_api.documents.signer import DocumentSigner
from frontend_api.domain.errors import SignerUnavailable
from frontend_api.domain.kind import Kind
from frontend_api.store.vault import AesVault


@pytest.fixture(scope="module")
def bill(bill_of: Callable[[str], BillFile]) -> BillFile:
    return bill_of("parking")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def authority(home: Path) -> OwnAuthority:
    return own_authority(home)


@pytest.fixture(scope="module")
def unsigned(maker: DocumentMaker, bill: BillFile) -> bytes:
    return maker.pdf(bill)


@pytest.fixture(scope="module")
def signed(authority: OwnAuthority, unsigned: bytes, bill: BillFile) -> bytes:
    return DocumentSigner(authority).sign(unsigned, bill)


def trusted(pdf: bytes, authority: OwnAuthority) -> bool:
    """Whether two intact signatures lead to the authority."""
    found = read_signatures(pdf)
    return (
        found is not None
        and len(found) == 2
        and all(s.root == authority.fingerprint and s.path_good for s in found)
    )


def test_sign__starts_with_the_unsigned_document_to_the_byte(
    signed: bytes, unsigned: bytes
) -> None:
    assert signed.startswith(unsigned)
    assert split(signed)[0] == unsigned
    assert len(split(signed)[1]) == 2


def test_sign__again_and_in_another_process_of_the_home__gives_the_same_bytes(
    home: Path, signed: bytes, unsigned: bytes, bill: BillFile
) -> None:
    again = OwnAuthority.open(home / "document-ca", AesVault.at(home / "master.key"))
    assert again is not None
    assert DocumentSigner(again).sign(unsigned, bill) == signed


def test_read_signatures__issuer_first__with_names_number_and_time(
    signed: bytes, authority: OwnAuthority, bill: BillFile
) -> None:
    assert trusted(signed, authority)
    issuer, supervisor = read_signatures(signed) or ()
    assert issuer.numbers == {USCC}
    assert issuer.names == {"琼州省人民医院（样例）"}
    assert supervisor.names == {"琼州省财政厅（样例）"}
    assert issuer.signed_at == supervisor.signed_at == bill.anchor.block_time


def test_same_face__signed__is_true(maker: DocumentMaker, signed: bytes, bill: BillFile) -> None:
    assert extract_bill_file(signed) == bill.to_bytes()
    assert maker.same_face(signed, bill.to_bytes()) is True


def test_signed__pyhanko_with_its_difference_analysis__finds_nothing_but_signatures(
    signed: bytes, authority: OwnAuthority
) -> None:
    root = asn1_x509.Certificate.load(authority.of(USCC, "x").chain[-1])
    reader = PdfFileReader(io.BytesIO(signed), strict=True)
    assert [s.field_name for s in reader.embedded_signatures] == ["Issuer", "Supervisor"]
    for index, signature in enumerate(reader.embedded_signatures):
        context = ValidationContext(trust_roots=[root], allow_fetching=False)
        status = validate_pdf_signature(signature, context)
        assert status.intact
        assert status.valid
        assert status.trusted
        assert status.docmdp_ok
        assert status.bottom_line
        whole = (SignatureCoverageLevel.ENTIRE_REVISION, SignatureCoverageLevel.ENTIRE_FILE)
        assert status.coverage is whole[index]


def test_signed__poppler__finds_both_signatures_valid(signed: bytes, tmp_path: Path) -> None:
    pdfsig = shutil.which("pdfsig")
    assert pdfsig, "pdfsig is not installed: it comes with poppler-utils"
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed)
    told = subprocess.run(
        [pdfsig, "-nocert", str(file)], capture_output=True, text=True, check=False
    ).stdout
    assert told.count("Signature Validation: Signature is Valid.") == 2
    assert told.count("Signature Type: ETSI.CAdES.detached") == 2
    assert told.index("琼州省人民医院") < told.index("琼州省财政厅")
    assert told.index("Not total document signed") < told.index("Total document signed")
    file.write_bytes(signed[:3000] + bytes([signed[3000] ^ 1]) + signed[3001:])
    told = subprocess.run([pdfsig, "-nocert", str(file)], capture_output=True, check=False).stdout
    assert b"Signature is Valid" not in told


def test_signed__pdf_a_3_markers_and_attachments__stay(signed: bytes) -> None:
    with pikepdf.open(io.BytesIO(signed)) as document:
        with document.open_metadata() as metadata:
            assert metadata.pdfa_status == "3U"
        assert sorted(document.attachments) == ["fiscal-bill.xml", "piaolian-bill.json"]
        assert [spec.AFRelationship for spec in document.Root.AF] == ["/Alternative", "/Data"]
        assert document.Root.AcroForm.SigFlags == 3
        for widget in document.Root.AcroForm.Fields:
            assert widget.F & 0b100  # printed, as PDF/A asks of every annotation
            assert all(float(side) == 0 for side in widget.Rect)


def test_signed__any_byte_changed__is_found(
    signed: bytes, unsigned: bytes, authority: OwnAuthority
) -> None:
    chosen = random.Random(8)
    places = [*range(len(unsigned), len(signed), 59), *chosen.sample(range(len(unsigned)), 40)]
    for place in places:
        altered = bytearray(signed)
        altered[place] ^= 1 << chosen.randrange(8)
        assert not trusted(bytes(altered), authority), place
    assert trusted(signed, authority)


@pytest.mark.parametrize(
    "more", [b"\n", b"%%EOF", b"\n1 0 obj\n<<>>\nendobj\n", b"0" * 100], ids=repr
)
def test_signed__bytes_after_the_end__are_found(
    more: bytes, signed: bytes, bill: BillFile, maker: DocumentMaker
) -> None:
    assert read_signatures(signed + more) is None
    assert maker.same_face(signed + more, bill.to_bytes()) is False


def test_signed__an_update_by_others__is_refused(
    signed: bytes, bill: BillFile, maker: DocumentMaker
) -> None:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    out = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(signed))
    writer.root["/Lang"] = writer.root["/Lang"]
    writer.update_root()
    writer.write(out)
    assert out.getvalue().startswith(signed)
    assert read_signatures(out.getvalue()) is None
    assert maker.same_face(out.getvalue(), bill.to_bytes()) is False


def test_signed__the_supervisors_signature_cut_off__leaves_the_issuers(
    signed: bytes, unsigned: bytes, bill: BillFile, maker: DocumentMaker
) -> None:
    end = signed.index(b"%%EOF\n", len(unsigned) + 6) + 5
    assert len(read_signatures(signed[:end]) or ()) == 1
    assert maker.same_face(signed[:end], bill.to_bytes()) is True


def test_signed__signatures_of_another_bill__do_not_fit(
    signed: bytes, unsigned: bytes, bill: BillFile, maker: DocumentMaker
) -> None:
    other = maker.pdf(dataclasses.replace(bill, verify_url=bill.verify_url + "x"))
    with pytest.raises(NotSignable):
        split(other + signed[len(unsigned) :])


def test_sign__several_pages_and_every_kind__is_read_again(
    maker: DocumentMaker,
    kinds: dict[str, Kind],
    requests_by_kind: dict[str, dict[str, Any]],
    authority: OwnAuthority,
) -> None:
    for name, request in requests_by_kind.items():
        lines = [{"name": f"项目{i}", "amount": 1} for i in range(60)]
        long = {**request, "lines": lines, "total": 60, "at_source": 0}
        made = bill_file(long, kinds[name], layout=maker.layout(name))
        assert trusted(DocumentSigner(authority).sign(maker.pdf(made), made), authority)


def test_split__unsigned_or_foreign_pdf__has_no_signatures(unsigned: bytes) -> None:
    assert split(unsigned) == (unsigned, ())
    assert read_signatures(b"%PDF-1.7 nothing") == ()


@pytest.mark.parametrize("pdf", [b"", b"%PDF-1.7\n", b"startxref\n9\n%%EOF"])
def test_signable__not_from_the_typesetter__is_refused(pdf: bytes) -> None:
    with pytest.raises(NotSignable):
        Signable(pdf)


def test_add__longer_than_its_room__is_refused(unsigned: bytes) -> None:
    document, slot = Signable(unsigned), Slot("x", 1, 8)
    with pytest.raises(NotSignable, match="does not fit"):
        document.add(slot, document.prepare(slot), bytes(9))


def test_authority__opened_with_another_master_key__cannot_sign(
    home: Path, authority: OwnAuthority, tmp_path: Path
) -> None:
    assert authority.of(SUPERVISOR, "财政厅").name == "财政厅"
    with pytest.raises(SignerUnavailable):
        OwnAuthority.open(home / "document-ca", AesVault.at(tmp_path / "other.key"))


def test_authority__secret_at_rest__is_sealed_and_kept_private(
    home: Path, authority: OwnAuthority
) -> None:
    sealed = home / "document-ca" / "ca.sealed"
    assert len(sealed.read_bytes()) == 12 + 32 + 16
    assert sealed.stat().st_mode & 0o077 == 0
    assert OwnAuthority.open(home / "elsewhere", AesVault.at(home / "master.key")) is None
    assert own_authority(home).fingerprint == authority.fingerprint
