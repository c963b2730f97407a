"""export: a bill of this home as PDF, OFD, bill file or credential."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from frontend_api.bootstrap import Services
from frontend_api.cli.opened import bill_number, platform
from frontend_api.commitment.canonical import read_json
from frontend_api.domain.errors import InputError, NotFound
from frontend_api.domain.states import Role
from frontend_api.flow.credential import credential_of, read_order
from frontend_api.flow.read import bill_file_of
from frontend_api.ports import Caller, StoredBill


class Form(StrEnum):
    """What a bill can be written as."""

    PDF = "pdf"
    OFD = "ofd"
    JSON = "json"
    SD_JWT = "sd-jwt"


def export(
    context: typer.Context,
    bill: Annotated[str, typer.Argument(help="A bill, as 46060126-0000000001")],
    form: Annotated[Form, typer.Option("--format", help="What to write")] = Form.PDF,
    out: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="Where to; else the number with the format's ending"),
    ] = None,
    to: Annotated[
        str, typer.Option(help="Of a credential: payer, employer, stranger, or all")
    ] = "all",
    proof: Annotated[
        bool, typer.Option("--proof", help="Of a PDF: put its proof bundle into it")
    ] = False,
    holder_key: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Of a credential: the holder's public JWK"),
    ] = None,
) -> None:
    """Write a bill of this home as a document."""
    number = bill_number(bill)
    if holder_key and form is not Form.SD_JWT:
        raise InputError("--holder-key is for --format sd-jwt")
    if proof and form is not Form.PDF:
        raise InputError("--proof is for --format pdf; `piaolian bundle` writes one alone")
    order = {"to": to}
    if holder_key:
        order["holder_key"] = read_json(holder_key.read_bytes())
    with platform(context.obj) as services:
        stored = services.desk.bills.find(number.key)
        if stored is None:
            raise NotFound(f"there is no bill {number} here")
        if form is Form.PDF:
            made = services.document(stored, proof=proof)
        else:
            made = _made(services, stored, form, order)
    path = out or Path(f"{number}.{form}")
    path.write_bytes(made)
    typer.echo(str(path))


def _made(services: Services, stored: StoredBill, form: Form, order: object) -> bytes:
    if form is Form.SD_JWT:
        issuer = Caller(Role.ISSUER, stored.issuer, stored.issuer)
        wish, holder_key = read_order(order)
        return credential_of(services.desk, issuer, stored.bill.number, wish, holder_key)
    bill_file = bill_file_of(services.desk, stored)
    return services.ofd(bill_file) if form is Form.OFD else bill_file.to_bytes()
