"""Bills for archive packages: three of one kind, one of them voided."""

from __future__ import annotations

from typing import Any

from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.void import void_bill


def issue_three(platform: Any, kind: str, voided: int) -> tuple[str, list[BillNumber]]:
    """The issuer, and the numbers of its bills, anchored; that at place ``voided`` is void."""
    services = platform.services
    caller = services.caller(platform.issuer_key(kind))
    numbers = []
    for _ in range(3):
        request = platform.sample(kind)
        made = issue_bill(services.desk, caller.owner, request["business_no"], request)
        numbers.append(made.number)
    bills, wait = services.desk.bills, services.engine.wait_for
    assert wait(lambda: all(bills.find(n.key).anchored for n in numbers), 20)
    void_bill(services.desk, caller, numbers[voided], f"void-{kind}", {"reason": "MISTAKE"})
    assert wait(lambda: bills.find(numbers[voided].key).voided_at is not None, 20)
    return caller.owner, numbers
