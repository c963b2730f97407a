"""verify: one bill, with all its checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from frontend_api.bootstrap import (
    CheckedFile,
    ReportMaker,
    build_verifier,
    clock,
)
from frontend_api.cli.offline import OfflineQuestion
from frontend_api.cli.opened import node, trusted_records
from frontend_api.commitment.receipt import is_receipt
from frontend_api.domain.errors import InputError
from frontend_api.verify import Verdict, VerificationReport, unreadable_report

_STYLES: dict[Verdict, dict[str, Any]] = {
    Verdict.VALID: {"fg": "green"},
    Verdict.INVALID: {"fg": "red", "bold": True},
    Verdict.UNKNOWN: {"fg": "yellow"},
    Verdict.SKIPPED: {"dim": True},
}


def verify(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="A bill (PDF, OFD or JSON), a receipt, a presentation, a proof bundle, "
            "or a picture of a bill",
        ),
    ] = None,
    rpc: Annotated[
        str | None, typer.Option(help="JSON-RPC address; without one, this home's chain")
    ] = None,
    trust: Annotated[
        list[Path] | None,
        typer.Option(
            help="Deployment record that you trust, or a folder of them; "
            "by default those of the platforms in .piaolian"
        ),
    ] = None,
    block_hash: Annotated[
        list[str] | None,
        typer.Option(
            help="For a proof bundle, or a PDF that carries one: hash of a block that you trust"
        ),
    ] = None,
    validator: Annotated[
        list[str] | None,
        typer.Option(help="Likewise: each of the QBFT validators that you trust"),
    ] = None,
    qr: Annotated[
        list[str] | None, typer.Option(help="What a code on the bill says; twice if it has two")
    ] = None,
    roots: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Instead of a chain: a list of roots that you trust"
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON")] = False,
    report_file: Annotated[
        Path | None,
        typer.Option("--report", dir_okay=False, help="Also write a PDF to be printed"),
    ] = None,
) -> None:
    """Check a bill, or a receipt's promise, against the chain; needs no database and no API.

    A proof bundle, and with --roots a bill, a code's text or a picture, are checked without it;
    so is a PDF that carries a proof bundle, with --block-hash or --validator.

    Exit code 0 if every verdict is VALID, 1 if any is INVALID, 2 if any is UNKNOWN.
    """
    trusted = trusted_records(context.obj, trust)
    question = OfflineQuestion(qr or (), roots, block_hash or (), validator or ())
    report = question.report(file, trusted)
    if report is None:
        assert file is not None
        with node(context.obj, rpc) as url:
            report = _report(url, trusted, file)
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    if report_file:
        codes = CheckedFile("QR", "\n".join(qr or ()).encode())
        checked = CheckedFile(file.name, file.read_bytes()) if file else codes
        report_file.write_bytes(ReportMaker().pdf(report, checked))
    raise typer.Exit(report.exit_code())


def _report(rpc: str, trusted: list[Path], file: Path) -> VerificationReport:
    verifier = build_verifier(rpc, trusted)
    data = file.read_bytes()
    try:
        return verifier.verify_receipt(data) if is_receipt(data) else verifier.verify_upload(data)
    except InputError as e:
        return unreadable_report(e, clock())


def _show(report: VerificationReport) -> None:
    for check in report.verdicts:
        typer.secho(f"{check.verdict:<8} {check.name}", **_STYLES[check.verdict])
        for language in ("zh", "en"):
            typer.echo(f"         {check.words(language)}")
