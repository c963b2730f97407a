"""The API's router: every operation under ``/api/v1``."""

from __future__ import annotations

from fastapi import APIRouter

from frontend_api.rest import (
    about,
    bills,
    bundles,
    commands,
    credentials,
    documents,
    imports,
    issuing,
    presentations,
    verification,
)
from frontend_api.rest.present import PREFIX


def api_router() -> APIRouter:
    """All operations; they find their services in ``app.state.services``."""
    router = APIRouter(prefix=PREFIX)
    for part in (
        issuing,
        imports,
        bills,
        bundles,
        documents,
        commands,
        presentations,
        credentials,
        verification,
        about,
    ):
        router.include_router(part.router)
    return router
