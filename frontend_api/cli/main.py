"""``piaolian``: every command, each imported only when it is called."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from frontend_api.cli import (
    archiving,
    bills,
    checking,
    doctor,
    documents,
    exporting,
    fsck,
    offline,
    presenting,
    run,
    supervising,
    verifying,
)
from frontend_api.cli.demo import command as demo
from frontend_api.domain.errors import InvalidFields, PiaolianError
from frontend_api.settings import HOME_VARIABLE

app = typer.Typer(
    name="piaolian",
    help="Piaolian 票链: blockchain electronic bills.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _home(
    context: typer.Context,
    home: Annotated[
        Path | None,
        typer.Option(help=f"Folder of the platform (or {HOME_VARIABLE}); .piaolian by default"),
    ] = None,
) -> None:
    context.obj = home or Path(os.environ.get(HOME_VARIABLE, ".piaolian"))


for _command in (
    demo.demo,
    doctor.doctor,
    run.deploy,
    run.serve,
    supervising.admit,
    supervising.suspend,
    supervising.resume,
    bills.sample,
    bills.issue,
    bills.import_file,
    presenting.present,
    exporting.export,
    verifying.verify,
    checking.check,
    offline.bundle,
    bills.status,
    bills.claim,
    documents.documents,
    fsck.fsck,
    fsck.reindex,
):
    app.command(_command.__name__.removesuffix("_file"))(_command)
app.add_typer(offline.roots_app)

app.add_typer(archiving.archive, name="archive")


def main() -> None:
    """Entry point: errors of ours are told in words, without a traceback; exit code 1."""
    try:
        app()
    except InvalidFields as e:
        for problem in e.problems:
            print(f"{problem.path or '/'}: {problem.message}", file=sys.stderr)
        sys.exit(1)
    except PiaolianError as e:
        print(f"{e}", file=sys.stderr)
        sys.exit(1)
