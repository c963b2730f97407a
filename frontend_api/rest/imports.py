"""Importing files of bills."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import StreamingResponse

from frontend_api.bootstrap import Services
from frontend_api.domain.errors import FieldProblem, InvalidFields, UnsupportedType
from frontend_api.domain.text import text_fault
from frontend_api.flow.bulk_errors import error_line, error_table
from frontend_api.flow.bulk_intake import Origin, Taken
from frontend_api.flow.issue import require_idempotency_key
from frontend_api.ports import ImportFormat, ImportJob, Receiving
from frontend_api.rest.models import ImportView, RowErrorPage, RowErrorView
from frontend_api.rest.present import PREFIX, answer
from frontend_api.rest.replies import WRITE, problems
from frontend_api.rest.wire import Hub, IdempotencyKey, IssuerCaller, media_type_of

router = APIRouter(prefix="/imports", tags=["imports"])

_TYPES = {
    "application/x-ndjson": ImportFormat.JSON_LINES,
    "application/jsonl": ImportFormat.JSON_LINES,
    "text/csv": ImportFormat.CSV,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ImportFormat.XLSX,
}
_BLOCK = 1 << 20  # bytes gathered before they are written: a thread is asked for each block
_PAGE = 200
_MOST = 1_000
_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {name: {"schema": {"type": "string", "format": "binary"}} for name in _TYPES},
    }
}

ImportId = Annotated[
    str,
    Path(
        description="`import_id` of the import",
        examples=["0f8fad5bd9cb469fa16570867728950e"],
        json_schema_extra={"pattern": "^[0-9a-f]{32}$"},
    ),
]


@router.post(
    "",
    operation_id="importBills",
    summary="Import a file of bills 批量开票",
    status_code=202,
    response_model=ImportView,
    responses=problems(*WRITE),
    openapi_extra=_BODY,
)
async def post_import(
    request: Request,
    hub: Hub,
    caller: IssuerCaller,
    idempotency_key: IdempotencyKey = None,
    name: Annotated[str, Query(description="Name of the file, for people", max_length=120)] = "",
) -> Response:
    """The file is the body: JSON lines, CSV or XLSX, as its Content-Type says.

    It is stored, then worked on in the background; ask for its state at `Location`. Every good
    row becomes a bill, and is anchored; bad rows are left out and listed with their row and
    field. `business_no` tells rows apart: a row whose bill is there already adds nothing, so the
    same file, or a longer version of it, may be sent again.
    """
    key = require_idempotency_key(idempotency_key)
    form = _TYPES.get(media_type_of(request))
    if form is None:
        raise UnsupportedType(f"send the file as one of {', '.join(_TYPES)}")
    if text_fault(name):
        raise InvalidFields([FieldProblem("?name", "bad-text", f"{text_fault(name)}")])
    intake = hub.imports.intake
    with intake.receive() as received:
        await _store(request, received)
        origin = Origin(caller.owner, name, idempotency_key=key)
        taken = await to_thread.run_sync(intake.take, received, form, origin)
    hub.imports.notice()
    return await to_thread.run_sync(_accepted, hub, taken)


async def _store(request: Request, received: Receiving) -> None:
    block = bytearray()
    async for part in request.stream():
        block += part
        if len(block) >= _BLOCK:
            await to_thread.run_sync(received.write, bytes(block))
            block.clear()
    await to_thread.run_sync(received.write, bytes(block))


def _accepted(hub: Services, taken: Taken) -> Response:
    headers = {"Location": _path(taken.job)}
    if taken.replayed:
        headers["Idempotency-Replayed"] = "true"
    return answer(_view(hub, taken.job), 202, headers)


@router.get(
    "/{import_id}",
    operation_id="getImport",
    summary="How far an import is",
    response_model=ImportView,
    responses=problems(401, 403, 404, 422),
)
def get_import(hub: Hub, caller: IssuerCaller, import_id: ImportId) -> Response:
    """Counts, rate and time left; `DONE` when every row was looked at."""
    return answer(_view(hub, hub.imports.of(caller.owner, import_id)))


@router.get(
    "/{import_id}/errors",
    operation_id="listImportErrors",
    summary="What was wrong, by row",
    response_model=RowErrorPage,
    responses={
        200: {"content": {"text/csv": {"schema": {"type": "string"}}}},
        **problems(401, 403, 404, 422),
    },
)
def list_errors(
    hub: Hub,
    caller: IssuerCaller,
    import_id: ImportId,
    limit: Annotated[int, Query(ge=1, le=_MOST, description="Errors of one page")] = _PAGE,
    cursor: Annotated[
        str | None,
        Query(
            description="`next_cursor` of the page before", json_schema_extra={"format": "cursor"}
        ),
    ] = None,
    format: Annotated[  # noqa: A002 - the parameter's name in the address
        Literal["json", "csv"], Query(description="csv: all of them, as a table")
    ] = "json",
) -> Response:
    """Pages in the order of the rows; as CSV all at once, to be opened as a spreadsheet."""
    job = hub.imports.of(caller.owner, import_id)
    if format == "csv":
        return _table(hub, job)
    found = hub.imports.store.errors(import_id, _after(cursor), limit + 1)
    shown = found[:limit]
    return answer(
        RowErrorPage(
            items=[RowErrorView(**error_line(error)) for _, error in shown],
            next_cursor=str(shown[-1][0]) if len(found) > limit else None,
        )
    )


def _table(hub: Services, job: ImportJob) -> Response:
    name = f"errors-{job.new.import_id}.csv"
    return StreamingResponse(
        error_table(hub.imports.errors(job)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _after(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdecimal() and len(cursor) <= 18):
        wrong = FieldProblem("?cursor", "invalid", "must be the next_cursor of an earlier page")
        raise InvalidFields([wrong])
    return int(cursor)


def _path(job: ImportJob) -> str:
    return f"{PREFIX}/imports/{job.new.import_id}"


def _view(hub: Services, job: ImportJob) -> ImportView:
    left = job.seconds_left
    return ImportView(
        import_id=job.new.import_id,
        state=job.state,
        reason=job.reason,
        format=job.new.format,
        file_name=job.new.file_name,
        rows_total=job.rows_read if job.state.final else max(job.new.rows_total, job.rows_read),
        rows_read=job.rows_read,
        accepted=job.accepted,
        repeated=job.repeated,
        rejected=job.rejected,
        errors=job.errors,
        anchored=hub.imports.anchored(job),
        rows_a_second=round(job.rows_a_second, 1),
        seconds_left=None if left is None else round(left, 1),
        created_at=job.created_at,
        updated_at=job.updated_at,
        links={"self": _path(job), "errors": f"{_path(job)}/errors"},
    )
