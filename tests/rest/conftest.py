"""The API of the platform under test, and a short way to speak to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from frontend_api.server import create_app

from .support import Api


@pytest.fixture(scope="session")
def app(platform: Any) -> FastAPI:
    return create_app(platform.services, wrong_guesses=1_000_000)


@pytest.fixture(scope="session")
def http(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, follow_redirects=False) as client:
        yield client


@pytest.fixture(scope="session")
def api(http: TestClient, platform: Any) -> Api:
    return Api(http, platform)


@pytest.fixture(scope="module")
def bill(api: Api) -> dict[str, Any]:
    """An anchored bill that a file's tests only read; made-up requests may void older ones."""
    return api.issue()
