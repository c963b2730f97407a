"""The EIP-712 form of a holder's grant, as ConsentRegistry checks it."""

from __future__ import annotations

from typing import Any

from eth_account.messages import SignableMessage, encode_typed_data

from frontend_api.domain.anchor import Deployment
from frontend_api.domain.grant import Grant

GRANT_FIELDS = (
    ("holder", "bytes32"),
    ("billKey", "uint64"),
    ("payer", "bytes18"),
    ("purpose", "bytes32"),
    ("fieldSet", "bytes32"),
    ("capFen", "uint128"),
    ("expiresAt", "uint64"),
    ("noStatutory", "bool"),
    ("nonce", "uint256"),
)


def domain_of(deployment: Deployment) -> dict[str, Any]:
    """The EIP-712 domain: the instance is its salt, so no signature works elsewhere."""
    return {
        "name": "Piaolian Consent",
        "version": "1",
        "chainId": deployment.chain_id,
        "verifyingContract": deployment.consent_registry,
        "salt": deployment.instance,
    }


def grant_message(grant: Grant, deployment: Deployment) -> SignableMessage:
    """What the holder's wallet signs; its digest is the grant's id on the chain."""
    return encode_typed_data(
        domain_data=domain_of(deployment),
        message_types={"Grant": [{"name": n, "type": t} for n, t in GRANT_FIELDS]},
        message_data=grant_values(grant),
    )


def grant_values(grant: Grant) -> dict[str, Any]:
    """The grant under its EIP-712 names."""
    return {
        "holder": grant.holder,
        "billKey": grant.bill_key,
        "payer": grant.payer.encode("ascii"),
        "purpose": grant.purpose,
        "fieldSet": grant.field_set,
        "capFen": grant.cap_fen,
        "expiresAt": grant.expires_at,
        "noStatutory": grant.no_statutory,
        "nonce": grant.nonce,
    }
