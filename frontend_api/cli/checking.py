"""check: many bills at once, as a payer does with a day's claims."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import tee
from pathlib import Path
from typing import Annotated

import typer

from frontend_api.bootstrap.many import many_from
from frontend_api.cli.opened import node, trusted_records
from frontend_api.verify import Verdict, VerificationReport

_LINES = (".jsonl", ".ndjson")
_SUFFIXES = (".json", ".pdf", *_LINES)
_COUNTED = (Verdict.VALID, Verdict.INVALID, Verdict.UNKNOWN)


def check(
    context: typer.Context,
    files: Annotated[
        list[Path],
        typer.Argument(
            exists=True, help="Bills (PDF or JSON), folders of them, or JSON lines of bill files"
        ),
    ],
    rpc: Annotated[
        str | None, typer.Option(help="JSON-RPC address; without one, this home's chain")
    ] = None,
    trust: Annotated[
        list[Path] | None, typer.Option(help="Deployment records that you trust, or folders")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print every report, one JSON a line")
    ] = False,
) -> None:
    """Check many bills against the chain at once, hundreds in one exchange with the node.

    Prints the bills that are not VALID, with the first reason, and counts. Pages are not drawn
    again: `piaolian verify` does, for one bill. Exit code as of `verify`.
    """
    trusted = trusted_records(context.obj, trust)
    with node(context.obj, rpc) as url:
        raise typer.Exit(_check(url, trusted, files, as_json=as_json))


def _check(rpc: str, trusted: list[Path], files: list[Path], *, as_json: bool) -> int:
    found: Counter[Verdict] = Counter()
    names, contents = tee(_contents(files))
    reports = many_from(rpc, trusted)(data for _, data in contents)
    for (name, _), report in zip(names, reports, strict=True):
        found[report.overall] += 1
        if as_json:
            typer.echo(json.dumps({"file": name, **report.to_json()}, ensure_ascii=False))
        elif report.overall is not Verdict.VALID:
            _tell(name, report)
    if not as_json:
        typer.echo(", ".join(f"{found[verdict]} {verdict}" for verdict in _COUNTED))
    if found[Verdict.INVALID]:
        return 1
    return 0 if found and not found[Verdict.UNKNOWN] else 2


def _tell(name: str, report: VerificationReport) -> None:
    worst = next(c for c in report.verdicts if c.verdict is report.overall)
    bill = f" {report.bill_code}-{report.bill_no}" if report.bill_no else ""
    typer.echo(f"{report.overall:<8} {name}{bill}: {worst.name}")
    for language in ("zh", "en"):
        typer.echo(f"         {worst.words(language)}")


def _contents(files: Iterable[Path]) -> Iterator[tuple[str, bytes]]:
    """Each bill with what to call it; one at a time, so that a file may be of any size."""
    for path in files:
        if path.is_dir():
            yield from _contents(sorted(p for p in path.iterdir() if p.suffix in _SUFFIXES))
        elif path.suffix in _LINES:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    if line.strip():
                        yield f"{path}:{number}", line
        else:
            yield str(path), path.read_bytes()
