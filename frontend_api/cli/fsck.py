"""fsck and reindex: are the books right, and how to make the derived part of them anew."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from frontend_api.bootstrap import Services, build, chain_of, open_books
from frontend_api.bootstrap import reindex as make_anew
from frontend_api.domain.errors import PiaolianError
from frontend_api.flow.fsck import DOCUMENTS_MADE, Tally, Wishes, check_books
from frontend_api.flow.fsck import Progress as Report
from frontend_api.flow.fsck_findings import Finding, Level
from frontend_api.settings import Settings, load

_NOWHERE = "http://127.0.0.1:9"  # stands for a chain that could not be started
_STYLES: dict[Level, dict[str, Any]] = {
    Level.MISMATCH: {"fg": "red", "bold": True},
    Level.MISSING: {"fg": "red", "bold": True},
    Level.UNCOMPARED: {"fg": "yellow"},
}
_VERDICTS = {
    0: ("账目一致。", "The books are right."),
    1: (
        "账目不一致：见上面每一项。请先保留现场，不要改动数据库，再按 docs/operations.md 处理。",
        "The books are not right: see every finding above. Keep everything as it is and follow "
        "docs/operations.md.",
    ),
    2: (
        "有些内容无法核对；这不说明任何票据有问题。区块链可用后请再运行一次。",
        "Some things could not be compared; that says nothing against any bill. Run this again "
        "when the chain can be reached.",
    ),
}
_NOT_OPENED = 2


def fsck(
    context: typer.Context,
    documents: Annotated[
        int, typer.Option(help="How many documents are made again, chosen by chance", min=0)
    ] = DOCUMENTS_MADE,
    everything: Annotated[bool, typer.Option("--all", help="Make every document again")] = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            exists=True,
            file_okay=False,
            help="Folder of kept PDFs to compare with those made again",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="A line of JSON for every finding, and one for the end")
    ] = False,
) -> None:
    """Re-derive everything from bills and events, and compare database, chain and documents.

    Changes nothing. Exit code 0 if all is right, 1 if anything differs or is missing, 2 if
    something could not be compared.
    """
    tally = Tally()
    try:
        with _opened(load(context.obj)) as (services, unasked), _progress() as progress:
            wishes = Wishes(None if everything else documents, folder)
            with open_books(services, unasked, progress) as books:
                desk, press = services.desk, services.press
                for found in check_books(desk, press, books, wishes, tally, progress):
                    _show(found, as_json)
    except PiaolianError as e:  # not even the database could be read
        typer.echo(str(e), err=True)
        raise typer.Exit(_NOT_OPENED) from e
    _conclude(tally, as_json)
    raise typer.Exit(tally.exit_code())


def reindex(
    context: typer.Context,
    stored: Annotated[
        bool, typer.Option("--stored", help="From the events stored here; asks no chain")
    ] = False,
) -> None:
    """Make everything that is derived from the chain's events anew.

    What was there stays readable until the new is complete; both are swapped at once, so the
    command can be stopped or killed at any moment. Bills and numbers handed out are not touched.
    """
    with _opened(load(context.obj)) as (services, unasked), _progress() as progress:
        if unasked and not stored:
            raise unasked
        make_anew(services, from_chain=not stored, progress=progress)
    typer.echo("索引已重建 / The projections were made anew")


@contextmanager
def _opened(settings: Settings) -> Iterator[tuple[Services, PiaolianError | None]]:
    """The platform without its engine, and why its chain could not be started, if so."""
    with ExitStack() as stack:
        unasked, rpc_url = None, _NOWHERE
        try:
            rpc_url = stack.enter_context(chain_of(settings))
        except PiaolianError as e:
            unasked = e
        services = build(settings, rpc_url)
        stack.callback(services.close)
        yield services, unasked


@contextmanager
def _progress() -> Iterator[Report]:
    """A line for each thing that is looked at, on a terminal only."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:>22}"), BarColumn(), MofNCompleteColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as bar:

        def report(what: str, done: int, total: int | None) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=total)
            bar.update(tasks[what], completed=done, total=total)

        yield report


def _show(found: Finding, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(found.to_json(), ensure_ascii=False))
        return
    typer.secho(f"{found.level:<10} {found.reason}", **_STYLES[found.level])
    for language in ("zh", "en"):
        typer.echo(f"           {found.words(language)}")


def _conclude(tally: Tally, as_json: bool) -> None:
    code = tally.exit_code()
    if as_json:
        summary = {"exit_code": code, "checked": tally.checked, "findings": tally.levels}
        typer.echo(json.dumps({"summary": summary}))
        return
    counts = ", ".join(f"{name} {count}" for name, count in tally.checked.items())
    typer.echo(f"已核对 / compared: {counts or '-'}")
    for words in _VERDICTS[code]:
        typer.secho(words, fg="green" if code == 0 else "yellow" if code == _NOT_OPENED else "red")
