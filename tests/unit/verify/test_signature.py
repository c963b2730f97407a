"""Check (8): the signatures of a document, read already, against the bill and the pinned roots."""

from __future__ import annotations

from dataclasses import replace

import pytest
from msgspec import structs

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.fields import Field
from frontend_api.domain.mark import Ending, Mark
from frontend_api.ports import DocumentSignature
from frontend_api.verify import SignatureTrust, Verdict, verify
from frontend_api.verify.report import Finding, invalid, valid
from frontend_api.verify.signature import check_signature

from .support import NOW, PINNED, USCC, Pins

ROOT, OTHER_ROOT = b"\x01" * 32, b"\x02" * 32
ISSUER = DocumentSignature(frozenset({"琼州省人民医院"}), frozenset({USCC}), ROOT, True, NOW)
SUPERVISOR = DocumentSignature(frozenset({"琼州省财政厅"}), frozenset(), ROOT, True, NOW)
BOTH = (ISSUER, SUPERVISOR)
PDF = b"%PDF-"
INTACT = valid("intact")


@pytest.fixture
def bill(genuine) -> BillFile:
    named = Field("salt", "/supervisor/name", "琼州省财政厅")
    return replace(genuine.bill, fields=(*genuine.bill.fields, named))


def trust(found, roots=frozenset({ROOT})) -> SignatureTrust:
    return SignatureTrust(
        lambda pdf: found if pdf == PDF else None,
        lambda instance: roots if instance == PINNED.instance else frozenset(),
    )


def judged(bill: BillFile, found, integrity: Finding = INTACT, **more) -> Finding | None:
    return check_signature(PDF, bill, integrity, trust(found, **more))


def test_signed_by_both_under_the_pinned_root_is_valid(bill):
    finding = judged(bill, BOTH)
    assert finding == valid(
        "signed",
        issuer_name=f"{USCC} 琼州省人民医院",
        supervisor_name="琼州省财政厅",
        time=NOW,
    )


@pytest.mark.parametrize(
    ("found", "verdict", "reason"),
    [
        (None, Verdict.INVALID, "signature-broken"),
        ((), Verdict.UNKNOWN, "not-signed"),
        ((ISSUER,), Verdict.UNKNOWN, "supervisor-not-signed"),
        ((SUPERVISOR, ISSUER), Verdict.INVALID, "signer-differs"),
        ((ISSUER, ISSUER), Verdict.INVALID, "signer-differs"),
        ((ISSUER, replace(SUPERVISOR, root=OTHER_ROOT)), Verdict.UNKNOWN, "ca-not-pinned"),
        ((replace(ISSUER, root=OTHER_ROOT), SUPERVISOR), Verdict.UNKNOWN, "ca-not-pinned"),
        ((replace(ISSUER, path_good=False), SUPERVISOR), Verdict.INVALID, "certificate-not-good"),
        (
            (replace(ISSUER, numbers=frozenset({"12460000DEM0000029"})), SUPERVISOR),
            Verdict.INVALID,
            "signer-differs",
        ),
        (
            (ISSUER, replace(SUPERVISOR, names=frozenset({"别省财政厅"}))),
            Verdict.INVALID,
            "signer-differs",
        ),
    ],
)
def test_anything_else_is_told_apart(bill, found, verdict, reason):
    finding = judged(bill, found)
    assert (finding.verdict, finding.reason) == (verdict, reason)


def test_signed_without_a_pinned_authority_is_unknown_and_unsigned_is_not_asked(bill):
    assert judged(bill, BOTH, roots=frozenset()).reason == "ca-not-pinned"
    assert judged(bill, (), roots=frozenset()) is None


def test_a_bill_whose_content_is_altered_is_not_compared_with_its_signers(bill):
    altered = invalid("content-altered")
    assert judged(bill, BOTH, altered).verdict is Verdict.SKIPPED
    assert judged(bill, None, altered).reason == "signature-broken"


def test_a_long_name_is_compared_as_far_as_certificates_carry_it(bill):
    name = "某" * 80
    fields = tuple(
        structs.replace(f, value=name) if "supervisor" in f.path else f for f in bill.fields
    )
    short = replace(SUPERVISOR, names=frozenset({name[:64]}))
    assert judged(replace(bill, fields=fields), (ISSUER, short)).reason == "signed"


def test_the_report_has_the_check_as_number_8_and_counts_it(genuine):
    report = verify(
        genuine.bill, genuine.chain, Pins(), NOW,
        pdf=PDF, face=lambda *_: True, signatures=trust(()),
    )  # fmt: skip
    assert report.verdicts[-1].number == 8
    assert report.verdict("signature").reason == "not-signed"
    assert report.overall is Verdict.UNKNOWN
    without = verify(genuine.bill, genuine.chain, Pins(), NOW, signatures=trust(()))
    assert [check.name for check in without.verdicts][-1] == "amount"
    assert without.overall is Verdict.VALID


@pytest.mark.parametrize("ending", list(Ending))
def test_a_stamped_copy_is_told_and_the_chain_decides(genuine, ending):
    report = verify(
        genuine.bill, genuine.chain, Pins(), NOW,
        pdf=PDF, face=lambda *_: Mark(ending, NOW),
    )  # fmt: skip
    face = report.verdict("face")
    assert (face.verdict, face.reason) == (Verdict.UNKNOWN, f"marked-{ending.lower()}")
    assert "UTC+8" in face.words("zh")
    assert report.verdict("live").verdict is Verdict.VALID
