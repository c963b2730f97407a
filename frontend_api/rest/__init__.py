"""The REST API ``/api/v1``: parse, call the flow, present. No rule about bills lives here."""

from frontend_api.rest.api import api_router

__all__ = ["api_router"]
