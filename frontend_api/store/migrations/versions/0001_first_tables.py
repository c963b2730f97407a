"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anchors",
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sum_fen", sa.BigInteger(), nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.String(length=18), nullable=False),
        sa.Column("signer", sa.String(length=42), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("transaction_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("batch_id"),
    )
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("key_id"),
    )
    op.create_table(
        "bills",
        sa.Column("bill_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.String(length=18), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("business_no", sa.String(length=64), nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.Column("at_source_fen", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("holder", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content_root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sealed_seed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.Column("accepted_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bill_key"),
        sa.UniqueConstraint("issuer", "business_no", name="uq_bills_business_no"),
    )
    op.create_index("ix_bills_issuer", "bills", ["issuer", "bill_key"], unique=False)
    op.create_table(
        "chain_keys",
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("owner", sa.String(length=18), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_table(
        "claims",
        sa.Column("payer", sa.String(length=18), nullable=False),
        sa.Column("bill_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reserved_fen", sa.BigInteger(), nullable=False),
        sa.Column("approved_fen", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("statutory", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("payer", "bill_key", "claim_id"),
    )
    op.create_index("ix_claims_bill", "claims", ["bill_key"], unique=False)
    op.create_table(
        "commands",
        sa.Column("owner", sa.String(length=18), nullable=False),
        sa.Column("idempotency_key", sa.String(length=128), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("tx_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", "idempotency_key"),
    )
    op.create_table(
        "counters",
        sa.Column("segment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("next_key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("segment_id"),
    )
    op.create_table(
        "cursor",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("block_number", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "events",
        sa.Column("block_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("block_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.Column("transaction_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("contract", sa.String(length=24), nullable=False),
        sa.Column("event", sa.String(length=40), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("bill_key", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("block_number", "log_index"),
    )
    op.create_index("ix_events_bill", "events", ["bill_key"], unique=False)
    op.create_table(
        "grants",
        sa.Column("grant_id", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bill_key", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.LargeBinary(length=32), nullable=False),
        sa.Column("payer", sa.String(length=18), nullable=False),
        sa.Column("purpose", sa.LargeBinary(length=32), nullable=False),
        sa.Column("field_set", sa.LargeBinary(length=32), nullable=False),
        sa.Column("cap_fen", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("no_statutory", sa.Boolean(), nullable=False),
        sa.Column("nonce", sa.String(length=78), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("grant_id"),
    )
    op.create_index("ix_grants_bill", "grants", ["bill_key", "payer"], unique=False)
    op.create_table(
        "idempotency",
        sa.Column("issuer", sa.String(length=18), nullable=False),
        sa.Column("idempotency_key", sa.String(length=128), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("bill_key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "idempotency_key"),
    )
    op.create_table(
        "issuers",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("region", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("uscc"),
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "payers",
        sa.Column("uscc", sa.String(length=18), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("uscc"),
    )
    op.create_table(
        "segments",
        sa.Column("segment_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.String(length=18), nullable=False),
        sa.Column("bill_code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("first_key", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("segment_id"),
    )
    op.create_index("ix_segments_issuer", "segments", ["issuer", "kind"], unique=False)
    op.create_table(
        "series",
        sa.Column("bill_code", sa.String(length=8), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("bill_code"),
    )
    op.create_table(
        "signing_keys",
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("owner", sa.String(length=18), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("sealed_key", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_index("ix_signing_keys_owner", "signing_keys", ["owner", "role"], unique=False)
    op.create_table(
        "transactions",
        sa.Column(
            "tx_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("to_address", sa.String(length=42), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=True),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tx_id"),
    )
    op.create_index("ix_transactions_nonce", "transactions", ["sender", "nonce"], unique=False)
    op.create_index(
        "ix_transactions_state", "transactions", ["state", "sender", "tx_id"], unique=False
    )
    op.create_table(
        "voids",
        sa.Column("bill_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Integer(), nullable=False),
        sa.Column("block_time", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bill_key"),
    )
    op.create_table(
        "batches",
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("segment_id", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.String(length=18), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(length=32), nullable=False),
        sa.Column("sum_fen", sa.BigInteger(), nullable=False),
        sa.Column("tx_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tx_id"],
            ["transactions.tx_id"],
        ),
        sa.PrimaryKeyConstraint("batch_id"),
    )
    op.create_index("ix_batches_segment", "batches", ["segment_id", "batch_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_batches_segment", table_name="batches")
    op.drop_table("batches")
    op.drop_table("voids")
    op.drop_index("ix_transactions_state", table_name="transactions")
    op.drop_index("ix_transactions_nonce", table_name="transactions")
    op.drop_table("transactions")
    op.drop_index("ix_signing_keys_owner", table_name="signing_keys")
    op.drop_table("signing_keys")
    op.drop_table("series")
    op.drop_index("ix_segments_issuer", table_name="segments")
    op.drop_table("segments")
    op.drop_table("payers")
    op.drop_table("meta")
    op.drop_table("issuers")
    op.drop_table("idempotency")
    op.drop_index("ix_grants_bill", table_name="grants")
    op.drop_table("grants")
    op.drop_index("ix_events_bill", table_name="events")
    op.drop_table("events")
    op.drop_table("cursor")
    op.drop_table("counters")
    op.drop_table("commands")
    op.drop_index("ix_claims_bill", table_name="claims")
    op.drop_table("claims")
    op.drop_table("chain_keys")
    op.drop_index("ix_bills_issuer", table_name="bills")
    op.drop_table("bills")
    op.drop_table("api_keys")
    op.drop_table("anchors")
