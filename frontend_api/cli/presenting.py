"""present: a bill of which only some fields are shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from frontend_api.bootstrap import extract_bill_file, load_kinds
from frontend_api.cli.opened import bill_number, platform
from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.errors import MalformedInput, NotFound
from frontend_api.domain.kind import Kind
from frontend_api.flow.disclose import disclose, wish_of
from frontend_api.flow.read import bill_file_of


def present(
    context: typer.Context,
    bill: Annotated[str, typer.Argument(help="A bill's PDF or JSON, or a number of this home's")],
    fields: Annotated[
        str | None, typer.Option(help="JSON Pointers with commas between: /holder/name,/lines/0")
    ] = None,
    to: Annotated[
        str | None, typer.Option(help="Instead: payer, employer, stranger, or all")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Where to write it; else standard output")
    ] = None,
) -> None:
    """Show some fields of a bill, and nothing of the others; `verify` checks the result.

    Made from the document alone, it needs neither platform nor chain.
    """
    wish = wish_of(to, None if fields is None else [f for f in fields.split(",") if f])
    kinds = load_kinds()
    file = bill_file_at(context.obj, bill)
    made = disclose(file, wish, kind_of(file, kinds)).to_bytes()
    if out:
        out.write_bytes(made)
    else:
        sys.stdout.buffer.write(made + b"\n")


def bill_file_at(home: Path, bill: str) -> BillFile:
    """The bill file in a document, or of a bill of the platform. Raises InputError, NotFound."""
    path = Path(bill)
    if path.is_file():
        data = path.read_bytes()
        return BillFile.from_bytes(extract_bill_file(data) if data.startswith(b"%PDF-") else data)
    number = bill_number(bill)
    with platform(home) as services:
        stored = services.desk.bills.find(number.key)
        if stored is None:
            raise NotFound(f"there is no file {bill!r}, and no bill {number} here")
        return bill_file_of(services.desk, stored)


def kind_of(file: BillFile, kinds: dict[str, Kind]) -> Kind:
    """The bill's kind. Raises MalformedInput if it is not installed."""
    names = [f.value for f in file.fields if f.path == "/kind"]
    kind = kinds.get(names[0]) if len(names) == 1 and isinstance(names[0], str) else None
    if kind is None:
        raise MalformedInput("is a bill of a kind that is not installed here")
    return kind
