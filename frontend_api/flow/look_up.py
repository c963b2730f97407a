"""Look up (查验): a bill by what stands on its face, without the document."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from frontend_api.commitment.secrets import check_code
from frontend_api.domain.checks import Body
from frontend_api.domain.errors import NotFound
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.desk import Desk
from frontend_api.flow.read import open_bill
from frontend_api.ports import StoredBill

_UNKNOWN_SEED = bytes(32)


@dataclass(frozen=True, slots=True)
class Question:
    """The four facts that somebody read off a bill's face."""

    bill_code: str
    bill_no: str
    check_code: str
    amount_fen: int


def read_question(body: object) -> Question:
    """From a parsed body. Raises InvalidFields naming every bad field."""
    read = Body(body)
    question = Question(
        bill_code=read.text("bill_code", 8),
        bill_no=read.text("bill_no", 10),
        check_code=read.text("check_code", 6),
        amount_fen=read.fen("amount_fen"),
    )
    if question.bill_code and question.bill_no:
        try:
            BillNumber.of(question.bill_code, question.bill_no)
        except ValueError as e:
            read.problem("bill_code" if "code" in str(e) else "bill_no", "invalid", str(e))
    read.done()
    return question


def look_up(desk: Desk, question: Question) -> StoredBill:
    """The bill. An unknown one, a wrong code and a wrong amount answer alike (NotFound)."""
    number = BillNumber.of(question.bill_code, question.bill_no)
    stored = desk.bills.find(number.key)
    seed = open_bill(desk, stored).seed if stored else _UNKNOWN_SEED
    right = hmac.compare_digest(
        check_code(seed).encode(), question.check_code.lower().encode("utf-8", "replace")
    )
    right &= stored is not None and stored.bill.header.amount_fen == question.amount_fen
    if stored is None or not right:
        raise NotFound("no bill with this code, number, check code and amount: check each of them")
    return stored
