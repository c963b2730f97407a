"""Actions about a bill after it was issued: its end, its paper, and the supervisor's word."""

from __future__ import annotations

from typing import Any

from .machine import NOBODY, Draft, Machine, action
from .model.bills import Proof
from .model.rules import Paper, Role, Validity
from .spoil import spoilt_headers, spoilt_paths

Bill = tuple[int, int]  # key, batch


class BillRules(Machine):
    def _bills(self, function: str, *args: Any) -> list[Bill]:
        """Bills of which an issuer's call would be accepted."""
        known = self.model.bills.known_bills()
        return [bill for bill in known if not self._refused(function, bill, *args)]

    def _refused(self, function: str, bill: Bill, *args: Any) -> frozenset[str]:
        keys = self.keys_of(self.model.bills.issuer_of(bill[1]), Role.ISSUER)
        return self.model.refusals(function, (keys or [NOBODY])[0], *bill, *args)

    def _send_about(self, draft: Draft, function: str, good: Any = None, said: Any = None) -> None:
        """A call about a bill by its issuer's key; spoiled: a bill in another state, batch or
        hand. `good` stands for the last argument, when there is one, until it is `said`."""
        args = () if good is None else (good,)
        wrong = self.one_of_each(
            self.model.bills.known_bills(), lambda bill: self._refused(function, bill, *args)
        )
        key, batch_id = draft.pick("bill", self._bills(function, *args), wrong)
        owners = self.keys_of(self.model.bills.issuer_of(batch_id), Role.ISSUER)
        batches = [b for b in self.model.bills.batches if b != batch_id]
        batch_id = draft.pick("batch", [batch_id], [*batches, 0, batch_id + 1])
        self.send(draft, function, owners, key, batch_id, *(() if good is None else (said,)))

    @action(
        "caller",
        "bill",
        "bill",
        "bill",
        "batch",
        "reason",
        possible=lambda self: self._bills("void", 1),
    )
    def void(self, draft: Draft) -> None:
        self._send_about(draft, "void", 1, draft.pick("reason", [1, 255], [0]))

    def _swappable(self) -> list[Bill]:
        return self._bills("swap_to_paper", "P")

    @action("caller", "bill", "bill", "bill", "batch", "paper", possible=_swappable)
    def swap_to_paper(self, draft: Draft) -> None:
        paper = draft.pick("paper", ["P 2", "p" * 32], [""])
        self._send_about(draft, "swap_to_paper", "P", paper)

    def _out(self) -> list[Bill]:
        return self._bills("recover_paper")

    @action("caller", "bill", "bill", "batch", possible=_out)
    def recover_paper(self, draft: Draft) -> None:
        self._send_about(draft, "recover_paper")


class AttestingRules(Machine):
    def _disputed(self) -> list[int]:
        bills = self.model.bills
        return [batch_id for batch_id in bills.batches if bills.disputed(batch_id)]

    @action("caller", "batch", possible=_disputed)
    def attest_batch(self, draft: Draft) -> None:
        valid = self._disputed()
        wrong = [batch_id for batch_id in self.model.bills.batches if batch_id not in valid]
        batch_id = draft.pick("batch", valid, [*wrong, 0, valid[0] + 1])
        self.act(draft, "attest_batch", self._region_of_batch(batch_id), batch_id)

    def _attestable(self) -> list[Bill]:
        first = self.officer()
        known = self.model.bills.known_bills()
        return [bill for bill in known if self.model.allows("attest_bill", first, *bill)]

    def _region_of_batch(self, batch_id: int) -> int:
        known = batch_id in self.model.bills.batches
        issuer = self.model.bills.issuer_of(batch_id) if known else b""
        return self.model.institutions.region("issuer", issuer)

    @action("caller", "bill", "bill", possible=_attestable)
    def attest_bill(self, draft: Draft) -> None:
        valid, first = self._attestable(), self.officer()
        wrong = self.one_of_each(
            self.model.bills.known_bills(),
            lambda bill: self.model.refusals("attest_bill", first, *bill),
        )
        bill = draft.pick("bill", valid, [*wrong, (valid[0][0], 0)])
        self.act(draft, "attest_bill", self._region_of_batch(bill[1]), *bill)


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
        untouched = untouched and not life.attested
        return untouched and bill[0] not in bills.links

    def _replacements(self, key: str, bill: Bill, red: Bill) -> list[Bill]:
        """Bills that could stand for one; (0, 0) is none."""
        proofs = self._proof(bill), self._proof(red)
        fresh = [(0, 0), *(b for b in self.model.bills.headers() if self._looks_fresh(b))]
        return [one for one in fresh if self.model.allows("reverse", key, *proofs, *one, 1)]

    @action(
        "caller", "bill", "bill", "red", "red", "replacement", "replacement", "reason",
        "header", "path", "red path",
        possible=_reversals,
    )  # fmt: skip
    def reverse(self, draft: Draft) -> None:
        key, bill, red = draft.pick("case", self._reversals())
        new = draft.pick("replacement", self._replacements(key, bill, red), self._wrong(bill, red))
        everyone = list(self.model.bills.headers())
        original = self._proof(draft.pick("bill", [bill], self._wrong_bills(key, red, everyone)))
        taking = self._proof(draft.pick("red", [red], self._wrong_reds(key, original, everyone)))
        header = draft.pick("header", [original[0]], spoilt_headers(original[0]))
        path = draft.pick("path", [original[2]], spoilt_paths(original[2]))
        red_path = draft.pick("red path", [taking[2]], spoilt_paths(taking[2]))
        proofs = (header, original[1], path), (*taking[:2], red_path)
        reason = draft.pick("reason", [1, 255], [0])
        self.send(draft, "reverse", [key], *proofs, *new, reason)

    def _wrong_bills(self, key: str, red: Bill, everyone: list[Bill]) -> list[Bill]:
        def refusals(bill: Bill) -> frozenset[str]:
            return self.model.refusals("reverse", key, self._proof(bill), self._proof(red), 0, 0, 1)

        return self.one_of_each(everyone, refusals)

    def _wrong_reds(self, key: str, original: Proof, everyone: list[Bill]) -> list[Bill]:
        def refusals(red: Bill) -> frozenset[str]:
            return self.model.refusals("reverse", key, original, self._proof(red), 0, 0, 1)

        return self.one_of_each(everyone, refusals)

    def _wrong(self, bill: Bill, red: Bill) -> list[Bill]:
        bills = self.model.bills
        return [bill, red, (bill[0], 0), *bills.known_bills()]
