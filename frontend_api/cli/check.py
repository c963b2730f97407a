"""verify and doctor."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from frontend_api.bootstrap import (
    CheckedFile,
    ReportMaker,
    build,
    build_verifier,
    chain_of,
    clock,
    find_anvil,
    load_kinds,
    open_database,
    read_record,
    require_fast_signing,
)
from frontend_api.cli.offline import OfflineQuestion
from frontend_api.commitment.receipt import is_receipt
from frontend_api.domain.errors import InputError, PiaolianError
from frontend_api.settings import load
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
    trusted = trust or default_trust(context.obj)
    question = OfflineQuestion(qr or (), roots, block_hash or (), validator or ())
    report = question.report(file, [path for path in trusted if path.exists()])
    if report is None:
        assert file is not None
        report = _online(context.obj, rpc, trusted, file)
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    if report_file:
        codes = CheckedFile("QR", "\n".join(qr or ()).encode())
        checked = CheckedFile(file.name, file.read_bytes()) if file else codes
        report_file.write_bytes(ReportMaker().pdf(report, checked))
    raise typer.Exit(report.exit_code())


def _online(home: Path, rpc: str | None, trusted: list[Path], file: Path) -> VerificationReport:
    if rpc:
        return _report(rpc, trusted, file)
    with chain_of(load(home)) as home_rpc:
        return _report(home_rpc, trusted, file)


def default_trust(home: Path) -> list[Path]:
    """The records that count without being named: those of the platforms in a home."""
    return sorted({home / "deployment.json", *home.glob("*/deployment.json")})


def _report(rpc: str, trusted: list[Path], file: Path) -> VerificationReport:
    verifier = build_verifier(rpc, [path for path in trusted if path.exists()])
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


def doctor(context: typer.Context) -> None:
    """Look at everything the platform needs and say what is missing and how to mend it."""
    home: Path = context.obj
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python", _python),
        ("Anvil", lambda: str(find_anvil())),
        ("ape", lambda: _program("ape", "install the pinned packages: make runtime")),
        ("signing", _signing),
        ("kinds of bill", lambda: ", ".join(sorted(load_kinds()))),
        ("database", lambda: _database(home)),
        ("deployment", lambda: str(read_record(load(home).deployment_file).deployment.chain_id)),
        ("chain", lambda: _chain(home)),
    ]
    failed = [name for name, look in checks if not _passes(name, look)]
    if failed:
        raise typer.Exit(1)


def _passes(name: str, look: Callable[[], str]) -> bool:
    try:
        typer.echo(f"ok    {name}: {look()}")
    except FileNotFoundError as e:
        typer.echo(f"FAULT {name}: {e.filename} is missing; run `piaolian deploy` for this home")
    except (PiaolianError, ValueError, OSError) as e:
        typer.echo(f"FAULT {name}: {e}")
    else:
        return True
    return False


def _python() -> str:
    if sys.version_info[:2] != (3, 11):
        raise ValueError("the pinned packages were tried with Python 3.11 only: install it")
    return sys.version.split()[0]


def _program(name: str, mend: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if not found:
        raise ValueError(f"{name} is missing: {mend}")
    return found


def _signing() -> str:
    require_fast_signing()
    return "libsecp256k1"


def _database(home: Path) -> str:
    database = open_database(load(home))
    database.close()
    return database.url


def _chain(home: Path) -> str:
    settings = load(home)
    with chain_of(settings) as rpc_url:
        services = build(settings, rpc_url)
        try:
            services.engine.watch()
            if services.engine.fault:
                raise services.engine.fault
            return f"{rpc_url}, block {services.reader.head().number}"
        finally:
            services.close()
