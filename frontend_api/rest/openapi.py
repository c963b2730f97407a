"""The OpenAPI document: what FastAPI derives, the kinds' schemas, and the problem shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from frontend_api.domain.kind import Kind
from frontend_api.domain.request_schema import request_schema
from frontend_api.rest.models import ProblemView
from frontend_api.rest.present import PREFIX

_REFS = "#/components/schemas/"
_DESCRIPTION = """\
Issue, read, verify and reimburse blockchain electronic bills (区块链电子票据).

* Amounts are whole **fen** (分), times are **seconds since the epoch**; `issued_at` on a bill is
  RFC 3339 with a time zone, as on its face.
* Every write needs an `Idempotency-Key`. Repeat a request as often as you like: it is done once.
* `202` means accepted and safe, but not on the chain yet. It is never called issued before that.
* Errors are `application/problem+json` (RFC 9457); `errors` names every bad field by JSON Pointer.
"""


def describe(app: FastAPI, kinds: Mapping[str, Kind]) -> None:
    """Make ``app.openapi`` answer the complete document, built once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app, kinds)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    document = get_openapi(
        title="Piaolian 票链",
        version="1",
        summary="Blockchain electronic bills",
        description=_DESCRIPTION,
        routes=app.routes,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    schemas["ProblemView"] = ProblemView.model_json_schema(ref_template=_REFS + "{model}")
    schemas.update(schemas["ProblemView"].pop("$defs", {}))
    for kind in kinds.values():
        schema = dict(request_schema(kind))
        schema.pop("$schema")
        schemas[_name(kind)] = {"title": kind.title["en"], **schema}
    document["paths"][f"{PREFIX}/bills"]["post"]["requestBody"] = {
        "required": True,
        "content": {"application/json": {"schema": _any_kind(kinds)}},
    }
    return document


def _name(kind: Kind) -> str:
    return "Issue_" + kind.name


def _any_kind(kinds: Mapping[str, Kind]) -> dict[str, Any]:
    references = {kind.name: _REFS + _name(kind) for kind in kinds.values()}
    return {
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {"propertyName": "kind", "mapping": references},
    }
