"""Verification with no network, against a list of roots that is trusted: codes, and bill files.

1. ``code``       the codes are whole, and of the deployment of the list. Of a bill file in place of
   that ``integrity``: as with a chain.
2. ``inclusion``  header and audit path lead to a root; the place is that of the number.
3. ``anchored``   the list has the batch with that root and size.
4. ``authority``  who anchored it, and whether its key was in wrong hands.
5. ``live``       what the list knows of the bill up to its block; what came later is UNKNOWN.
6. ``amount``     UNKNOWN: what was paid is the chain's to say.
7. ``content``    UNKNOWN: a code holds the header only; the page is to be compared by eye. Of a PDF
   in place of that ``face``, and ``signature`` if it is signed or should be.

The page that the code's address opens has no part in this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.offline_code import TAG_BYTES, OfflineCode
from frontend_api.commitment.roots_list import RootsList
from frontend_api.domain.anchor import Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.verify.authority import forged_member, stated_issuer
from frontend_api.verify.document import Document
from frontend_api.verify.integrity import check_integrity
from frontend_api.verify.listed import Listed, judge_listed, numbered, unlisted
from frontend_api.verify.paper import header_of, paper_of
from frontend_api.verify.report import Finding, VerificationReport, invalid, unknown, valid


@dataclass(frozen=True, slots=True)
class _Coded:
    """What a code says, taken to be of the list's deployment."""

    header: BillHeader
    inclusion: Inclusion
    deployment: Deployment


def verify_code(code: OfflineCode, roots: RootsList, now: int) -> VerificationReport:
    """The report on what was read from a bill's codes; ``now`` in seconds. No chain is asked."""
    same = code.tag == roots.deployment.instance[:TAG_BYTES]
    bill = _Coded(code.header, code.inclusion, roots.deployment)
    findings = {
        "code": valid("code-read") if same else unknown("list-of-another"),
        **(judge_listed(bill, roots) if same else unlisted()).findings,
        "content": unknown("content-needs-file"),
    }
    return _report(code.header, roots if same else None, findings, header_of(code.header), now)


def verify_listed(
    data: bytes,
    roots: RootsList,
    now: int,
    *,
    document: Document | None = None,
) -> VerificationReport:
    """The report on a bill file; of the one in a document, on that too. No chain is asked.

    Raises MalformedInput, InvalidFields or TooLarge if ``data`` is no bill file.
    """
    file = BillFile.from_bytes(data)
    same = file.deployment.instance == roots.deployment.instance
    integrity = check_integrity(file)
    listed = judge_listed(file, roots) if same else unlisted()
    findings = {"integrity": integrity, **listed.findings}
    if same:
        findings |= _disagreement(file, roots, listed)
    if document is not None:
        findings |= document.findings(file, integrity)
    return _report(file.header, roots if same else None, findings, paper_of(file, integrity), now)


def _report(
    header: BillHeader,
    roots: RootsList | None,
    findings: dict[str, Finding],
    compare: dict[str, Any],
    now: int,
) -> VerificationReport:
    """``roots`` is the list that was asked, None if it is one of another deployment."""
    return VerificationReport(
        checked_at=now,
        bill_code=header.number.code,
        bill_no=header.number.number,
        chain_id=roots.deployment.chain_id if roots else None,
        height=roots.head.number if roots else None,
        verdicts=numbered(findings),
        compare=compare,
    )


def _disagreement(file: BillFile, roots: RootsList, listed: Listed) -> dict[str, Finding]:
    """What the file says of contracts, block time and issuer that the list says otherwise."""
    named = forged_member(file.deployment, roots.deployment)
    if named:
        return {"authority": invalid("forged-contracts", field=named)}
    if listed.batch is None:
        return {}
    found: dict[str, Finding] = {}
    if listed.batch.anchored_at != file.anchor.block_time:
        found["anchored"] = invalid("block-differs")
    if stated_issuer(file).get("uscc") != listed.batch.issuer:
        found["authority"] = invalid("issuer-differs")
    return found
