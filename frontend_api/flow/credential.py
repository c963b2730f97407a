"""Credential: the bill as an SD-JWT VC, signed by its issuer's document key."""

from __future__ import annotations

from typing import Any

from frontend_api.commitment.es256 import Es256Key, public_jwk
from frontend_api.commitment.sd_jwt import sd_jwt_of
from frontend_api.domain.checks import Body
from frontend_api.domain.errors import FieldProblem, InvalidFields, NotFound
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.desk import Desk
from frontend_api.flow.disclose import Wish, present_bill, read_wish
from frontend_api.ports import Caller


def read_order(body: object) -> tuple[Wish, dict[str, str] | None]:
    """``to`` or ``fields``, and an optional ``holder_key`` (public JWK). Raises InvalidFields."""
    if not isinstance(body, dict):
        return read_wish(Body(body)), None
    holder_key = None
    if "holder_key" in body:
        try:
            holder_key = public_jwk(body["holder_key"])
        except ValueError as e:
            raise InvalidFields([FieldProblem("/holder_key", "invalid", str(e))]) from e
    return read_wish(Body({k: v for k, v in body.items() if k != "holder_key"})), holder_key


def credential_of(
    desk: Desk,
    caller: Caller,
    number: BillNumber,
    wish: Wish,
    holder_key: dict[str, str] | None = None,
) -> bytes:
    """The credential of the caller's own bill; the issuer's key is made at first use.

    Raises NotFound, NotAnchoredYet, InvalidFields, SignerUnavailable.
    """
    made = present_bill(desk, caller, number, wish)
    key = Es256Key(desk.keys.document_secret(caller.owner))
    return sd_jwt_of(made, issuer_url(desk, caller.owner), key, holder_key)


def issuer_url(desk: Desk, uscc: str) -> str:
    """The ``iss`` of an institution's credentials."""
    return f"{desk.platform.public_url}/issuers/{uscc}"


def issuer_metadata(desk: Desk, uscc: str) -> dict[str, Any]:
    """Where verifiers find an issuer's keys (JWT VC Issuer Metadata). Raises NotFound."""
    keys = [Es256Key(secret).jwk() for secret in desk.keys.document_secrets(uscc)]
    if not keys:
        raise NotFound("no institution with this code has signed a credential here")
    return {"issuer": issuer_url(desk, uscc), "jwks": {"keys": keys}}
