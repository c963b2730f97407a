"""The bill as SD-JWT VC: an independent library reads, verifies and narrows what we signed."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from bill_example import BILL_FILE, CONTENT, FIELDS, made_up
from jwcrypto.jwk import JWK
from jwcrypto.jws import InvalidJWSSignature
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier

from frontend_api.commitment.es256 import Es256Key, public_jwk, thumbprint
from frontend_api.commitment.fields import base64url
from frontend_api.commitment.presentation import NEVER_SHOWN, presentation_of
from frontend_api.commitment.sd_jwt import sd_jwt_of

KEY = Es256Key(made_up("document key"))
ISSUER = "https://piaolian.example/issuers/12460000DEM0000012"
HOLDER = JWK.generate(kty="EC", crv="P-256")
ALL = [f.path for f in FIELDS]


def made(shown: list[str] | None = None, key: Es256Key = KEY, **more: Any) -> str:
    part = presentation_of(BILL_FILE, ALL if shown is None else shown, ())
    return sd_jwt_of(part, ISSUER, key, **more).decode()


def verified(text: str, key: Es256Key = KEY, **binding: str) -> dict[str, Any]:
    """What the independent verifier accepts."""

    def issuer_key(issuer: str, header: dict[str, Any]) -> JWK:
        assert (issuer, header["typ"], header["alg"]) == (ISSUER, "dc+sd-jwt", "ES256")
        return JWK(**key.jwk())

    verifier = SDJWTVerifier(text, issuer_key, binding.get("aud"), binding.get("nonce"))
    payload: dict[str, Any] = verifier.get_verified_payload()
    return payload


def flat() -> dict[str, Any]:
    return {f.path: f.value for f in FIELDS if f.path != NEVER_SHOWN}


def test_credential__independent_verifier__accepts_and_reads_every_field() -> None:
    payload = verified(made())
    assert {k: v for k, v in payload.items() if k.startswith("/")} == flat()
    assert payload["bill"]["content_root"] == "0x" + BILL_FILE.header.content_root.hex()
    assert payload["status"]["piaolian_chain"]["bill_key"] == str(BILL_FILE.header.number.key)
    assert payload["vct"] == "urn:piaolian:vct:bill:1"
    assert payload["iat"] == BILL_FILE.anchor.block_time
    assert payload["sample"] is True


def test_credential__made_twice__same_bytes() -> None:
    assert made() == made()


def test_credential__digests__sorted_and_all_of_the_bill() -> None:
    claims = json.loads(base64.urlsafe_b64decode(made().split(".")[1] + "=="))
    assert claims["_sd"] == sorted(base64url(f.digest()).decode() for f in FIELDS)


def test_credential__narrowed_by_an_independent_holder__the_rest_cannot_be_recovered() -> None:
    holder = SDJWTHolder(made(holder_key=public_jwk(HOLDER.export_public(as_dict=True))))
    wanted = {"/holder/name": True, "/total": True}
    holder.create_presentation(wanted, "nonce-1", "https://payer.example", HOLDER, "ES256")
    text = holder.sd_jwt_presentation
    payload = verified(text, aud="https://payer.example", nonce="nonce-1")
    assert {k for k in payload if k.startswith("/")} == set(wanted)
    seen = "".join(_decoded(part) for part in text.replace(".", "~").split("~") if part)
    for secret in (
        CONTENT["holder"]["id"],
        "诊察费",
        "MZ0001",
        CONTENT["check_code"],
        FIELDS[0].salt,
    ):
        assert secret not in seen
    assert payload["status"] == verified(made())["status"]
    with pytest.raises(ValueError, match="nonce"):
        verified(text, aud="https://payer.example", nonce="nonce-2")


def _decoded(part: str) -> str:
    return base64.urlsafe_b64decode(part + "==").decode("utf-8", "replace")


def _change(position: int, by: Callable[[str], str]) -> Callable[[str], str]:
    def alter(text: str) -> str:
        parts = text.split("~")
        parts[position] = by(parts[position])
        return "~".join(parts)

    return alter


def _other_value(disclosure: str) -> str:
    salt, path, _ = json.loads(base64.urlsafe_b64decode(disclosure + "=="))
    return base64url(json.dumps([salt, path, 1]).encode()).decode()


def _other_claim(name: str, value: Any) -> Callable[[str], str]:
    def alter(jwt: str) -> str:
        head, body, signature = jwt.split(".")
        claims = {**json.loads(base64.urlsafe_b64decode(body + "==")), name: value}
        return f"{head}.{base64url(json.dumps(claims).encode()).decode()}.{signature}"

    return _change(0, alter)


# Alterations that the signature does not hold under.
FORGED: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("issued at", _other_claim("iat", 1)),
    ("holder", _other_claim("cnf", {"jwk": json.loads(HOLDER.export_public())})),
    ("status taken away", _other_claim("status", {})),
    ("amount", _other_claim("bill", {"amount_fen": 1})),
    ("digests", _other_claim("_sd", [])),
    ("signature", _change(0, lambda jwt: jwt[:-8] + "AAAAAAAA")),
)


@pytest.mark.parametrize("alter", [a[1] for a in FORGED], ids=[a[0] for a in FORGED])
def test_credential__claim_altered__refused_by_the_independent_verifier(alter: Any) -> None:
    with pytest.raises(InvalidJWSSignature):
        verified(alter(made()))


def test_credential__disclosure_altered__shows_nothing() -> None:
    names = {k for k in verified(_change(5, _other_value)(made())) if k.startswith("/")}
    assert len(names) == len(FIELDS) - 2  # neither the altered one nor the check code


def test_credential__disclosure_twice__refused() -> None:
    parts = made().split("~")
    with pytest.raises(ValueError, match="Duplicate"):
        verified("~".join([*parts[:-1], parts[1], ""]))


def test_credential__wrong_key__refused() -> None:
    with pytest.raises(InvalidJWSSignature):
        verified(made(), Es256Key(made_up("another key")))


def test_credential__check_code_and_token__never_in_it() -> None:
    text = made()
    seen = "".join(_decoded(part) for part in text.replace(".", "~").split("~") if part)
    assert CONTENT["check_code"] not in seen
    assert BILL_FILE.verify_url.rsplit("/", 1)[1] not in seen


def test_key__thumbprint__as_an_independent_library_makes_it() -> None:
    jwk = KEY.jwk()
    assert jwk["kid"] == thumbprint(jwk) == JWK(**jwk).thumbprint()
    assert "d" not in jwk


@pytest.mark.parametrize(
    "change",
    [{"d": "AA"}, {"crv": "secp256k1"}, {"kty": "RSA"}, {"x": "AA"}, {"x": 7}, {"y": "A" * 43},
     {"x": "!" * 43}],
)  # fmt: skip
def test_holder_key__not_a_public_point_of_p256__refused(change: dict[str, Any]) -> None:
    right = HOLDER.export_public(as_dict=True)
    assert public_jwk(right)["crv"] == "P-256"
    with pytest.raises(ValueError, match=r"must|not a|invalid|Invalid|point"):
        public_jwk({**right, **change})
