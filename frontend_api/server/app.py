"""Assembles the service: API, pages, error handlers, limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import structlog
from anyio import to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from frontend_api.bootstrap import Services
from frontend_api.domain.errors import PiaolianError
from frontend_api.rest import api_router
from frontend_api.rest.catalog import CATALOG
from frontend_api.rest.credentials import well_known
from frontend_api.rest.issue_endpoint import IssueEndpoint
from frontend_api.rest.openapi import describe
from frontend_api.rest.present import PREFIX
from frontend_api.rest.problems import Problem, problem_of, request_id_of
from frontend_api.server.edge import Edge
from frontend_api.server.limits import BodyLimit, GuessLimit
from frontend_api.web import add_pages, problem_page

_log = structlog.get_logger(__name__)

_THREADS = 96  # of which 48 may wait for the chain; each is idle most of the time
_WRONG_GUESSES = 60  # in a row from one address, then one a second


def create_app(services: Services, *, wrong_guesses: int = _WRONG_GUESSES) -> FastAPI:
    """The ASGI application of one platform; it neither starts nor stops the platform's engine."""
    app = _App(
        title="Piaolian 票链",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,  # FastAPI's pages load scripts from elsewhere; see docs/api.md
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
    )
    app.state.services = services
    app.include_router(api_router())
    app.include_router(well_known)
    add_pages(app, CATALOG)
    for error in (PiaolianError, HTTPException, RequestValidationError):
        app.add_exception_handler(error, _on_error)
    describe(app, services.kinds)
    settings = services.settings
    limits = {
        "body": settings.body_limit,
        "upload": settings.upload_limit,
        "imports": settings.import_limit,
    }
    https = settings.public_url.startswith("https:")
    app.add_middleware(BodyLimit, present=_present, **limits)
    app.add_middleware(GuessLimit, present=_present, burst=wrong_guesses)
    app.add_middleware(Edge, present=_present, https=https)
    issuing = BodyLimit(IssueEndpoint(_on_error), _present, **limits)
    app.issuing = Edge(issuing, _present, https=https)
    return app


class _App(FastAPI):
    """The service's application; regular requests to issue a bill take a shorter way."""

    issuing: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if IssueEndpoint.takes(scope):
            scope["app"] = self
            await self.issuing(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    to_thread.current_default_thread_limiter().total_tokens = _THREADS
    yield


def _on_error(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning(
            "request_refused",
            code=problem.code,
            reason=str(error),
            request_id=request_id_of(request),
        )
    return _present(request, problem)


def _present(request: Request, problem: Problem) -> Response:
    """A problem as JSON for the API, as a page for people."""
    if request.url.path.startswith(("/api/", "/.well-known/")):
        return problem.response(request)
    return problem_page(request, problem.status, problem.code, problem.headers)
