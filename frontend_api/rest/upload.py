"""The document that a stranger sends to be verified: form, PDF, OFD or JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from frontend_api.domain.errors import FieldProblem, InvalidFields, UnsupportedType
from frontend_api.rest.wire import media_type_of

PDF, JSON, OFD = "application/pdf", "application/json", "application/ofd"
FORM = "multipart/form-data"
_TYPES = (PDF, JSON, OFD)
_ZIP = b"PK\x03\x04"
_OPAQUE = ("", "application/octet-stream")  # the sender's program did not know the type


@dataclass(frozen=True, slots=True)
class Upload:
    """The bytes, and which of the types they are."""

    data: bytes
    media_type: str


async def _upload(request: Request) -> Upload:
    media_type = media_type_of(request)
    if media_type == FORM:
        async with request.form(max_files=1, max_fields=8) as form:
            file = form.get("file")
            if not isinstance(file, UploadFile):
                problem = FieldProblem("/file", "missing", "is missing: add the document as a file")
                raise InvalidFields([problem])
            declared = (file.content_type or "").partition(";")[0].strip().lower()
            return _agreeing(await file.read(), declared)
    if media_type not in _TYPES:
        raise UnsupportedType(f"send a document as {FORM}, {PDF}, {OFD} or {JSON}")
    return _agreeing(await request.body(), media_type)


DocumentUpload = Annotated[Upload, Depends(_upload)]


def _agreeing(data: bytes, declared: str) -> Upload:
    found = PDF if data.startswith(b"%PDF-") else OFD if data.startswith(_ZIP) else JSON
    if declared in _OPAQUE:
        if found == JSON and not data.lstrip().startswith(b"{"):
            raise UnsupportedType("is neither a PDF nor an OFD nor JSON")
        declared = found
    if declared not in _TYPES:
        raise UnsupportedType(f"{declared} is not taken here: send {PDF}, {OFD} or {JSON}")
    if declared != found:
        raise UnsupportedType(f"the bytes are not {declared}, as their type says")
    return Upload(data, declared)
