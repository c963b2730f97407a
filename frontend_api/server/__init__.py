"""The service: API and pages behind one edge (limits, headers, request ids, log); running it."""

from frontend_api.server.app import create_app
from frontend_api.server.run import serve, serving

__all__ = ["create_app", "serve", "serving"]
