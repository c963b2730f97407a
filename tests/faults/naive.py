"""The path that most would write first: sign, send, then record. For comparison, and in earnest.

It checks requests by the same rules, takes the next number from the contract itself, waits for
the receipt, answers a repeated key from its table, and handles one request at a time. What it
lacks is only the order: what it is about to do is not stored before it is done.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from faults.home import NAIVE_DATABASE
from frontend_api.bootstrap import build, clock
from frontend_api.chain import signing
from frontend_api.chain.codec import codec
from frontend_api.chain.reader import EthReader
from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.fields import content_root, digests_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.secrets import account_of, custodial_holder_key, holder_of
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import IdempotencyKeyReused, PiaolianError, Unavailable
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Role
from frontend_api.settings import Settings
from frontend_api.store.database import Database

_RECEIPT_SECONDS = 5
_TABLE = """CREATE TABLE IF NOT EXISTS naive (idempotency_key TEXT PRIMARY KEY, body_hash BLOB,
  bill_key INTEGER, content TEXT, seed BLOB, leaf BLOB)"""


class NaiveIssuer:
    """Issues single bills, each with a transaction of its own."""

    def __init__(self, settings: Settings, rpc_url: str) -> None:
        self._platform = build(settings, rpc_url)
        self._reader: EthReader = self._platform.reader
        self._db = Database.at(settings.home / NAIVE_DATABASE)
        self._one_at_a_time = threading.Lock()
        with self._db.write() as c:
            c.exec_driver_sql(_TABLE)

    def issue(self, issuer: str, key: str, body: dict[str, Any]) -> int:
        """The bill's key, once the chain has it and it is recorded."""
        digest = hashlib.sha256(canonical_json(body)).digest()
        with self._one_at_a_time:
            with self._db.read() as c:
                row = c.exec_driver_sql(
                    "SELECT body_hash, bill_key FROM naive WHERE idempotency_key = ?", (key,)
                ).first()
            if row and bytes(row[0]) != digest:
                raise IdempotencyKeyReused("another body")
            return int(row[1]) if row else self._issue(issuer, key, digest, body)

    def _issue(self, issuer: str, key: str, digest: bytes, body: dict[str, Any]) -> int:
        desk = self._platform.desk
        request = desk.rules.check(body, clock())
        segment_id, first_key = self._segment(issuer, request.kind)
        number = BillNumber(first_key + self._used(segment_id))
        seed, content = os.urandom(32), dict(request.content)
        header = header_of(number, content, seed)
        leaf = bill_leaf(header, self._deployment.instance)
        call = desk.calls.anchor(segment_id, number.key, 1, leaf, header.amount_fen)
        sender = desk.keys.address_of(issuer, Role.ISSUER)
        signed = signing.sign_transaction(
            desk.keys.private_key(sender),
            nonce=self._reader.transaction_count(sender),
            to=call.to,
            data=call.data,
            gas=call.gas,
            chain_id=self._reader.chain_id(),
        )
        self._reader.send_raw(signed.raw)
        self._wait(signed.hash)
        with self._db.write() as c:
            c.exec_driver_sql(
                "INSERT INTO naive VALUES (?, ?, ?, ?, ?, ?)",
                (key, digest, number.key, json.dumps(content), seed, leaf),
            )
        return number.key

    @property
    def _deployment(self) -> Deployment:
        return self._platform.desk.platform.deployment

    def _segment(self, issuer: str, kind: str) -> tuple[int, int]:
        with self._platform.database.read() as c:
            row = c.exec_driver_sql(
                "SELECT segment_id, first_key FROM segments WHERE issuer = ? AND kind = ?"
                " ORDER BY bill_code DESC", (issuer, kind),
            ).one()  # fmt: skip
        return int(row[0]), int(row[1])

    def _used(self, segment_id: int) -> int:
        registry = codec("BillRegistry")
        data = "0x" + registry.encode_call("consumed", [segment_id]).hex()
        to = self._deployment.bill_registry
        answer = self._reader.rpc.call("eth_call", {"to": to, "data": data}, "latest")
        return int(answer, 16)

    def _wait(self, tx_hash: bytes) -> None:
        deadline = time.monotonic() + _RECEIPT_SECONDS
        while (receipt := self._reader.receipt(tx_hash)) is None:
            if time.monotonic() > deadline:
                raise Unavailable("no receipt")
            time.sleep(0.01)
        if not receipt.succeeded:
            raise Unavailable("reverted")


def header_of(number: BillNumber, content: dict[str, Any], seed: bytes) -> BillHeader:
    """The header that content and seed give: for issuing, and for checking afterwards."""
    return BillHeader(
        number=number,
        amount_fen=content["total"],
        at_source_fen=content["at_source"],
        currency=content["currency"],
        holder=holder_of(account_of(custodial_holder_key(seed))),
        content_root=content_root(digests_of(content, seed)),
        issued_at=int(datetime.fromisoformat(content["issued_at"]).timestamp()),
    )


def serve_naive(settings: Settings, rpc_url: str, tell: Callable[[str], None]) -> None:
    """``POST /`` with headers Idempotency-Key and X-Issuer: 201 with the key of the bill."""
    issuer = NaiveIssuer(settings, rpc_url)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                key = issuer.issue(self.headers["X-Issuer"], self.headers["Idempotency-Key"], body)
                status, answer = 201, {"bill_key": key}
            except IdempotencyKeyReused:
                status, answer = 422, {}
            except (PiaolianError, ValueError):
                status, answer = 503, {}
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    tell(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()
