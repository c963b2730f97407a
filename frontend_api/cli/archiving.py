"""archive make and archive verify: bills as a package for the archive (归档)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from frontend_api.bootstrap import (
    OfflineVerifier,
    TrustStore,
    build_verifier,
    clock,
    load_kinds,
)
from frontend_api.bootstrap.archive import (
    ChainWitness,
    OfflineWitness,
    PackageReport,
    Range,
    make_package,
    verify_package,
)
from frontend_api.cli.offline import trusted_blocks
from frontend_api.cli.opened import bill_number, node, platform, trusted_records
from frontend_api.commitment.roots_list import RootsList

archive = typer.Typer(help="Bills as a package for the archive 归档.", no_args_is_help=True)
_MOST_SHOWN = 50  # faults that are printed; all are in the JSON


@archive.command()
def make(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Folder to make, or a ZIP by its ending")],
    issuer: Annotated[str, typer.Option(help="USCC of the issuer")],
    first: Annotated[
        str | None,
        typer.Option("--from", help="First bill (46060126-0000000001) or day (2026-01-01)"),
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last bill or day, included")] = None,
) -> None:
    """Write an issuer's bills with metadata, proofs and checksums, and tell the package's digest.

    Note the digest elsewhere: with it, a bill that is taken out later is noticed.
    """
    wanted = _to(_from(Range(), first), last)
    with platform(context.obj) as services:
        made = make_package(services, issuer, wanted, out, clock())
    typer.echo(f"{made.bills} bills in {out}")
    if made.waiting:
        typer.echo(f"{made.waiting} left out: the chain does not have them yet", err=True)
    if made.unproved:
        typer.echo(f"{made.unproved} without a proof bundle: the index says why", err=True)
    typer.echo(f"digest {made.digest}")


@archive.command()
def verify(
    context: typer.Context,
    package: Annotated[Path, typer.Argument(exists=True, help="Folder or ZIP")],
    rpc: Annotated[
        str | None, typer.Option(help="JSON-RPC address; without one, this home's chain")
    ] = None,
    trust: Annotated[
        list[Path] | None, typer.Option(help="Deployment record that you trust")
    ] = None,
    digest: Annotated[
        str | None, typer.Option(help="What `archive make` told when it was made")
    ] = None,
    offline: Annotated[
        bool, typer.Option("--offline", help="Ask no chain: by the package's own list and blocks")
    ] = False,
    roots: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Offline, by a list that you trust"),
    ] = None,
    block_hash: Annotated[
        list[str] | None, typer.Option(help="Offline: hash of a block that you trust")
    ] = None,
    validator: Annotated[
        list[str] | None, typer.Option(help="Offline: each QBFT validator that you trust")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON")] = False,
) -> None:
    """Check every file of a package by its manifest, and every bill by its proof.

    Exit code 0 if all is valid, 1 if anything is missing, extra, altered or invalid, 2 if something
    could not be found out, such as with a chain that does not answer.

    Without a chain the package's own list counts if --digest vouches for it, and the state of bills
    after that list stays unknown.
    """
    trusted = trusted_records(context.obj, trust)
    if offline or roots or block_hash or validator:
        blocks = trusted_blocks(block_hash or (), validator or ())
        listed = RootsList.from_bytes(roots.read_bytes()) if roots else None
        witness = OfflineWitness(OfflineVerifier(TrustStore(trusted), blocks), listed)
        report = verify_package(package, witness, load_kinds(), digest)
    else:
        with node(context.obj, rpc) as url:
            asked = ChainWitness(build_verifier(url, trusted))
            report = verify_package(package, asked, load_kinds(), digest)
    if as_json:
        typer.echo(json.dumps(report.to_json(), ensure_ascii=False, indent=2))
    else:
        _show(report)
    raise typer.Exit(report.exit_code())


def _show(report: PackageReport) -> None:
    for fault in report.faults[:_MOST_SHOWN]:
        typer.echo(f"{fault.verdict:<8} {fault.what}: {fault.name} {fault.detail}".rstrip())
    if len(report.faults) > _MOST_SHOWN:
        typer.echo(f"… and {len(report.faults) - _MOST_SHOWN} more: see --json")
    counts = ", ".join(f"{n} {verdict}" for verdict, n in sorted(report.bills.items()) if n)
    if report.ended:
        ended = ", ".join(f"{n} {reason}" for reason, n in sorted(report.ended.items()))
        typer.echo(f"out of use now, and rightly kept: {ended}")
    if report.unchecked:
        unchecked = ", ".join(f"{n} {reason}" for reason, n in sorted(report.unchecked.items()))
        typer.echo(f"could not be checked: {unchecked}")
    typer.echo(f"{report.overall}: {sum(report.bills.values())} bills ({counts or 'none'})")
    typer.echo(f"digest {report.digest}")


def _from(wanted: Range, text: str | None) -> Range:
    if text is None:
        return wanted
    day = _day(text)
    if day:
        return replace(wanted, first_day=day)
    return replace(wanted, first_key=bill_number(text).key)


def _to(wanted: Range, text: str | None) -> Range:
    if text is None:
        return wanted
    day = _day(text)
    return replace(wanted, last_day=day) if day else replace(wanted, last_key=bill_number(text).key)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
