"""documents: the PDFs of many bills at once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from frontend_api.bootstrap import chain_of, print_documents
from frontend_api.cli.opened import bill_number
from frontend_api.settings import load


def documents(
    context: typer.Context,
    out: Annotated[Path, typer.Option(file_okay=False, help="Folder to write the PDFs into")],
    bill: Annotated[
        list[str] | None,
        typer.Option(help="Only this bill, as 46060126-0000000001; may be given again"),
    ] = None,
    proof: Annotated[
        bool, typer.Option("--proof", help="Put into each its proof bundle; asks the chain")
    ] = False,
    workers: Annotated[int, typer.Option(help="Processes; 0: one a core", min=0, max=256)] = 0,
) -> None:
    """Write the signed PDF of every bill, or of some, into a folder; asks no chain.

    With --proof each carries what proves it years later, with all servers gone, to be checked by
    `verify --block-hash`. Bills that the chain does not have yet are counted and left out.
    """
    chosen = [bill_number(text).key for text in bill] if bill else None
    settings = load(context.obj)
    if proof:
        with chain_of(settings) as rpc_url:
            done = print_documents(settings, out, chosen, workers, proved_by=rpc_url)
    else:
        done = print_documents(settings, out, chosen, workers)
    typer.echo(f"{done.made} documents in {out}, {done.waiting} bills not on the chain yet")
