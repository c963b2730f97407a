"""Actions that issue bills: sent by the issuer's key, or signed by it and carried."""

from __future__ import annotations

from typing import Any

from contracts.support.signed import Signed
from contracts.support.world import START, Header, word_of
from eth_utils import keccak

from .machine import Draft, Machine, action
from .model.bills import LARGEST_SUM
from .model.rules import DAY, ZERO_WORD, Role
from .stage import tree_of

Said = tuple[int, int, int, bytes, int]  # segment, first key, count, root, sum


class BatchRules(Machine):
    def _anchorable(self, keys: list[str] | None = None) -> list[tuple[str, int]]:
        """(key, segment) that can anchor at least one bill."""
        live = self.model.keys.live(Role.ISSUER)
        numbers, owners = self.model.numbers, self.model.keys.by_address
        return [
            (key, number)
            for key in live if keys is None or key in keys
            for number, segment in numbers.segments.items()
            if segment.issuer == owners[key].owner and numbers.unused(number)
        ]  # fmt: skip

    def _signable(self) -> list[tuple[str, int]]:
        return self._anchorable(list(self.stage.signers))

    def _headers(self, draft: Draft, number: int, ahead: int) -> list[Header]:
        """Up to three bills that differ in number and content alone: so one of them can take
        back another, and the third replace it."""
        segment = self.model.numbers.segments[number]
        first = segment.first + self.model.bills.consumed(number) + ahead
        most = min(3, self.model.numbers.unused(number) - ahead)
        count = draft.pick("bills", range(1, most + 1))
        amount = draft.pick("amount", [1, 100, 100_000, LARGEST_SUM, LARGEST_SUM + 1])
        at_source = draft.pick("at source", [0, 0, 1, amount // 2, amount, amount + 1])
        holder = draft.pick("holder", self.stage.holders)
        issued = draft.pick(
            "issued",
            [0, -60, 0, DAY, DAY + 1, -31 * DAY, -31 * DAY - 1],
        )
        return [
            Header(
                bill_code=segment.bill_code,
                bill_no=first + index,
                amount_fen=amount,
                at_source_fen=at_source,
                currency=b"CNY",
                holder=word_of(holder.address),
                content_root=keccak(text=f"content {self.fresh()}"),
                issued_at=max(START - 60 * DAY, self.now + issued),
            )
            for index in range(count)
        ]

    def _said(self, draft: Draft, number: int, ahead: int = 0) -> Said:
        headers = self._headers(draft, number, ahead)
        root = tree_of(self.stage.world, self.bench, headers).root
        total = min(LARGEST_SUM, sum(header.amount_fen for header in headers))
        unused = self.model.numbers.unused(number)
        first = headers[0].key
        return (
            draft.pick("segment", [number], [0, *self.model.numbers.segments]),
            draft.pick("first", [first], [first - 1, first + 1, first + len(headers)]),
            draft.pick("count", [len(headers)], [0, unused + 1, 2**32 - 1]),
            draft.pick("root", [root], [ZERO_WORD]),
            draft.pick("sum", [total, 1], [0, LARGEST_SUM + 1]),
        )

    @action("caller", "segment", "first", "count", "root", "sum", possible=_anchorable)
    def anchor(self, draft: Draft) -> None:
        key, number = draft.pick("case", self._anchorable())
        said = self._said(draft, number)
        self.send(draft, "anchor", [key], *said)

    @action(
        "none", "segment", "first", "count", "root", "sum", "signer", "deadline", "said",
        "signature", possible=_signable,
    )  # fmt: skip
    def anchor_signed(self, draft: Draft) -> None:
        carrier = draft.pick("carrier", self.stage.actors)
        batches: list[Signed] = []
        ahead: dict[int, int] = {}
        for _ in range(0 if draft.spoiled == "none" else draft.pick("batches", (1, 1, 2))):
            free = [
                (key, number) for key, number in self._signable()
                if self.model.numbers.unused(number) > ahead.get(number, 0)
            ]  # fmt: skip
            if not free:
                break
            key, number = draft.pick("case", free)
            said = self._said(draft, number, ahead.get(number, 0))
            batches.append(self._signed(draft, key, said))
            ahead[number] = ahead.get(number, 0) + said[2]
        self.do("anchor_signed", carrier, batches)

    def _signed(self, draft: Draft, key: str, said: Said) -> Signed:
        deadline = draft.pick("deadline", [self.now, self.now + 3_600], [self.now - 1, 0])
        others = [one for one in self.stage.signers if one != key]
        signer = self.stage.signers[draft.pick("signer", [key], others)]
        unsigned = (*said, deadline)
        signature = self.stage.sign_batch(self.bench, signer, unsigned)
        carried = draft.pick("said", [unsigned], _altered(unsigned))
        malformed = [signature[:64], signature[:64] + b"\x1d", b""]
        return Signed(*carried, draft.pick("signature", [signature], malformed))


def _altered(unsigned: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    """The same batch with one thing changed after it was signed."""
    segment, first, count, root, total, deadline = unsigned
    return [
        (segment, first, count, root, total, deadline + 1),
        (segment, first, count, root, total ^ 2, deadline),
        (segment, first, count, root[::-1], total, deadline),
    ]
