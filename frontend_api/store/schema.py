"""Every table. Two sorts: what was accepted here (the truth until anchored), and projections,
which the indexer can rebuild from the chain's events alone.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
# SQLite gives row ids of its own only to INTEGER keys.
_AutoId = BigInteger().with_variant(Integer, "sqlite")
_Uscc = String(18)
_Address = String(42)

# --- accepted here -------------------------------------------------------------------------------

meta = Table("meta", metadata, Column("name", String(40), primary_key=True), Column("value", Text))

api_keys = Table(
    "api_keys",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("secret_hash", LargeBinary(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("owner", _Uscc, nullable=False),
    Column("name", String(160), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
)

signing_keys = Table(
    "signing_keys",
    metadata,
    Column("address", _Address, primary_key=True),
    Column("owner", _Uscc, nullable=False),
    Column("role", String(16), nullable=False),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Index("ix_signing_keys_owner", "owner", "role"),
)

# The next number to hand out; kept apart from the projection of granted segments, because it is
# known here before the chain knows it.
counters = Table(
    "counters",
    metadata,
    Column("segment_id", BigInteger, primary_key=True, autoincrement=False),
    Column("next_key", BigInteger, nullable=False),
)

# Sequential keys, not random hashes: inserts stay equally fast as the table grows.
bills = Table(
    "bills",
    metadata,
    Column("bill_key", BigInteger, primary_key=True, autoincrement=False),
    Column("segment_id", BigInteger, nullable=False),
    Column("issuer", _Uscc, nullable=False),
    Column("kind", String(40), nullable=False),
    Column("business_no", String(64), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("at_source_fen", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("holder", LargeBinary(32), nullable=False),
    Column("content_root", LargeBinary(32), nullable=False),
    Column("issued_at", BigInteger, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
    Column("sealed_seed", LargeBinary, nullable=False),
    Column("sealed_content", LargeBinary, nullable=False),
    Column("accepted_at", BigInteger, nullable=False),
    Column("anchor_by", BigInteger),  # what the receipt promises; null if none was given
    # SHA-256 of the request's canonical form; null for bills from before this column.
    Column("body_hash", LargeBinary(32)),
    UniqueConstraint("issuer", "business_no", name="uq_bills_business_no"),
    Index("ix_bills_issuer", "issuer", "bill_key"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("issuer", _Uscc, primary_key=True),
    Column("idempotency_key", String(128), primary_key=True),
    Column("body_hash", LargeBinary(32), nullable=False),
    Column("bill_key", BigInteger, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    Column("import_id", String(32), primary_key=True),
    Column("issuer", _Uscc),
    Column("idempotency_key", String(128)),
    Column("format", String(8), nullable=False),
    Column("file_name", String(255), nullable=False),
    Column("source", Text),
    Column("sha256", LargeBinary(32), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("start", BigInteger, nullable=False),
    Column("rows_total", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Text),
    Column("position", BigInteger, nullable=False),
    Column("rows_read", BigInteger, nullable=False),
    Column("accepted", BigInteger, nullable=False),
    Column("repeated", BigInteger, nullable=False),
    Column("rejected", BigInteger, nullable=False),
    Column("errors", BigInteger, nullable=False),
    Column("worked_ms", BigInteger, nullable=False),
    Column("last_keys", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    UniqueConstraint("issuer", "idempotency_key", name="uq_imports_key"),
    Index("ix_imports_state", "state", "created_at"),
)

import_errors = Table(
    "import_errors",
    metadata,
    Column("import_id", String(32), primary_key=True),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("row", BigInteger, nullable=False),
    Column("path", Text, nullable=False),
    Column("code", String(40), nullable=False),
    Column("message", Text, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    Column("owner", _Uscc, primary_key=True),
    Column("idempotency_key", String(128), primary_key=True),
    Column("body_hash", LargeBinary(32), nullable=False),
    Column("tx_id", BigInteger, nullable=False),
)

transactions = Table(
    "transactions",
    metadata,
    Column("tx_id", _AutoId, primary_key=True, autoincrement=True),
    Column("sender", _Address, nullable=False),
    Column("purpose", String(16), nullable=False),
    Column("subject", String(120), nullable=False),
    Column("to_address", _Address, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("gas", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),
    Column("nonce", BigInteger),
    Column("raw", LargeBinary),
    Column("hash", LargeBinary(32)),
    Column("error", Text),
    Column("block_number", BigInteger),
    Column("updated_at", BigInteger, nullable=False),
    Index("ix_transactions_state", "state", "sender", "tx_id"),
    Index("ix_transactions_nonce", "sender", "nonce"),
)

batches = Table(
    "batches",
    metadata,
    Column("batch_id", BigInteger, primary_key=True, autoincrement=False),
    Column("segment_id", BigInteger, nullable=False),
    Column("issuer", _Uscc, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("sum_fen", BigInteger, nullable=False),
    Column("tx_id", BigInteger, ForeignKey("transactions.tx_id"), nullable=False),
    Index("ix_batches_segment", "segment_id", "batch_id"),
    Index("ix_batches_tx", "tx_id"),
)

# --- projections of the chain's events -----------------------------------------------------------

cursor = Table(
    "cursor",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("block_number", BigInteger, nullable=False),
    Column("block_hash", LargeBinary(32), nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("block_number", BigInteger, primary_key=True, autoincrement=False),
    Column("log_index", Integer, primary_key=True, autoincrement=False),
    Column("block_hash", LargeBinary(32), nullable=False),
    Column("block_time", BigInteger, nullable=False),
    Column("transaction_hash", LargeBinary(32), nullable=False),
    Column("contract", String(24), nullable=False),
    Column("event", String(40), nullable=False),
    Column("args", Text, nullable=False),
    Column("bill_key", BigInteger),
    Index("ix_events_bill", "bill_key"),
)

issuers = Table(
    "issuers",
    metadata,
    Column("uscc", _Uscc, primary_key=True),
    Column("name", String(160), nullable=False),
    Column("region", Integer, nullable=False),
    Column("status", String(16), nullable=False),
)

payers = Table(
    "payers",
    metadata,
    Column("uscc", _Uscc, primary_key=True),
    Column("name", String(160), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("status", String(16), nullable=False),
)

chain_keys = Table(
    "chain_keys",
    metadata,
    Column("address", _Address, primary_key=True),
    Column("owner", _Uscc, nullable=False),
    Column("role", String(16), nullable=False),
    Column("revoked", Boolean, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("bill_code", String(8), primary_key=True),
    Column("kind", String(40), nullable=False),
)

segments = Table(
    "segments",
    metadata,
    Column("segment_id", BigInteger, primary_key=True, autoincrement=False),
    Column("issuer", _Uscc, nullable=False),
    Column("bill_code", String(8), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("first_key", BigInteger, nullable=False),
    Column("size", BigInteger, nullable=False),
    Index("ix_segments_issuer", "issuer", "kind"),
)

anchors = Table(
    "anchors",
    metadata,
    Column("batch_id", BigInteger, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("sum_fen", BigInteger, nullable=False),
    Column("segment_id", BigInteger, nullable=False),
    Column("issuer", _Uscc, nullable=False),
    Column("signer", _Address, nullable=False),
    Column("block_number", BigInteger, nullable=False),
    Column("block_hash", LargeBinary(32), nullable=False),
    Column("block_time", BigInteger, nullable=False),
    Column("transaction_hash", LargeBinary(32), nullable=False),
)

voids = Table(
    "voids",
    metadata,
    Column("bill_key", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", Integer, nullable=False),
    Column("block_time", BigInteger, nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("grant_id", LargeBinary(32), primary_key=True),
    Column("bill_key", BigInteger, nullable=False),
    Column("holder", LargeBinary(32), nullable=False),
    Column("payer", _Uscc, nullable=False),
    Column("purpose", LargeBinary(32), nullable=False),
    Column("field_set", LargeBinary(32), nullable=False),
    Column("cap_fen", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("no_statutory", Boolean, nullable=False),
    Column("nonce", String(78), nullable=False),
    Column("revoked", Boolean, nullable=False),
    Index("ix_grants_bill", "bill_key", "payer"),
)

claims = Table(
    "claims",
    metadata,
    Column("payer", _Uscc, primary_key=True),
    Column("bill_key", BigInteger, primary_key=True, autoincrement=False),
    Column("claim_id", LargeBinary(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reserved_fen", BigInteger, nullable=False),
    Column("approved_fen", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("statutory", Boolean, nullable=False),
    Index("ix_claims_bill", "bill_key"),
)

PROJECTIONS = (
    events, issuers, payers, chain_keys, series, segments, anchors, voids, grants, claims,
)  # fmt: skip
