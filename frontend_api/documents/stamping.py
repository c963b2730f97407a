"""Time stamps of an outside service (RFC 3161) over signatures' values (可信时间戳)."""

from __future__ import annotations

import hashlib

import httpx
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from frontend_api.documents.awaiting import finished
from frontend_api.documents.signer import TimeStamping
from frontend_api.domain.errors import Unavailable

_SECONDS = 10


def stamping_with(service: TimeStamper) -> TimeStamping:
    """Asks a service for a token. What it gives raises Unavailable if it is none."""

    def stamp(value: bytes) -> bytes:
        digest = hashlib.sha256(value).digest()
        try:
            token = finished(service.async_timestamp(digest, "sha256"))
        except (OSError, ValueError, httpx.HTTPError) as e:
            raise Unavailable(f"the time stamp service gave no time stamp: {e}") from e
        return bytes(token.dump())

    return stamp


class HttpStamper(TimeStamper):
    """A time stamp service at an address."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """POST the question, as RFC 3161, section 3.4 says."""
        headers = {"Content-Type": "application/timestamp-query"}
        async with httpx.AsyncClient(timeout=_SECONDS) as client:
            answer = await client.post(self._url, content=req.dump(), headers=headers)
        answer.raise_for_status()
        return tsp.TimeStampResp.load(answer.content)
