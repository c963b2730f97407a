"""What the demonstration does, step by step, and what it counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from frontend_api.bootstrap import Verifier
from frontend_api.cli.demo.admit import SignIns
from frontend_api.cli.demo.client import COMMERCIAL, EMPLOYER, STATUTORY, Client, Issued
from frontend_api.cli.demo.tamper import with_altered_amount
from frontend_api.domain.states import PayerKind
from frontend_api.verify import Verdict, VerificationReport

REIMBURSED = 20  # bills that two payers reimburse, one after the other
_ANCHOR_SECONDS = 120


@dataclass(slots=True)
class Counts:
    """The figures of the summary, under their plain names."""

    bills_issued: int = 0
    kinds: int = 0
    bills_anchored: int = 0
    bills_verified: int = 0
    reimbursed: int = 0
    out_of_order_refused: int = 0
    second_claim_refused: int = 0
    altered_found_invalid: int = 0
    chain_down_unknown: int = 0
    notes: list[str] = field(default_factory=list)


def issue(
    client: Client, sign_ins: SignIns, requests: Sequence[dict[str, object]], counts: Counts
) -> list[Issued]:
    """Every issuer mints its bills through the API."""

    def one(request: dict[str, object]) -> Issued:
        return client.issue(sign_ins.issuers[str(request["kind"])], request)

    with ThreadPoolExecutor(4) as counters:
        bills = list(counters.map(one, requests))
    counts.bills_issued = len({(b.code, b.number) for b in bills})
    counts.kinds = len({b.request["kind"] for b in bills})
    return bills


def await_anchors(client: Client, bills: Sequence[Issued], counts: Counts) -> None:
    """Ask until the chain has them all."""
    deadline = time.monotonic() + _ANCHOR_SECONDS
    keys = {bill.key for bill in bills}
    while any(client.waiting(key) for key in keys) and time.monotonic() < deadline:
        time.sleep(0.05)
    counts.bills_anchored = sum(client.anchored(key) for key in keys)


def write_documents(client: Client, bills: Sequence[Issued], folder: Path) -> list[Path]:
    """A PDF a bill, and the JSON beside it; returns the PDFs."""
    folder.mkdir(parents=True)

    def one(bill: Issued) -> Path:
        pdf = folder / f"{bill.code}-{bill.number}.pdf"
        pdf.write_bytes(client.document(bill, "pdf"))
        pdf.with_suffix(".json").write_bytes(client.document(bill, "json"))
        return pdf

    with ThreadPoolExecutor(2) as workers:
        return list(workers.map(one, bills))


def verify_all(verifier: Verifier, pdfs: Sequence[Path], counts: Counts) -> None:
    """Check every PDF against the chain, with nothing else at hand."""
    with ThreadPoolExecutor(2) as workers:
        reports = list(workers.map(lambda p: verifier.verify_upload(p.read_bytes()), pdfs))
    counts.bills_verified = sum(report.exit_code() == 0 for report in reports)
    counts.notes += [
        f"{pdf.name}: {_worst(report)}"
        for pdf, report in zip(pdfs, reports, strict=True)
        if report.exit_code() != 0
    ]


def reimburse(client: Client, sign_ins: SignIns, bills: Sequence[Issued], counts: Counts) -> Issued:
    """Two payers, statutory first; returns a bill of which nothing is left."""
    chosen = [b for b in bills if not b.request.get("at_source") and b.total > 1][:REIMBURSED]
    first = chosen[0]
    client.grant(first, _uscc(sign_ins, COMMERCIAL))
    early = client.lock(first, sign_ins.payers[COMMERCIAL], "EARLY-1", 1)
    counts.out_of_order_refused = int(_refused(early, "statutory payer first"))
    for index, bill in enumerate(chosen):
        share = bill.total // 2
        _pay(client, sign_ins, bill, STATUTORY, f"S-{index:04d}", share)
        _pay(client, sign_ins, bill, COMMERCIAL, f"C-{index:04d}", bill.total - share)
        counts.reimbursed += 1
    return first


def _pay(
    client: Client, sign_ins: SignIns, bill: Issued, kind: PayerKind, claim_no: str, fen: int
) -> None:
    client.grant(bill, _uscc(sign_ins, kind))
    answer = client.lock(bill, sign_ins.payers[kind], claim_no, fen)
    if answer.status_code != 201:
        raise RuntimeError(f"claim {claim_no} was not taken: {answer.text}")
    client.settle(bill, sign_ins.payers[kind], claim_no, fen)


def claim_again(client: Client, sign_ins: SignIns, exhausted: Issued, counts: Counts) -> None:
    """A third payer asks for one fen of a bill that is paid out; the contract refuses."""
    client.grant(exhausted, _uscc(sign_ins, EMPLOYER))
    answer = client.lock(exhausted, sign_ins.payers[EMPLOYER], "E-0001", 1)
    counts.second_claim_refused = int(_refused(answer, "exceeds what is left"))
    counts.notes.append(f"second claim: {answer.json().get('detail')}")


def alter(verifier: Verifier, pdf: Path, counts: Counts) -> None:
    """Change one digit of the amount inside a PDF; verification finds it."""
    report = verifier.verify_upload(with_altered_amount(pdf.read_bytes()))
    counts.altered_found_invalid = int(report.exit_code() == 1)
    counts.notes.append(f"altered PDF: {_worst(report)}")


def verify_without_chain(
    verifier: Verifier, pdf: Path, chain_down: Callable[[], object], counts: Counts
) -> None:
    """Stop the chain: what cannot be checked is UNKNOWN, never INVALID."""
    chain_down()
    report = verifier.verify_upload(pdf.read_bytes())
    counts.chain_down_unknown = int(report.exit_code() == 2)
    counts.notes.append(f"chain stopped: {_worst(report)}")


def _uscc(sign_ins: SignIns, kind: PayerKind) -> str:
    return sign_ins.names[sign_ins.payers[kind]].rsplit(" ", 1)[1]


def _refused(answer: object, word: str) -> bool:
    text = getattr(answer, "text", "")
    return getattr(answer, "status_code", 0) == 409 and word in text


def _worst(report: VerificationReport) -> str:
    order = (Verdict.INVALID, Verdict.UNKNOWN, Verdict.SKIPPED, Verdict.VALID)
    worst = min(report.verdicts, key=lambda check: order.index(check.verdict))
    return f"{worst.verdict} ({worst.name}: {worst.words('en')})"
