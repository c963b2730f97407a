"""Kinds, deployment, caller, health, problem types, OpenAPI."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from frontend_api.domain import errors
from frontend_api.rest.catalog import CATALOG, STATUS, status_of

from .support import KIND, Api

DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def test_kinds__each_has_its_schema(api: Api) -> None:
    kinds = api.http.get("/api/v1/kinds").json()
    assert KIND in [k["name"] for k in kinds]
    for kind in kinds:
        schema = api.http.get(kind["links"]["schema"]).json()
        assert schema["properties"]["kind"] == {"const": kind["name"]}
    assert api.http.get("/api/v1/kinds/nonsense/schema").status_code == 404


def test_deployment__is_the_record(api: Api) -> None:
    shown = api.http.get("/api/v1/deployment").json()
    deployment = api.platform.services.desk.platform.deployment
    assert shown["instance"] == "0x" + deployment.instance.hex()
    assert shown["bill_registry"] == deployment.bill_registry


def test_me__issuer_and_payer(api: Api) -> None:
    issuer = api.http.get("/api/v1/me", headers=api.issuer()).json()
    payer = api.http.get("/api/v1/me", headers=api.payer("STATUTORY")).json()
    assert (issuer["role"], issuer["status"]) == ("ISSUER", "ACTIVE")
    assert (payer["role"], payer["status"]) == ("PAYER", "ACTIVE")
    assert api.http.get("/api/v1/me").status_code == 401


def test_health__all_well(api: Api) -> None:
    assert api.http.get("/api/v1/health/live").json() == {"status": "ok"}
    assert api.http.get("/api/v1/health/ready").status_code == 200


def _all(cls: type[errors.PiaolianError]) -> list[type[errors.PiaolianError]]:
    return [cls, *(c for sub in cls.__subclasses__() for c in _all(sub))]


def test_error_table__every_error_of_the_domain_has_status_and_words() -> None:
    for cls in _all(errors.PiaolianError):
        if cls.__module__ != errors.__name__ or cls is errors.PiaolianError:
            continue
        assert any(c in STATUS for c in cls.__mro__), cls
        assert cls.code in CATALOG


def test_error_table__an_error_without_a_line__is_500() -> None:
    assert status_of(errors.PiaolianError("other")) == 500


@pytest.mark.parametrize("code", sorted(CATALOG))
def test_problem_type__has_a_page_and_json(api: Api, code: str) -> None:
    page = api.http.get(f"/problems/{code}", headers={"Accept": "text/html"})
    assert (page.status_code, code in page.text) == (200, True)
    about = api.http.get(f"/problems/{code}", headers={"Accept": "application/json"}).json()
    assert about["type"] == f"/problems/{code}"


def test_problem_type__unknown__is_404(api: Api) -> None:
    assert api.http.get("/problems/nonsense").status_code == 404


def test_openapi__describes_every_kind_and_every_operation(api: Api, app: FastAPI) -> None:
    document = api.http.get("/api/v1/openapi.json").json()
    assert document == app.openapi()
    names = [k["name"] for k in api.http.get("/api/v1/kinds").json()]
    assert {f"Issue_{name}" for name in names} <= set(document["components"]["schemas"])
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], (path, method)
            assert operation["operationId"], (path, method)
            if method == "post":
                assert operation["requestBody"]["required"], path


def test_docs__name_every_operation_and_every_problem(app: FastAPI) -> None:
    text = DOCS.read_text()
    for path, operations in app.openapi()["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path}`" in text, f"docs/api.md misses {method} {path}"
    for code in CATALOG:
        assert f"`{code}`" in text, f"docs/api.md misses the problem {code}"
