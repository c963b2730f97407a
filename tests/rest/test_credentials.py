"""POST …/credentials and the issuer's keys, checked with an independent verifier."""

from __future__ import annotations

from typing import Any

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import InvalidJWSSignature
from sd_jwt.verifier import SDJWTVerifier

from .support import Api


def make(api: Api, bill: dict[str, Any], body: object, headers: dict[str, str] | None = None):
    address = bill["links"]["self"] + "/credentials"
    return api.http.post(address, json=body, headers=headers or api.issuer())


def keys_of(api: Api, issuer: str) -> list[dict[str, str]]:
    """Found as draft-ietf-oauth-sd-jwt-vc says: the well-known part before the issuer's path."""
    path = "/" + issuer.split("/", 3)[3]
    metadata = api.http.get("/.well-known/jwt-vc-issuer" + path).json()
    assert metadata["issuer"] == issuer
    return list(metadata["jwks"]["keys"])


def test_credential__verified_with_the_published_key(api: Api, bill: dict[str, Any]) -> None:
    answer = make(api, bill, {"to": "employer"})
    assert answer.headers["Content-Type"] == "application/dc+sd-jwt"

    def key(issuer: str, header: dict[str, Any]) -> JWK:
        return next(JWK(**k) for k in keys_of(api, issuer) if k["kid"] == header["kid"])

    payload = SDJWTVerifier(answer.text, key).get_verified_payload()
    assert payload["bill"]["bill_no"] == bill["bill_no"]
    assert "/holder/name" in payload
    assert "/lines/0" not in payload
    assert payload["issuer"]["uscc"] == api.uscc(api.issuer())


def test_credential__key_of_another_issuer__refuses_it(api: Api, bill: dict[str, Any]) -> None:
    other = api.issue("tuition")
    url = SDJWTVerifier(make(api, other, {"to": "all"}, api.issuer("tuition")).text, _any(api, []))
    wrong = keys_of(api, url.get_verified_payload()["iss"])
    with pytest.raises(InvalidJWSSignature):
        SDJWTVerifier(make(api, bill, {"to": "all"}).text, _any(api, wrong))


def _any(api: Api, keys: list[dict[str, str]]) -> Any:
    return lambda issuer, _: JWK(**(keys or keys_of(api, issuer))[0])


def test_credential__holder_key__bound_and_only_a_public_one(api: Api, bill) -> None:
    holder = JWK.generate(kty="EC", crv="P-256")
    public = holder.export_public(as_dict=True)
    answer = make(api, bill, {"to": "all", "holder_key": public})
    payload = SDJWTVerifier(answer.text, _any(api, [])).get_verified_payload()
    assert payload["cnf"]["jwk"]["x"] == public["x"]
    refused = make(api, bill, {"to": "all", "holder_key": holder.export(as_dict=True)})
    assert [e["path"] for e in refused.json()["errors"]] == ["/holder_key"]


def test_credential__by_others_than_its_issuer__refused(api: Api, bill) -> None:
    assert make(api, bill, {"to": "all"}, api.payer("STATUTORY")).status_code == 403
    assert make(api, bill, {"to": "all"}, api.issuer("tuition")).status_code == 404
    assert make(api, bill, []).status_code == 422
    unknown = api.http.get("/.well-known/jwt-vc-issuer/issuers/000000000000000000")
    assert unknown.status_code == 404
