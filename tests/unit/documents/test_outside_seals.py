"""Certificates of an outside authority, RSA keys, and time stamps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from seals_for_tests import MADE, USCC, certificate, own_authority

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents import DocumentMaker, read_signatures
from frontend_api.documents.cms import read_cms
from frontend_api.documents.kept_seals import KeptSeals
from frontend_api.documents.revision import split
from frontend_api.documents.seals import SUPERVISOR, signing_with
from frontend_api.documents.signer import DocumentSigner
from frontend_api.documents.stamping import stamping_with
from frontend_api.domain.errors import SignerUnavailable

ROOT_KEY = ec.generate_private_key(ec.SECP256R1())
ROOT = certificate(ROOT_KEY, "某省电子认证 CA")
PEM = serialization.Encoding.PEM
PKCS8 = serialization.PrivateFormat.PKCS8
PASSWORD = b"not a secret"


@pytest.fixture(scope="module")
def bill(bill_of: Callable[[str], BillFile]) -> BillFile:
    return bill_of("parking")


@pytest.fixture
def listed(tmp_path: Path) -> Path:
    """An issuer's RSA key in PKCS#12 with a password, the supervisor's ECDSA key in PEM."""
    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    issuer = certificate(rsa_key, "琼州省人民医院（样例）", USCC, (ROOT, ROOT_KEY))
    sealed = serialization.BestAvailableEncryption(PASSWORD)
    stored = pkcs12.serialize_key_and_certificates(b"seal", rsa_key, issuer, [ROOT], sealed)
    (tmp_path / "hospital.p12").write_bytes(stored)
    (tmp_path / "hospital.password").write_bytes(PASSWORD + b"\n")
    key = ec.generate_private_key(ec.SECP256R1())
    supervisor = certificate(key, "琼州省财政厅（样例）", None, (ROOT, ROOT_KEY))
    plain = key.private_bytes(PEM, PKCS8, serialization.NoEncryption())
    (tmp_path / "supervisor.key").write_bytes(plain)
    chain = ROOT.public_bytes(PEM)
    (tmp_path / "supervisor.pem").write_bytes(supervisor.public_bytes(PEM) + chain)
    file = tmp_path / "seals.json"
    entries = {
        USCC: {"pkcs12": "hospital.p12", "password_file": "hospital.password"},
        "supervisor": {"key": "supervisor.key", "chain": "supervisor.pem"},
    }
    file.write_text(json.dumps(entries))
    return file


def test_kept_seals__sign_under_the_outside_root(
    listed: Path, bill: BillFile, maker: DocumentMaker
) -> None:
    seals = KeptSeals(listed, None)
    signed = DocumentSigner(seals).sign(maker.pdf(bill), bill)
    issuer, supervisor = read_signatures(signed) or ()
    assert issuer.numbers == {USCC}
    assert supervisor.names == {"琼州省财政厅（样例）"}
    assert {issuer.root, supervisor.root} == seals.roots == {ROOT.fingerprint(hashes.SHA256())}
    assert issuer.path_good
    assert supervisor.path_good


def test_kept_seals__institution_that_is_not_listed__signs_under_the_homes_own_authority(
    listed: Path, tmp_path: Path
) -> None:
    own = own_authority(tmp_path)
    seals = KeptSeals(listed, own)
    assert seals.of("12460000DEM0000029", "大学").chain[-1] == own.of(SUPERVISOR, "x").chain[-1]
    assert len(seals.of(USCC, "another name").chain) == 2
    with pytest.raises(SignerUnavailable, match="大学"):
        KeptSeals(listed, None).of("12460000DEM0000029", "大学")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"password_file": "supervisor.key"}, "password"),
        ({"pkcs12": "absent.p12"}, "absent"),
        ({"pkcs12": "supervisor.pem"}, "cannot be read"),
    ],
)
def test_kept_seals__what_cannot_be_read__is_named(
    change: dict[str, str], words: str, listed: Path
) -> None:
    entries = json.loads(listed.read_text())
    entries[USCC] |= change
    listed.write_text(json.dumps(entries))
    with pytest.raises(SignerUnavailable, match=words) as refused:
        KeptSeals(listed, None)
    assert USCC in str(refused.value)


def test_kept_seals__chain_that_does_not_reach_its_root__is_refused(listed: Path) -> None:
    alone = (listed.parent / "supervisor.pem").read_bytes().split(b"-----END")[0]
    (listed.parent / "supervisor.pem").write_bytes(alone + b"-----END CERTIFICATE-----\n")
    with pytest.raises(SignerUnavailable, match="up to the root"):
        KeptSeals(listed, None)


@pytest.mark.parametrize("text", ["[]", "{", '{"a": 1}'])
def test_kept_seals__no_list__is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "seals.json").write_text(text)
    with pytest.raises(SignerUnavailable):
        KeptSeals(tmp_path / "seals.json", None)


def test_signing_with__other_keys__are_refused() -> None:
    with pytest.raises(SignerUnavailable, match="P-256"):
        signing_with(ec.generate_private_key(ec.SECP384R1()))


def test_sign__certificate_younger_than_the_bill__states_no_time_before_it(
    tmp_path: Path, bill: BillFile, maker: DocumentMaker
) -> None:
    own, late = own_authority(tmp_path), bill.anchor.block_time + 86_400
    signed = DocumentSigner(own).sign(maker.pdf(bill), bill, at=late)
    assert [s.signed_at for s in read_signatures(signed) or ()] == [late, late]
    assert own.of(USCC, "x").not_before < MADE < bill.anchor.block_time


def test_stamp__over_the_signatures_value__is_kept_and_changes_nothing_else(
    tmp_path: Path, bill: BillFile, maker: DocumentMaker
) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    service = DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(
            certificate(key, "时间戳").public_bytes(serialization.Encoding.DER)
        ),
        tsa_key=asn1_keys.PrivateKeyInfo.load(
            key.private_bytes(serialization.Encoding.DER, PKCS8, serialization.NoEncryption())
        ),
        fixed_dt=datetime(2026, 11, 22, tzinfo=UTC),
    )
    own = own_authority(tmp_path)
    signed = DocumentSigner(own, stamping_with(service)).sign(maker.pdf(bill), bill)
    plain = DocumentSigner(own).sign(maker.pdf(bill), bill)
    assert len(read_signatures(signed) or ()) == 2
    for with_token, without in zip(split(signed)[1], split(plain)[1], strict=True):
        read = read_cms(with_token.cms, hashlib.sha256(with_token.covered).digest())
        assert read.timestamp
        assert not read_cms(without.cms, hashlib.sha256(without.covered).digest()).timestamp
