"""``piaolian import``: a file of bills, with progress by count, rate and time left."""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
)

from frontend_api.bootstrap import Services, generate
from frontend_api.commitment.canonical import canonical_json
from frontend_api.domain.errors import NotFound, StateConflict, UnsupportedType
from frontend_api.domain.kind import Kind
from frontend_api.flow.bulk_errors import error_line
from frontend_api.flow.bulk_intake import Origin
from frontend_api.flow.bulk_table import columns_of
from frontend_api.ports import ImportFormat, ImportJob, RowError

_ANCHOR_SECONDS = 600  # without progress, after which the end no longer waits for the chain
_FORMATS = {
    ".jsonl": ImportFormat.JSON_LINES,
    ".ndjson": ImportFormat.JSON_LINES,
    ".csv": ImportFormat.CSV,
    ".xlsx": ImportFormat.XLSX,
}
_TEMPLATE_LINES = 6


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of an import; ``error_file`` lists every problem as JSON lines."""

    job: ImportJob
    anchored: int
    error_file: Path
    first_errors: tuple[RowError, ...]


def import_rows(services: Services, file: Path, issuer: str | None, console: Console) -> Imported:
    """Accept every row, then wait for the chain. Bad rows are left out and listed.

    An import of the same file that was cut off goes on where it was. Raises UnsupportedType for
    another ending of the file's name, InputError when it cannot be read at all.
    """
    with _progress(console) as progress:
        job = _cut_off(services, file, issuer) or _take(services, file, issuer)
        task = progress.add_task("rows", total=job.new.rows_total, pace="")

        def show(now: ImportJob) -> None:
            total = now.rows_read if now.state.final else now.new.rows_total
            progress.update(task, completed=now.rows_read, total=total, pace=_pace(now))

        job = services.imports.work(job, show)
        anchored = _await_anchors(services, job, progress)
    error_file = file.with_name(file.name + ".errors.jsonl")
    _write_errors(services, job, error_file)
    if job.reason:
        raise StateConflict(f"the import was given up: {job.reason}")
    return Imported(job, anchored, error_file, tuple(islice(services.imports.errors(job), 20)))


def template(name: str, kinds: dict[str, Kind]) -> str:
    """A CSV file for one kind of bill: every column, and an invented bill as an example.

    Raises NotFound.
    """
    if name not in kinds:
        raise NotFound(f"{name!r} is no kind of bill: there are {', '.join(sorted(kinds))}")
    columns = columns_of(kinds[name], _TEMPLATE_LINES)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    samples = generate(kinds, seed=1, count=10_000, now=datetime.now(UTC))
    flat = (dict(_flat("", sample)) for sample in samples if sample["kind"] == name)
    sample = next((found for found in flat if set(found) <= set(columns)), {})
    writer.writerow([sample.get(column, "") for column in columns])
    return "\ufeff" + out.getvalue()  # the mark by which spreadsheets know UTF-8


def _flat(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for name, item in inner:
            yield from _flat(f"{path}/{name}" if path else str(name), item)
    else:
        yield path, value


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:>9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        console=console,
    )


def _pace(job: ImportJob) -> str:
    left = job.seconds_left
    if left is None:
        return ""
    rate = f"{job.rows_a_second:,.0f}/s"
    if job.state.final:
        return rate
    minutes, seconds = divmod(round(left), 60)
    return f"{rate}, {minutes}:{seconds:02d} left"


def _cut_off(services: Services, file: Path, issuer: str | None) -> ImportJob | None:
    """The unfinished import of this very file.

    One of the same place with other content is given up: the file was changed meanwhile.
    """
    source, digest = str(file.resolve()), None
    for job in services.imports.store.unfinished():
        if job.new.source != source or job.new.issuer != issuer:
            continue
        digest = digest or _digest_of(file)
        if job.new.sha256 == digest:
            return job
        services.imports.replace(job)
    return None


def _digest_of(file: Path) -> bytes:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").digest()


def _take(services: Services, file: Path, issuer: str | None) -> ImportJob:
    form = _FORMATS.get(file.suffix.lower())
    if form is None:
        raise UnsupportedType(f"the file's name must end in one of {', '.join(_FORMATS)}")
    intake = services.imports.intake
    with intake.receive() as received, file.open("rb") as content:
        shutil.copyfileobj(content, received, 1 << 20)
        return intake.take(received, form, Origin(issuer, file.name, str(file.resolve()))).job


def _await_anchors(services: Services, job: ImportJob, progress: Progress) -> int:
    total = job.accepted + job.repeated
    task: TaskID = progress.add_task("anchored", total=total, pace="")
    anchored = 0

    def more() -> bool:
        now = services.imports.anchored(job)
        moved = now > anchored
        progress.update(task, completed=now)
        return moved or now >= total

    while anchored < total and services.engine.wait_for(more, _ANCHOR_SECONDS):
        anchored = services.imports.anchored(job)
    return anchored


def _write_errors(services: Services, job: ImportJob, file: Path) -> None:
    with suppress(FileNotFoundError):
        file.unlink()
    if not job.errors:
        return
    with file.open("wb") as out:
        for error in services.imports.errors(job):
            out.write(canonical_json(error_line(error)) + b"\n")
