"""What the tests of the flow ask of a platform again and again."""

from __future__ import annotations

from typing import Any

from in_memory.platform import MemoryPlatform
from in_memory.values import BUREAU

from frontend_api.commitment.secrets import check_code, token
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.read import open_bill
from frontend_api.ports import StoredBill

WALLET = b"\7" * 32


def stored_of(home: MemoryPlatform, number: BillNumber) -> StoredBill:
    stored = home.bills.find(number.key)
    assert stored is not None
    return stored


def codes_of(home: MemoryPlatform, number: BillNumber) -> dict[str, str]:
    seed = open_bill(home.desk, stored_of(home, number)).seed
    return {"check_code": check_code(seed), "token": token(seed)}


def consent_for(home: MemoryPlatform, number: BillNumber, **change: Any) -> dict[str, Any]:
    return {
        "payer": BUREAU,
        "cap_fen": 5_000,
        "expires_at": home.clock.now + 1_000,
        **codes_of(home, number),
        **change,
    }
