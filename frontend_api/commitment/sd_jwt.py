"""The bill as a verifiable credential: SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc).

A field's digest is already that of an SD-JWT disclosure, so the credential has the disclosures of
the presentation it is made from. Claim names are the fields' paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontend_api.commitment.bill_file import anchor_json, deployment_json, header_json
from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.es256 import Es256Key
from frontend_api.commitment.fields import base64url
from frontend_api.commitment.presentation import SHOWN_IF_THERE, Presentation
from frontend_api.commitment.strict import hex_of, inclusion_json

TYPE = "dc+sd-jwt"
VCT = "urn:piaolian:vct:bill:1"


def sd_jwt_of(
    made: Presentation,
    issuer_url: str,
    key: Es256Key,
    holder_key: Mapping[str, str] | None = None,
) -> bytes:
    """The compact form ``<JWT>~<disclosure>~…~``, without key binding: always the same bytes.

    ``issuer_url`` is where the issuer's keys are found; ``holder_key`` (a public JWK) is bound by
    ``cnf``. Issued at the block's time. Never withheld: header, proof, anchor, chain, issuer, that
    it is a sample, and where its status is.
    """
    shown = {f.path: f.value for f in made.shown}
    deployment = made.deployment
    claims: dict[str, Any] = {
        "iss": issuer_url,
        "iat": made.anchor.block_time,
        "vct": VCT,
        "_sd_alg": "sha-256",
        # Sorted: RFC 9901, section 4.2.4.1, wants the order of the claims hidden.
        "_sd": sorted(base64url(f.digest()).decode() for f in made.fields),
        "bill": header_json(made.header),
        "issuer": {name: shown[f"/issuer/{name}"] for name in ("uscc", "name")},
        "proof": inclusion_json(made.inclusion),
        "anchor": anchor_json(made.anchor),
        "chain": deployment_json(deployment),
        "status": {
            "piaolian_chain": {
                "chain_id": deployment.chain_id,
                "instance": hex_of(deployment.instance),
                "bill_registry": deployment.bill_registry,
                "bill_key": str(made.header.number.key),
            }
        },
        **({"sample": True} if shown.get(SHOWN_IF_THERE) is True else {}),
        **({"cnf": {"jwk": dict(holder_key)}} if holder_key else {}),
    }
    header = {"alg": "ES256", "typ": TYPE, "kid": key.jwk()["kid"]}
    signed = base64url(canonical_json(header)) + b"." + base64url(canonical_json(claims))
    jwt = signed + b"." + base64url(key.sign(signed))
    return b"~".join([jwt, *(f.disclosure() for f in made.shown), b""])
