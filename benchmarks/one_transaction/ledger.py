"""What both ways of one transaction per bill share with the platform: rules, secrecy, durability.

Each bill passes the platform's own validation, is stored encrypted in SQLite with full sync, and
its signed bytes lie there before they are sent.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from frontend_api.commitment.canonical import canonical_json, read_json
from frontend_api.domain.request import RequestRules
from frontend_api.kinds import load_kinds
from frontend_api.store.vault import AesVault

_FIRST_KEY = 46060226 * 10**10 + 1
_TABLE = """CREATE TABLE bills (bill_key INTEGER PRIMARY KEY, issuer TEXT NOT NULL,
    kind TEXT NOT NULL, business_no TEXT NOT NULL, amount_fen INTEGER NOT NULL,
    issued_at INTEGER NOT NULL, digest BLOB NOT NULL, sealed_content BLOB NOT NULL,
    raw BLOB NOT NULL, UNIQUE (issuer, business_no))"""
_INSERT = "INSERT INTO bills VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ISSUER = "12460000428200000X"


@dataclass(frozen=True, slots=True)
class Entry:
    """A bill that passed the rules: its key, the digest to record, and its row without bytes."""

    bill_key: int
    digest: bytes
    row: tuple[object, ...]


class Ledger:
    """Validates, numbers, stores."""

    def __init__(self, folder: Path) -> None:
        self._rules = RequestRules(load_kinds())
        self._vault = AesVault(os.urandom(32))
        self._next = _FIRST_KEY
        self._db = sqlite3.connect(folder / "bills.sqlite3", isolation_level=None)
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", _TABLE):
            self._db.execute(statement)

    def entry(self, body: bytes) -> Entry:
        """One bill through the rules. Raises InputError."""
        request = self._rules.check(read_json(body), int(time.time()))
        key, self._next = self._next, self._next + 1
        content = canonical_json(
            {**request.content, "bill_key": str(key), "salt": os.urandom(16).hex()}
        )
        sealed = self._vault.seal(content, f"bill-content/{key}")
        digest = hashlib.sha256(content).digest()
        row = (key, _ISSUER, request.kind, request.business_no, request.total_fen,
               request.issued_at, digest, sealed)  # fmt: skip
        return Entry(key, digest, row)

    def store(self, entries: Sequence[Entry], raws: Sequence[bytes]) -> None:
        """One transaction for bills and signed bytes."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany(
            _INSERT, ((*entry.row, raw) for entry, raw in zip(entries, raws, strict=True))
        )
        self._db.execute("COMMIT")

    def count(self) -> int:
        """Bills stored."""
        return int(self._db.execute("SELECT count(*) FROM bills").fetchone()[0])
