"""The documents of one bill, made when they are asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Header, Query, Response

from frontend_api.bootstrap import Services
from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.errors import NotFound
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.marks import mark_of
from frontend_api.flow.read import bill_file_of, visible_bill
from frontend_api.ports import StoredBill
from frontend_api.rest.replies import READ, problems
from frontend_api.rest.wire import DocumentCaller, Hub, Number

router = APIRouter(prefix="/bills/{bill_code}/{bill_no}", tags=["bills"])

Form = Literal["pdf", "png", "svg", "ofd", "json"]
_MEDIA: dict[Form, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "ofd": "application/ofd",
    "json": "application/json",
}
_Proof = Annotated[
    bool, Query(description="Put the proof bundle of now into it, so that it proves itself offline")
]
_Route = TypeVar("_Route", bound=Callable[..., Response])
_Page = Annotated[int, Query(ge=1, le=1000, description="Which page")]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A bill whose document somebody may have; ``known`` is what If-None-Match says."""

    hub: Services
    stored: StoredBill
    number: BillNumber
    known: str | None

    def file(self) -> BillFile:
        """Raises StateConflict until the bill is anchored."""
        return bill_file_of(self.hub.desk, self.stored)

    def reply(self, form: Form, data: bytes) -> Response:
        """The document; 304 if it is known."""
        etag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
        headers = {
            "ETag": etag,
            "Cache-Control": "private, no-cache",
            "Content-Disposition": f'attachment; filename="{self.number}.{form}"',
        }
        if self.known is not None and etag in [tag.strip() for tag in self.known.split(",")]:
            return Response(status_code=304, headers=headers)
        return Response(data, media_type=_MEDIA[form], headers=headers)


def _asked(
    hub: Hub,
    caller: DocumentCaller,
    number: Number,
    if_none_match: Annotated[str | None, Header(alias="If-None-Match")] = None,
) -> _Asked:
    return _Asked(hub, visible_bill(hub.desk, caller, number), number, if_none_match)


Asked = Annotated[_Asked, Depends(_asked)]


def _document(
    form: Form, operation_id: str, summary: str, *statuses: int
) -> Callable[[_Route], _Route]:
    """The route of a form; ``statuses`` are those beside what every document has."""
    schema = {"type": "object"} if form == "json" else {"type": "string", "format": "binary"}
    replies: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The bytes, always the same",
            "content": {_MEDIA[form]: {"schema": schema}},
        },
        304: {"description": "Not changed"},
        **problems(*READ, 409, *statuses),
    }
    return router.get(
        f"/{form}",
        operation_id=operation_id,
        summary=summary,
        response_class=Response,
        responses=replies,
    )


@_document("pdf", "readPdf", "The bill as PDF/A-3 with the bill file inside", 503)
def read_pdf(asked: Asked, proof: _Proof = False) -> Response:
    """Signed by issuer and supervisor. Stamped across the page once the bill was voided, reversed
    or swapped for paper. 409 with Retry-After until the bill is anchored.

    With `proof` it carries its proof bundle, has other bytes with each new block, and is 503 when
    the chain does not answer."""
    return asked.reply("pdf", asked.hub.document(asked.stored, proof=proof))


@_document("png", "readPng", "A page of the bill as a picture, as wide as a phone")
def read_png(asked: Asked, page: _Page = 1) -> Response:
    """To look at, without proof: verify the PDF. 404 for a page that the bill does not have."""
    return _picture(asked, "png", page)


@_document("svg", "readSvg", "A page of the bill as a drawing of any size")
def read_svg(asked: Asked, page: _Page = 1) -> Response:
    """To look at, without proof: verify the PDF. 404 for a page that the bill does not have."""
    return _picture(asked, "svg", page)


def _picture(asked: _Asked, form: Literal["png", "svg"], page: int) -> Response:
    mark = mark_of(asked.hub.desk, asked.stored)
    pages = asked.hub.documents.pictures(asked.file(), form, mark)
    if page > len(pages):
        raise NotFound(f"bill {asked.number} has {len(pages)} pages")
    return asked.reply(form, pages[page - 1])


@_document("ofd", "readOfd", "The bill as OFD (GB/T 33190) with the bill file inside")
def read_ofd(asked: Asked) -> Response:
    """409 with Retry-After until the bill is anchored."""
    return asked.reply("ofd", asked.hub.ofd(asked.file()))


@_document("json", "readBillFile", "The bill file (票据文件), exactly as embedded in the PDF")
def read_bill_file(asked: Asked) -> Response:
    """All that a verifier needs besides a chain. 409 with Retry-After until it is anchored."""
    return asked.reply("json", asked.file().to_bytes())
