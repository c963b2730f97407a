"""The vault, API keys and signing keys."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from in_memory.values import BUREAU, SCHOOL, Clock
from sqlalchemy import update

from frontend_api.domain.errors import NotAuthenticated, SignerUnavailable
from frontend_api.domain.states import Role
from frontend_api.ports import Caller
from frontend_api.store.credentials import SqlApiKeys, SqlKeys
from frontend_api.store.database import Database
from frontend_api.store.schema import api_keys
from frontend_api.store.vault import AesVault

VAULT = AesVault(bytes(range(32)))
PLAIN = "张三的票据".encode()


def test_open__same_key_and_context__the_plain_bytes() -> None:
    assert VAULT.open(VAULT.seal(PLAIN, "bill-seed/1"), "bill-seed/1") == PLAIN
    assert VAULT.seal(PLAIN, "x") != VAULT.seal(PLAIN, "x")
    assert PLAIN not in VAULT.seal(PLAIN, "x")


@pytest.mark.parametrize("context", ["bill-seed/2", "bill-content/1", "", "bill-seed/1 "])
def test_open__moved_to_another_place__refused(context: str) -> None:
    with pytest.raises(SignerUnavailable, match="cannot be decrypted"):
        VAULT.open(VAULT.seal(PLAIN, "bill-seed/1"), context)


def test_open__other_key__refused() -> None:
    sealed = VAULT.seal(PLAIN, "x")
    with pytest.raises(SignerUnavailable):
        VAULT.under(bytes(32)).open(sealed, "x")
    assert VAULT.under(bytes(range(32))).open(sealed, "x") == PLAIN


def test_open__any_byte_altered_or_cut_off__refused() -> None:
    sealed = VAULT.seal(PLAIN, "x")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        for wrong in (bytes(altered), sealed[:place]):
            with pytest.raises(SignerUnavailable):
                VAULT.open(wrong, "x")


def test_vault_file__first_use__made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "home" / "master.key"
    sealed = AesVault.at(path).seal(PLAIN, "x")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_bytes()) == 32
    assert AesVault.at(path).open(sealed, "x") == PLAIN
    assert [p.name for p in path.parent.iterdir()] == ["master.key"]


def test_vault_file__there_already__never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(b"k" * 32)
    sealed = AesVault(b"k" * 32).seal(PLAIN, "x")
    assert AesVault.at(path).open(sealed, "x") == PLAIN
    assert path.read_bytes() == b"k" * 32


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_vault_file__damaged__refused_and_not_replaced(tmp_path: Path, length: int) -> None:
    path = tmp_path / "master.key"
    path.write_bytes(b"k" * length)
    with pytest.raises(SignerUnavailable, match="restore it from the backup"):
        AesVault.at(path)
    assert path.read_bytes() == b"k" * length


@pytest.fixture
def keys(database: Database, clock: Clock) -> SqlApiKeys:
    return SqlApiKeys(database, clock)


def test_caller__right_key__role_and_owner(keys: SqlApiKeys) -> None:
    key = keys.create(Role.ISSUER, SCHOOL, "大学")
    assert keys.caller(key) == Caller(Role.ISSUER, SCHOOL, "大学")


def test_caller__any_fault__refused_in_the_same_words(keys: SqlApiKeys, database: Database) -> None:
    key = keys.create(Role.ISSUER, SCHOOL, "大学")
    other = keys.create(Role.PAYER, BUREAU, "医保局")
    _, key_id, secret = key.split("_")
    wrong_keys = [
        "", "pl", "pl__", f"pl_{key_id}_", f"pl_{key_id}_{secret}x", f"xx_{key_id}_{secret}",
        f"pl_{key_id}_{other.split('_')[2]}", f"pl_{'0' * 16}_{secret}", key.upper(),
    ]  # fmt: skip
    faults = set()
    for wrong in wrong_keys:
        with pytest.raises(NotAuthenticated) as caught:
            keys.caller(wrong)
        faults.add(str(caught.value))
    with database.write() as c:
        c.execute(update(api_keys).where(api_keys.c.key_id == key_id).values(revoked_at=1))
    with pytest.raises(NotAuthenticated) as caught:
        keys.caller(key)
    faults.add(str(caught.value))
    assert len(faults) == 1
    assert keys.caller(other).owner == BUREAU


def test_api_key__stored__only_its_hash(keys: SqlApiKeys, database: Database) -> None:
    secret = keys.create(Role.ISSUER, SCHOOL, "大学").split("_")[2]
    with database.read() as c:
        row = c.exec_driver_sql("SELECT * FROM api_keys").one()
    assert secret not in repr(row)
    assert bytes.fromhex(secret) not in list(row)


@pytest.fixture
def signing(database: Database, clock: Clock) -> SqlKeys:
    return SqlKeys(database, VAULT, clock)


def test_signing_key__added__given_back_and_sealed(signing: SqlKeys, database: Database) -> None:
    address = signing.add(SCHOOL, Role.ISSUER, b"\1" * 32)
    assert signing.add(SCHOOL, Role.ISSUER, b"\1" * 32) == address
    assert signing.private_key(address) == b"\1" * 32
    assert signing.address_of(SCHOOL, Role.ISSUER) == address
    with database.read() as c:
        (row,) = c.exec_driver_sql("SELECT * FROM signing_keys").all()
    assert b"\1" * 32 not in bytes(row.sealed_key)


def test_signing_key__newer_one__takes_over(signing: SqlKeys, clock: Clock) -> None:
    old = signing.create(SCHOOL, Role.ISSUER)
    clock.now += 1
    new = signing.create(SCHOOL, Role.ISSUER)
    assert signing.address_of(SCHOOL, Role.ISSUER) == new != old
    assert len(signing.private_key(old)) == 32


def test_signing_key__none_here__named(signing: SqlKeys) -> None:
    signing.create(SCHOOL, Role.ISSUER)
    assert signing.find(SCHOOL, Role.PAYER) is None
    with pytest.raises(SignerUnavailable, match=BUREAU):
        signing.address_of(BUREAU, Role.PAYER)
    with pytest.raises(SignerUnavailable, match="the supervisor"):
        signing.address_of("", Role.SUPERVISOR)
    with pytest.raises(SignerUnavailable, match="0x0"):
        signing.private_key("0x0")


def test_signing_key__other_master_key__refused(
    signing: SqlKeys, database: Database, clock: Clock
) -> None:
    address = signing.create(SCHOOL, Role.ISSUER)
    with pytest.raises(SignerUnavailable, match="master key"):
        SqlKeys(database, AesVault(bytes(32)), clock).private_key(address)
