"""The routes of the pages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Protocol, cast

from fastapi import APIRouter, Depends, FastAPI, Request
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from frontend_api.bootstrap import Services
from frontend_api.domain.errors import InputError, InvalidFields, NotFound, TooLarge
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.look_up import look_up, read_question
from frontend_api.flow.read import bill_by_token, bill_file_of
from frontend_api.ports import StoredBill
from frontend_api.verify import unreadable_report
from frontend_api.web.forms import Typed, file_of, typed_of
from frontend_api.web.language import language_of
from frontend_api.web.render import STATIC, page
from frontend_api.web.views import bill_view, pending_view, report_view

router = APIRouter(include_in_schema=False)

_STATIC_SECONDS = 86400 * 30  # addresses carry a version
_PENDING_SECONDS = 3


class ProblemWords(Protocol):
    """What the page about a type of problem says."""

    @property
    def code(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def title_zh(self) -> str: ...

    @property
    def advice(self) -> str: ...


class _Static(StaticFiles):
    """Files of ours, which browsers may keep."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = f"public, max-age={_STATIC_SECONDS}"
        return response


def add_pages(app: FastAPI, problem_types: Mapping[str, ProblemWords]) -> None:
    """Add every page; they find their services in ``app.state.services``."""
    app.state.problem_types = problem_types
    app.include_router(router)
    app.mount("/static", _Static(directory=STATIC), name="static")


async def _services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


async def _form(request: Request) -> FormData:
    return await request.form(max_files=1, max_fields=8)


Hub = Annotated[Services, Depends(_services)]
Form = Annotated[FormData, Depends(_form)]


@router.get("/")
async def home(request: Request) -> Response:
    """What this is, look-up and upload."""
    return _home(request, Typed())


def _home(request: Request, typed: Typed, status: int = 200, fault: str = "") -> Response:
    return page(request, "home.html", status, typed=typed, fault=fault)


@router.get("/verify")
async def verify_form() -> Response:
    """The result of a form has no address of its own."""
    return RedirectResponse("/", 303)


@router.post("/verify")
def verify_page(request: Request, hub: Hub, form: Form) -> Response:
    """The result of either form of the home page."""
    if "file" in form:
        return _verified_upload(request, hub, form)
    typed = typed_of(form)
    try:
        stored = look_up(hub.desk, read_question(typed.body()))
    except InvalidFields as e:
        wrong = frozenset(problem.path.removeprefix("/") for problem in e.problems)
        return _home(request, typed.with_wrong(wrong), 422, "fix_form")
    except NotFound:
        return _home(request, typed, 404, "not_found_form")
    return _bill_page(request, hub, stored, None)


def _verified_upload(request: Request, hub: Services, form: FormData) -> Response:
    data = file_of(form)
    if not data:
        return _home(request, Typed(wrong=frozenset({"file"})), 422, "fix_form")
    try:
        report = hub.verifier.verify_upload(data)
    except TooLarge:
        raise
    except InputError as e:
        report = unreadable_report(e, hub.desk.clock())
    view = report_view(report, hub, language_of(request))
    return page(request, "bill.html", view=view, refresh=None)


@router.get("/b/{bill_key}/{token}")
def public_page(request: Request, hub: Hub, bill_key: str, token: str) -> Response:
    """What the QR code opens. An unknown bill and a wrong token answer alike."""
    stored = _by_token(hub, bill_key, token)
    return _bill_page(request, hub, stored, f"/b/{bill_key}/{token}")


def _by_token(hub: Services, bill_key: str, token: str) -> StoredBill:
    if not (bill_key.isascii() and bill_key.isdecimal() and len(bill_key) == 18):
        raise NotFound("no bill with this number and code: check what was scanned or typed")
    try:
        number = BillNumber(int(bill_key))
    except ValueError as e:
        raise NotFound("no bill with this number and code") from e
    return bill_by_token(hub.desk, number, token)


def _bill_page(request: Request, hub: Services, stored: StoredBill, here: str | None) -> Response:
    language = language_of(request)
    headers = {"X-Robots-Tag": "noindex"}
    if stored.anchored is None:
        view = pending_view(hub, stored, language)
        refresh = _PENDING_SECONDS if here else None
    else:
        view, refresh = bill_view(hub, stored, language, here), None
    return page(request, "bill.html", headers=headers, view=view, refresh=refresh)


@router.get("/b/{bill_key}/{token}/pdf")
def public_pdf(
    request: Request, hub: Hub, bill_key: str, token: str, proof: bool = False
) -> Response:
    """The PDF, for whoever has the address of the QR code; with ``proof``, its bundle inside."""
    stored = _by_token(hub, bill_key, token)
    return _file(request, hub.document(stored, proof=proof), stored, "pdf")


@router.get("/b/{bill_key}/{token}/ofd")
def public_ofd(request: Request, hub: Hub, bill_key: str, token: str) -> Response:
    """The OFD."""
    stored = _by_token(hub, bill_key, token)
    return _file(request, hub.ofd(bill_file_of(hub.desk, stored)), stored, "ofd")


@router.get("/b/{bill_key}/{token}/json")
def public_json(request: Request, hub: Hub, bill_key: str, token: str) -> Response:
    """The bill file, exactly as embedded in the PDF."""
    stored = _by_token(hub, bill_key, token)
    return _file(request, bill_file_of(hub.desk, stored).to_bytes(), stored, "json")


def _file(request: Request, data: bytes, stored: StoredBill, suffix: str) -> Response:
    etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    headers = {
        "ETag": etag,
        "Cache-Control": "private, no-cache",
        "X-Robots-Tag": "noindex",
        "Content-Disposition": f'attachment; filename="{stored.bill.header.number}.{suffix}"',
    }
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=f"application/{suffix}", headers=headers)


@router.get("/problems/{code}")
async def problem_type(request: Request, code: str) -> Response:
    """What a problem type means: a page for people, JSON for programs."""
    found: ProblemWords | None = request.app.state.problem_types.get(code)
    if found is None:
        raise NotFound(f"no problem type {code!r}")
    if "text/html" in request.headers.get("accept", ""):
        return page(request, "problem_type.html", problem=found)
    about: dict[str, Any] = {
        "type": f"/problems/{found.code}",
        "title": found.title,
        "title_zh": found.title_zh,
        "advice": found.advice,
    }
    return JSONResponse(about)
