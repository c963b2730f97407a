"""API keys and signing keys."""

from __future__ import annotations

import hashlib
import hmac
import secrets

from eth_account import Account
from sqlalchemy import insert, select

from frontend_api.domain.errors import NotAuthenticated, SignerUnavailable
from frontend_api.domain.states import Role
from frontend_api.ports import Caller, Clock, Vault
from frontend_api.store.database import Database
from frontend_api.store.schema import api_keys, signing_keys

_PREFIX = "pl"
_REMEMBERED_SECONDS = 1  # how long a revoked key may go on working where the database is not asked
_MOST_REMEMBERED = 10_000


class SqlApiKeys:
    """Bearer keys ``pl_<id>_<secret>``; only a SHA-256 of the secret (256 bits) is stored."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._db = database
        self._clock = clock
        self._remembered: dict[bytes, tuple[Caller, int]] = {}  # by the key's hash: until when

    def create(self, role: Role, owner: str, name: str) -> str:
        """A new key, shown once."""
        key_id, secret = secrets.token_hex(8), secrets.token_hex(32)
        with self._db.write() as c:
            c.execute(
                insert(api_keys),
                {
                    "key_id": key_id,
                    "secret_hash": _hash(secret),
                    "role": role,
                    "owner": owner,
                    "name": name,
                    "created_at": self._clock(),
                },
            )
        return f"{_PREFIX}_{key_id}_{secret}"

    def remembered(self, key: str) -> Caller | None:
        """Whose key it is, if the database said so within the last second; never asks it."""
        known = self._remembered.get(_hash(key))
        return known[0] if known and self._clock() < known[1] else None

    def caller(self, key: str) -> Caller:
        """Whose key it is. Raises NotAuthenticated, in the same words for every fault."""
        prefix, _, rest = key.partition("_")
        key_id, _, secret = rest.partition("_")
        with self._db.read() as c:
            row = c.execute(
                select(api_keys).where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None))
            ).first()
        stored = bytes(row.secret_hash) if row else bytes(32)
        right = hmac.compare_digest(_hash(secret), stored)
        if row is None or prefix != _PREFIX or not right:
            raise NotAuthenticated("the API key is not valid: check it, or ask for a new one")
        caller = Caller(Role(row.role), row.owner, row.name)
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[_hash(key)] = caller, self._clock() + _REMEMBERED_SECONDS
        return caller


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


class SqlKeys:
    """Implements ``ports.Keys``: secp256k1 keys, sealed by the vault."""

    def __init__(self, database: Database, vault: Vault, clock: Clock) -> None:
        self._db = database
        self._vault = vault
        self._clock = clock

    def create(self, owner: str, role: Role) -> str:
        """Make and store a key; returns its address."""
        return self.add(owner, role, secrets.token_bytes(32))

    def add(self, owner: str, role: Role, private_key: bytes) -> str:
        """Store a given key; harmless if it is there."""
        address = str(Account.from_key(private_key).address)
        with self._db.write() as c:
            known = c.execute(
                select(signing_keys.c.address).where(signing_keys.c.address == address)
            ).first()
            if not known:
                c.execute(
                    insert(signing_keys),
                    {
                        "address": address,
                        "owner": owner,
                        "role": role,
                        "sealed_key": self._vault.seal(private_key, f"signing-key/{address}"),
                        "created_at": self._clock(),
                    },
                )
        return address

    def find(self, owner: str, role: Role) -> str | None:
        """The newest key of an institution in a role."""
        with self._db.read() as c:
            return c.execute(
                select(signing_keys.c.address)
                .where(signing_keys.c.owner == owner, signing_keys.c.role == role)
                .order_by(signing_keys.c.created_at.desc(), signing_keys.c.address)
                .limit(1)
            ).scalar()

    def address_of(self, owner: str, role: Role) -> str:
        """See ``ports.Keys.address_of``."""
        address = self.find(owner, role)
        if address is None:
            raise SignerUnavailable(f"no signing key of {owner or 'the supervisor'} is kept here")
        return address

    def document_secret(self, owner: str) -> bytes:
        """See ``ports.Keys.document_secret``."""
        address = self.find(owner, Role.DOCUMENT) or self.create(owner, Role.DOCUMENT)
        return self.private_key(address)

    def document_secrets(self, owner: str) -> list[bytes]:
        """See ``ports.Keys.document_secrets``."""
        with self._db.read() as c:
            found = c.execute(
                select(signing_keys.c.address)
                .where(signing_keys.c.owner == owner, signing_keys.c.role == Role.DOCUMENT)
                .order_by(signing_keys.c.created_at.desc(), signing_keys.c.address)
            ).scalars()
            addresses = list(found)
        return [self.private_key(address) for address in addresses]

    def private_key(self, address: str) -> bytes:
        """The 32 bytes. Raises SignerUnavailable."""
        with self._db.read() as c:
            sealed = c.execute(
                select(signing_keys.c.sealed_key).where(signing_keys.c.address == address)
            ).scalar()
        if sealed is None:
            raise SignerUnavailable(f"the signing key {address} is not kept here")
        return self._vault.open(bytes(sealed), f"signing-key/{address}")
