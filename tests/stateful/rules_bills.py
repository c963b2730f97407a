"""Actions about a bill after it was issued: its end, its paper, and the supervisor's word."""

from __future__ import annotations

from typing import Any

from .machine import Draft, Machine, action
from .model.bills import Proof
from .model.rules import Paper, Role, Validity
from .spoil import spoilt_headers, spoilt_paths

Bill = tuple[int, int]  # key, batch


class BillRules(Machine):
    def _bills(self, function: str, *args: Any) -> list[Bill]:
        """Bills of which an issuer's call would be accepted."""
        found = []
        for key, batch_id in self.model.bills.known_bills():
            keys = self.keys_of(self.model.bills.issuer_of(batch_id), Role.ISSUER)
            if keys and self.model.allows(function, keys[0], key, batch_id, *args):
                found.append((key, batch_id))
        return found

    def _bill(self, draft: Draft, valid: list[Bill]) -> tuple[str, int, int]:
        """A bill and its issuer's key; spoiled: a bill in another state, batch or hand."""
        wrong = [bill for bill in self.model.bills.known_bills() if bill not in valid]
        key, batch_id = draft.pick("bill", valid, wrong)
        owners = self.keys_of(self.model.bills.issuer_of(batch_id), Role.ISSUER)
        caller = self.caller(draft, owners or ["0x" + "11" * 20])
        batches = [b for b in self.model.bills.batches if b != batch_id]
        return caller, key, draft.pick("batch", [batch_id], [*batches, 0, batch_id + 1])

    @action("caller", "bill", "batch", "reason", possible=lambda self: self._bills("void", 1))
    def void(self, draft: Draft) -> None:
        caller, *bill = self._bill(draft, self._bills("void", 1))
        self.do("void", caller, *bill, draft.pick("reason", [1, 255], [0]))

    def _swappable(self) -> list[Bill]:
        return self._bills("swap_to_paper", "P")

    @action("caller", "bill", "batch", "paper", possible=_swappable)
    def swap_to_paper(self, draft: Draft) -> None:
        caller, *bill = self._bill(draft, self._swappable())
        paper = draft.pick("paper", ["P 2", "p" * 32], [""])
        self.do("swap_to_paper", caller, *bill, paper)

    def _out(self) -> list[Bill]:
        return self._bills("recover_paper")

    @action("caller", "bill", "batch", possible=_out)
    def recover_paper(self, draft: Draft) -> None:
        self.do("recover_paper", *self._bill(draft, self._out()))


class AttestingRules(Machine):
    def _disputed(self) -> list[int]:
        bills = self.model.bills
        return [batch_id for batch_id in bills.batches if bills.disputed(batch_id)]

    @action("caller", "batch", possible=_disputed)
    def attest_batch(self, draft: Draft) -> None:
        valid = self._disputed()
        wrong = [batch_id for batch_id in self.model.bills.batches if batch_id not in valid]
        batch_id = draft.pick("batch", valid, [*wrong, 0, valid[0] + 1])
        self.do("attest_batch", self.supervisor(draft), batch_id)

    def _attestable(self) -> list[Bill]:
        supervisor = self.model.office.supervisor
        known = self.model.bills.known_bills()
        return [bill for bill in known if self.model.allows("attest_bill", supervisor, *bill)]

    @action("caller", "bill", possible=_attestable)
    def attest_bill(self, draft: Draft) -> None:
        valid = self._attestable()
        wrong = [bill for bill in self.model.bills.known_bills() if bill not in valid]
        bill = draft.pick("bill", valid, [*wrong, (valid[0][0], 0)])
        self.do("attest_bill", self.supervisor(draft), *bill)


class ReversalRules(Machine):
    def _proof(self, bill: Bill) -> Proof:
        bills = self.model.bills
        return bills.headers()[bill], bill[1], bills.path(*bill)

    def _reversals(self) -> list[tuple[str, Bill, Bill]]:
        """(issuer's key, bill, red bill) that would be accepted."""
        headers = self.model.bills.headers()
        fresh = [bill for bill in headers if self._looks_fresh(bill)]
        return [
            (keys[0], bill, red)
            for bill in headers
            if self.model.bills.life(bill[0]).validity is Validity.ISSUED
            and (keys := self.keys_of(self.model.bills.issuer_of(bill[1]), Role.ISSUER))
            for red in fresh
            if headers[red].amount_fen == headers[bill].amount_fen
            and self.model.allows(
                "reverse", keys[0], self._proof(bill), self._proof(red), 0, 0, 1
            )
        ]  # fmt: skip

    def _looks_fresh(self, bill: Bill) -> bool:
        bills = self.model.bills
        life = bills.life(bill[0])
        untouched = life.validity is Validity.ISSUED and life.paper is Paper.NONE
        return untouched and bill[0] not in bills.links

    def _replacements(self, key: str, bill: Bill, red: Bill) -> list[Bill]:
        """Bills that could stand for one; (0, 0) is none."""
        proofs = self._proof(bill), self._proof(red)
        fresh = [(0, 0), *(b for b in self.model.bills.headers() if self._looks_fresh(b))]
        return [one for one in fresh if self.model.allows("reverse", key, *proofs, *one, 1)]

    @action(
        "caller", "bill", "red", "replacement", "reason", "header", "path", "red path",
        possible=_reversals,
    )  # fmt: skip
    def reverse(self, draft: Draft) -> None:
        key, bill, red = draft.pick("case", self._reversals())
        new = draft.pick("replacement", self._replacements(key, bill, red), self._wrong(bill, red))
        everyone = list(self.model.bills.headers())
        original = self._proof(draft.pick("bill", [bill], everyone))
        taking = self._proof(draft.pick("red", [red], [*everyone, bill]))
        header = draft.pick("header", [original[0]], spoilt_headers(original[0]))
        path = draft.pick("path", [original[2]], spoilt_paths(original[2]))
        red_path = draft.pick("red path", [taking[2]], spoilt_paths(taking[2]))
        proofs = (header, original[1], path), (*taking[:2], red_path)
        reason = draft.pick("reason", [1, 255], [0])
        self.do("reverse", self.caller(draft, [key]), *proofs, *new, reason)

    def _wrong(self, bill: Bill, red: Bill) -> list[Bill]:
        bills = self.model.bills
        return [bill, red, (bill[0], 0), *bills.known_bills()]
