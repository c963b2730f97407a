"""Kinds, deployment, caller, health."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from starlette.responses import JSONResponse

from frontend_api.domain.errors import NotFound, PiaolianError
from frontend_api.domain.kind import Kind
from frontend_api.domain.request_schema import request_schema
from frontend_api.domain.states import Role
from frontend_api.rest.models import DeploymentView, Health, KindView, MeView
from frontend_api.rest.present import PREFIX, answer, hex_of
from frontend_api.rest.replies import problems
from frontend_api.rest.wire import AnyCaller, Hub

router = APIRouter(tags=["about"])
_SCHEMA_JSON = "application/schema+json"


@router.get(
    "/kinds",
    operation_id="listKinds",
    summary="The kinds of bills (票种)",
    response_model=list[KindView],
)
def list_kinds(hub: Hub) -> Response:
    """Kinds are data of this platform: each has a JSON Schema of its request."""
    return JSONResponse([_kind_view(k).model_dump(mode="json") for k in hub.kinds.values()])


def _kind_view(kind: Kind) -> KindView:
    return KindView(
        name=kind.name,
        title=dict(kind.title),
        category=kind.category,
        type_code=kind.type_code,
        links={"schema": f"{PREFIX}/kinds/{kind.name}/schema"},
    )


@router.get(
    "/kinds/{name}/schema",
    operation_id="readKindSchema",
    summary="JSON Schema of the request to issue a kind",
    response_class=Response,
    responses={
        200: {"content": {_SCHEMA_JSON: {"schema": {"type": "object"}}}},
        **problems(404),
    },
)
def read_kind_schema(hub: Hub, name: str) -> Response:
    """JSON Schema 2020-12; sums, dates and texts have further rules (see the problem's paths)."""
    kind = hub.kinds.get(name)
    if kind is None:
        raise NotFound(f"no kind {name!r}: see {PREFIX}/kinds")
    return JSONResponse(request_schema(kind), media_type=_SCHEMA_JSON)


@router.get(
    "/deployment",
    operation_id="readDeployment",
    summary="The contracts behind this platform",
    response_model=DeploymentView,
)
def read_deployment(hub: Hub) -> Response:
    """Compare them with what the finance department published before you trust a bill."""
    deployment = hub.desk.platform.deployment
    fields: dict[str, Any] = {
        name: getattr(deployment, name)
        for name in DeploymentView.model_fields
        if name not in ("instance", "receipt_signer")
    }
    signer = hub.desk.receipts.signer
    return answer(
        DeploymentView(**fields, instance=hex_of(deployment.instance), receipt_signer=signer)
    )


@router.get(
    "/me",
    operation_id="readMe",
    summary="Whose API key this is",
    response_model=MeView,
    responses=problems(401),
)
def read_me(hub: Hub, caller: AnyCaller) -> Response:
    """Role, institution and its standing on the chain."""
    views, status = hub.desk.views, None
    if caller.role is Role.ISSUER:
        issuer = views.issuer(caller.owner)
        status = issuer.status if issuer else None
    elif caller.role is Role.PAYER:
        payer = views.payer(caller.owner)
        status = payer.status if payer else None
    return answer(MeView(role=caller.role, owner=caller.owner, name=caller.name, status=status))


@router.get(
    "/health/live",
    operation_id="healthLive",
    summary="Whether the process answers",
    tags=["health"],
)
async def live() -> dict[str, str]:
    """For a supervisor of processes: restart it when this does not answer."""
    return {"status": "ok"}


@router.get(
    "/health/ready",
    operation_id="healthReady",
    summary="Whether the service can do its work",
    tags=["health"],
    response_model=Health,
    responses={503: {"model": Health, "description": "Degraded: reads of bills still answer"}},
)
def ready(hub: Hub) -> Response:
    """Asks the chain, and the engine that carries bills to it."""
    hub.engine.look()
    engine, chain = hub.engine.fault, "ok"
    try:
        if hub.reader.chain_id() != hub.desk.platform.deployment.chain_id:
            chain = "wrong-chain"
    except PiaolianError as e:
        chain = e.code
    well = engine is None and chain == "ok"
    view = Health(
        status="ok" if well else "degraded", chain=chain, engine=engine.code if engine else "ok"
    )
    return answer(view, 200 if well else 503)
