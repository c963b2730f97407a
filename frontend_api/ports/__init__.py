"""What the flow needs from the world, as Protocols; adapters are built in ``bootstrap`` alone."""

from __future__ import annotations

from typing import Protocol

from frontend_api.ports.chain import (
    ChainAmounts,
    ChainBatch,
    ChainBillState,
    ChainBlock,
    ChainHead,
    ChainIssuer,
    ChainKey,
    ChainLog,
    ChainReader,
    LogReader,
)
from frontend_api.ports.imports import (
    BillRow,
    BulkStore,
    BusinessNoTaken,
    ChunkResult,
    Crew,
    ImportFiles,
    ImportFormat,
    ImportJob,
    ImportState,
    ImportStore,
    KnownBill,
    NewImport,
    Receiving,
    RowError,
    Run,
    Runs,
    Series,
)
from frontend_api.ports.secrets import Caller, Keys, Vault
from frontend_api.ports.sending import (
    Call,
    Calls,
    ChainSender,
    Commands,
    NewTransaction,
    Outbox,
    Purpose,
    Receipt,
    Transaction,
    TxState,
)
from frontend_api.ports.storage import (
    Acceptance,
    Anchored,
    BatchStore,
    BillQuery,
    BillStore,
    NewBill,
    SealedBatch,
    StoredBill,
    WaitingSegment,
)
from frontend_api.ports.trust import FaceComparer, TrustedDeployments
from frontend_api.ports.views import ClaimRecord, PayerRecord, Projections, TrailEvent, Views

__all__ = [
    "Acceptance",
    "Anchored",
    "BatchStore",
    "BillQuery",
    "BillRow",
    "BillStore",
    "BulkStore",
    "BusinessNoTaken",
    "Call",
    "Caller",
    "Calls",
    "ChainAmounts",
    "ChainBatch",
    "ChainBillState",
    "ChainBlock",
    "ChainHead",
    "ChainIssuer",
    "ChainKey",
    "ChainLog",
    "ChainReader",
    "ChainSender",
    "ChunkResult",
    "ClaimRecord",
    "Clock",
    "Commands",
    "Crew",
    "FaceComparer",
    "ImportFiles",
    "ImportFormat",
    "ImportJob",
    "ImportState",
    "ImportStore",
    "Keys",
    "KnownBill",
    "LogReader",
    "NewBill",
    "NewImport",
    "NewTransaction",
    "Outbox",
    "PayerRecord",
    "Projections",
    "Purpose",
    "Receipt",
    "Receiving",
    "RowError",
    "Run",
    "Runs",
    "SealedBatch",
    "Series",
    "StoredBill",
    "TrailEvent",
    "Transaction",
    "TrustedDeployments",
    "TxState",
    "Vault",
    "Views",
    "WaitingSegment",
]


class Clock(Protocol):
    """Time as an argument: seconds since the epoch."""

    def __call__(self) -> int: ...
