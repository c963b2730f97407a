"""Import of a file of JSON lines: streamed, with every problem named by row."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from frontend_api.bootstrap import Services
from frontend_api.commitment.canonical import canonical_json, read_json
from frontend_api.domain.errors import (
    FieldProblem,
    InputError,
    InvalidFields,
    NotAllowed,
    StateConflict,
)
from frontend_api.flow.issue import issue_bill

_ANCHOR_SECONDS = 600  # how long the end of an import waits for the chain


@dataclass(frozen=True, slots=True)
class RowError:
    """A problem in one row (counted from 1)."""

    row: int
    path: str
    message: str


@dataclass(slots=True)
class ImportResult:
    """Counts of one import; ``error_file`` lists every problem as JSON lines."""

    error_file: Path
    accepted: int = 0
    repeated: int = 0
    anchored: int = 0
    errors: list[RowError] = field(default_factory=list)


def import_rows(
    services: Services, file: Path, issuer: str | None, console: Console
) -> ImportResult:
    """Accept every row, then wait for the chain. Bad rows are left out and listed.

    The business number of a row is its idempotency key, so a repeated import adds nothing twice.
    """
    result = ImportResult(file.with_name(file.name + ".errors.jsonl"))
    keys: list[int] = []
    with _progress(console) as progress, file.open("rb") as rows:
        task = progress.add_task("rows", total=_count(file))
        for row, line in _lines(rows):
            _accept(services, row, line, issuer, result, keys)
            progress.update(task, completed=row)
        anchoring = progress.add_task("anchored", total=len(keys))
        result.anchored = _await_anchors(services, keys, progress, anchoring)
    _write_errors(result)
    return result


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description:>9}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(show_speed=True),
        TimeRemainingColumn(),
        console=console,
    )


def _count(file: Path) -> int:
    with file.open("rb") as rows:
        return sum(1 for _ in rows)


def _lines(rows: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    for row, line in enumerate(rows, start=1):
        if line.strip():
            yield row, line


def _accept(
    services: Services,
    row: int,
    line: bytes,
    issuer: str | None,
    result: ImportResult,
    keys: list[int],
) -> None:
    try:
        body = _object(line)
        who = issuer or _issuer_of(services, body.get("kind"))
        acceptance = issue_bill(services.desk, who, str(body.get("business_no", "")), body)
    except InvalidFields as e:
        result.errors += [RowError(row, p.path, p.message) for p in e.problems]
    except (InputError, StateConflict, NotAllowed) as e:
        result.errors.append(RowError(row, "", str(e)))
    else:
        keys.append(acceptance.number.key)
        if acceptance.replayed:
            result.repeated += 1
        else:
            result.accepted += 1


def _object(line: bytes) -> dict[str, Any]:
    body = read_json(line)
    if not isinstance(body, dict):
        raise InvalidFields([FieldProblem("", "wrong-type", "must be a JSON object")])
    return body


def _issuer_of(services: Services, kind: object) -> str:
    holders = services.desk.views.issuers_of_kind(str(kind))
    if len(holders) != 1:
        raise NotAllowed(
            f"{len(holders)} issuers hold numbers of kind {kind!r}: say which with --issuer"
        )
    return holders[0]


def _await_anchors(services: Services, keys: list[int], progress: Progress, task: TaskID) -> int:
    left = deque(sorted(set(keys)))
    total = len(left)

    def all_anchored() -> bool:
        while left:
            stored = services.desk.bills.find(left[0])
            if stored is None or stored.anchored is None:
                break
            left.popleft()
        progress.update(task, completed=total - len(left))
        return not left

    services.engine.wait_for(all_anchored, _ANCHOR_SECONDS)
    return total - len(left)


def _write_errors(result: ImportResult) -> None:
    if not result.errors:
        result.error_file.unlink(missing_ok=True)
        return
    with result.error_file.open("wb") as out:
        for e in result.errors:
            out.write(canonical_json({"row": e.row, "path": e.path, "message": e.message}) + b"\n")
