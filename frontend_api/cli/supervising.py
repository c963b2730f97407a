"""admit, suspend and resume: the supervisor's commands."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from frontend_api.bootstrap import load_kinds
from frontend_api.cli.admitting import admit as admit_institutions
from frontend_api.cli.admitting import read_institutions
from frontend_api.cli.opened import follow, platform
from frontend_api.commitment.canonical import read_json
from frontend_api.flow import supervise


def admit(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="Institutions, JSON")],
    numbers: Annotated[
        int, typer.Option(help="Bill numbers granted per kind and year", min=1)
    ] = 1_000_000,
) -> None:
    """Admit issuers and payers, grant numbers, and print a new API key for each.

    FILE holds a list: issuers with uscc, name, region (six digits) and kinds; payers with uscc,
    name, payer_kind (STATUTORY, COMMERCIAL, EMPLOYER, PROVIDENT_FUND) and, unless they are
    nationwide, region.
    """
    institutions = read_institutions(read_json(file.read_bytes()), load_kinds())
    with platform(context.obj) as services:
        keys = admit_institutions(services, institutions, {datetime.now(UTC).year}, numbers)
    for who, key in keys.items():
        typer.echo(f"{who.role:<6} {who.uscc} {who.name}  {key}")


def suspend(
    context: typer.Context, issuer: Annotated[str, typer.Argument(help="USCC of the issuer")]
) -> None:
    """Stop an issuer for a time; its past bills stay readable and payable."""
    with platform(context.obj) as services:
        follow(services, supervise.suspend_issuer(services.desk, issuer, secrets.token_hex(8)))
    typer.echo(f"{issuer} is suspended")


def resume(
    context: typer.Context, issuer: Annotated[str, typer.Argument(help="USCC of the issuer")]
) -> None:
    """Let a suspended issuer issue again."""
    with platform(context.obj) as services:
        follow(services, supervise.resume_issuer(services.desk, issuer, secrets.token_hex(8)))
    typer.echo(f"{issuer} may issue again")
