"""Receipts: by when a bill was promised to be on the chain"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bills", sa.Column("anchor_by", sa.BigInteger(), nullable=True))
    op.create_index("ix_batches_tx", "batches", ["tx_id"])


def downgrade() -> None:
    op.drop_index("ix_batches_tx", "batches")
    op.drop_column("bills", "anchor_by")
