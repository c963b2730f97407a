"""What an operation takes from the request: services, caller, bill number, raw body."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import Depends, Header, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from frontend_api.bootstrap import Services
from frontend_api.domain.errors import (
    NotAllowed,
    NotAuthenticated,
    NotFound,
    UnsupportedType,
)
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Role
from frontend_api.ports import Caller

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="ApiKey",
    description="An institution's API key: `Authorization: Bearer pl_…`",
)


async def _services(request: Request) -> Services:
    return cast(Services, request.app.state.services)


Hub = Annotated[Services, Depends(_services)]


def _caller(
    hub: Hub, credential: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Caller:
    if credential is None:
        raise NotAuthenticated("send Authorization: Bearer with your API key")
    return hub.caller(credential.credentials)


AnyCaller = Annotated[Caller, Depends(_caller)]


def require_issuer(caller: Caller) -> Caller:
    """Raises NotAllowed."""
    return _require(caller, Role.ISSUER)


async def _issuer(caller: AnyCaller) -> Caller:
    return require_issuer(caller)


async def _payer(caller: AnyCaller) -> Caller:
    return _require(caller, Role.PAYER)


async def _document_reader(caller: AnyCaller) -> Caller:
    # The document carries check code and token, with which a holder without a wallet grants; a
    # payer who had both could grant to itself. Payers get the document from the holder.
    if caller.role is Role.PAYER:
        raise NotAllowed("payers get the document from its holder; content and proof are open")
    return caller


def _require(caller: Caller, role: Role) -> Caller:
    if caller.role is not role:
        raise NotAllowed(f"only the API key of {_WHO[role]} may do this")
    return caller


_WHO = {Role.ISSUER: "an issuer", Role.PAYER: "a payer"}

IssuerCaller = Annotated[Caller, Depends(_issuer)]
PayerCaller = Annotated[Caller, Depends(_payer)]
DocumentCaller = Annotated[Caller, Depends(_document_reader)]


async def _number(
    bill_code: Annotated[
        str,
        Path(
            description="Bill code (票据代码), 8 digits",
            examples=["46060126"],
            json_schema_extra={"pattern": "^[1-9][0-9]{7}$"},
        ),
    ],
    bill_no: Annotated[
        str,
        Path(
            description="Bill number (票据号码), 10 digits",
            examples=["0000000001"],
            json_schema_extra={"pattern": "^[0-9]{10}$"},
        ),
    ],
) -> BillNumber:
    try:
        return BillNumber.of(bill_code, bill_no)
    except ValueError as e:
        raise NotFound(f"no such bill: {e}") from e


Number = Annotated[BillNumber, Depends(_number)]

ClaimNo = Annotated[
    str,
    Path(
        description="The payer's own claim number",
        examples=["CL-2026-0001"],
        json_schema_extra={"pattern": "^[A-Za-z0-9._-]{1,32}$"},
    ),
]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="1 to 128 printable characters: the same for a repeated request, another "
        "for each new one. Required.",
        examples=["5f0c1f6e-2b6e-4d5c-9a59-6c1a0f3b7d11"],
    ),
]


def media_type_of(request: Request) -> str:
    """The media type of the body, without parameters. Raises UnsupportedType for an encoded one."""
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnsupportedType("send the body without Content-Encoding")
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def _json_bytes(request: Request) -> bytes:
    if media_type_of(request) != "application/json":
        raise UnsupportedType("send the body as Content-Type: application/json")
    return await request.body()


JsonBytes = Annotated[bytes, Depends(_json_bytes)]
