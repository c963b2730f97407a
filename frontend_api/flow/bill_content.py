"""What a checked request becomes a bill from: its content, its holder."""

from __future__ import annotations

from typing import Any

from frontend_api.commitment.secrets import account_of, check_code, custodial_holder_key, holder_of
from frontend_api.domain.bill import IssueRequest
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.desk import Platform
from frontend_api.ports import ChainIssuer


def content_without_number(
    platform: Platform, issuer: ChainIssuer, request: IssueRequest, seed: bytes
) -> dict[str, Any]:
    """All that the bill says but its code and number."""
    return {
        **request.content,
        "check_code": check_code(seed),
        "issuer": {"uscc": issuer.uscc, "name": issuer.name, "outlet": request.outlet},
        "supervisor": {"name": platform.supervisor_name},
        "verify_at": platform.public_url,
        **({"sample": True} if platform.sample else {}),
    }


def number_fields(number: BillNumber) -> dict[str, str]:
    """The members of the content that hold code and number."""
    return {"bill_code": number.code, "bill_no": number.number}


def holder_for(request: IssueRequest, seed: bytes) -> bytes:
    """The header's holder: a wallet that was named, or the account kept for this bill."""
    if request.holder_address:
        return holder_of(bytes.fromhex(request.holder_address[2:]))
    return holder_of(account_of(custodial_holder_key(seed)))
