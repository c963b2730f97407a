"""Actions about bill codes, requests, segments and their write-off."""

from __future__ import annotations

from contracts.support.world import BEIJING, CODE, DONGCHENG, HEBEI, OTHER_CODE, PLATFORM

from .machine import Draft, Machine, action
from .model.numbers import NUMBERS_OF_A_CODE
from .model.rules import LARGEST, ZERO_CODE, Role, Standing
from .stage import CODES, KIND, NO_REGIONS, OTHER_KIND

NEW_SERIES = {10_000_000: 100_000, 11010127: DONGCHENG, 11020128: BEIJING, 99_999_999: PLATFORM}
MAIN = (1, 2)  # the segments that most bills come from
COUNTS = [1, 2, 5, 12]


class SeriesRules(Machine):
    def _not_open(self) -> list[int]:
        return [code for code in NEW_SERIES if code not in self.model.numbers.series]

    @action("caller", "code", "kind", "region", possible=_not_open)
    def open_series(self, draft: Draft) -> None:
        opened = list(self.model.numbers.series)
        code = draft.pick("code", self._not_open(), [*opened, 9_999_999, 100_000_000, 0])
        kind = draft.pick("kind", [KIND, "k" * 32], [""])
        own = [NEW_SERIES.get(code, PLATFORM), PLATFORM]
        region = draft.pick("region", own, [HEBEI, *NO_REGIONS])
        self.act(draft, "open_series", region, code, kind, region)

    @action("caller")
    def appoint_bills(self, draft: Draft) -> None:
        """Possible once; afterwards every call is refused."""
        self.act(draft, "appoint_bills", PLATFORM, self.model.addresses["BillRegistry"])

    @action("caller")
    def set_stock_limit(self, draft: Draft) -> None:
        limit = draft.pick("limit", [0, 1, 5, 20, LARGEST, LARGEST])
        self.act(draft, "set_stock_limit", PLATFORM, limit)

    def _admitted(self) -> list[bytes]:
        issuers = self.model.institutions.issuers
        return [uscc for uscc in issuers if issuers[uscc].standing is not Standing.REVOKED]

    @action("caller", "uscc", "kind", possible=_admitted)
    def allow_kind(self, draft: Draft) -> None:
        admitted = self._admitted()
        revoked = [u for u in self.model.institutions.issuers if u not in admitted]
        uscc = draft.pick("uscc", admitted, [*revoked, ZERO_CODE, *CODES[:1]])
        kind = draft.pick("kind", [KIND, KIND, OTHER_KIND], [""])
        allowed = draft.pick("allowed", [True, True, False])
        region = self.model.institutions.region("issuer", uscc)
        self.act(draft, "allow_kind", region, uscc, kind, allowed)


class GrantingRules(Machine):
    def _grantable(self) -> list[tuple[bytes, int]]:
        """(issuer, code) for which one number would be granted now."""
        first = self.officer()
        return [
            (uscc, code)
            for uscc in self.model.institutions.issuers for code in self.model.numbers.series
            if self.model.allows("grant_numbers", first, uscc, code, 1)
        ]  # fmt: skip

    def _grantings(self) -> list[tuple[bytes, int]]:
        issuers = [*self.model.institutions.issuers, ZERO_CODE]
        return [(u, c) for u in issuers for c in (*self.model.numbers.series, 10_000_000)]

    def _count(self, draft: Draft, code: int) -> int:
        series = self.model.numbers.series.get(code)
        free = NUMBERS_OF_A_CODE + 1 - series.next_no if series else 1
        # All that is free is seldom taken: nothing could be granted of that code any more.
        most = [free] if code in NEW_SERIES else []
        return int(draft.pick("count", COUNTS + most, [0, free + 1, LARGEST]))

    @action("caller", "case", "case", "count", possible=_grantable)
    def grant_numbers(self, draft: Draft) -> None:
        valid = self._grantable()
        first = self.officer()
        wrong = self.one_of_each(
            self._grantings(), lambda case: self.model.refusals("grant_numbers", first, *case, 1)
        )
        uscc, code = draft.pick("case", valid, wrong)
        count = self._count(draft, code)
        region = self.model.institutions.region("issuer", uscc)
        self.act(draft, "grant_numbers", region, uscc, code, count)

    def _askable(self) -> list[tuple[str, int]]:
        live = self.model.keys.live(Role.ISSUER)
        return [
            (key, code)
            for key in live for code in self.model.numbers.series
            if self.model.allows("request_numbers", key, code, 1)
        ]  # fmt: skip

    @action("case", "case", "caller", "code", "count", possible=_askable)
    def request_numbers(self, draft: Draft) -> None:
        valid = self._askable()
        keys = self.model.keys.by_address
        others = [(key, code) for key in keys for code in (CODE, OTHER_CODE)]
        wrong = self.one_of_each(
            others, lambda case: self.model.refusals("request_numbers", *case, 1)
        )
        key, code = draft.pick("case", valid, wrong)
        code = draft.pick("code", [code], [c for c in NEW_SERIES if (key, c) not in valid])
        count = self._count(draft, code)
        self.send(draft, "request_numbers", [key], code, count)

    def _requests(self, function: str) -> list[int]:
        requests = self.model.numbers.requests
        return [
            number for number in requests
            if any(self.model.allows(function, one, number) for one in self.model.office.officers)
        ]  # fmt: skip

    def _decide(self, draft: Draft, function: str) -> None:
        valid = self._requests(function)
        total = len(self.model.numbers.requests)
        wrong = [n for n in range(total + 2) if n not in valid]
        number = draft.pick("request", valid, wrong)
        asked = self.model.numbers.requests.get(number)
        region = self.model.institutions.region("issuer", asked.issuer) if asked else PLATFORM
        self.act(draft, function, region, number)

    @action("caller", "request", possible=lambda self: self._requests("approve_request"))
    def approve_request(self, draft: Draft) -> None:
        self._decide(draft, "approve_request")

    @action("caller", "request", possible=lambda self: self._requests("grant_request"))
    def grant_request(self, draft: Draft) -> None:
        self._decide(draft, "grant_request")


class SegmentRules(Machine):
    def _holders(self, segment_id: int) -> list[str]:
        return self.keys_of(self.model.numbers.segments[segment_id].issuer, Role.ISSUER)

    def _segments(self, function: str, *args: object) -> list[int]:
        """Segments for which an issuer's call would be accepted; the main ones only for want
        of others."""
        segments = self.model.numbers.segments
        found = [n for n in segments if self._segment_allows(function, n, *args)]
        return [number for number in found if number not in MAIN] or found

    def _segment_allows(self, function: str, number: int, *args: object) -> bool:
        keys = self.keys_of(self.model.numbers.segments[number].issuer, Role.ISSUER)
        return bool(keys) and self.model.allows(function, keys[0], number, *args)

    def _spoilt(self, valid: list[int]) -> list[int]:
        return [n for n in self.model.numbers.segments if n not in valid]

    @action(
        "caller", "segment", "count", "outlet",
        possible=lambda self: self._segments("split_segment", 1, "o"),
    )  # fmt: skip
    def split_segment(self, draft: Draft) -> None:
        valid = self._segments("split_segment", 1, "o")
        number = draft.pick("segment", valid, self._spoilt(valid))
        unused = self.model.numbers.unused(number)
        most = max(1, min(unused, self.model.numbers.segments[number].count - 1))
        count = draft.amount("count", most, [unused, LARGEST])
        outlet = draft.pick("outlet", ["outlet 1", "o" * 32], [""])
        self.send(draft, "split_segment", self._holders(number), number, count, outlet)

    @action("caller", "segment", possible=lambda self: self._segments("return_unused"))
    def return_unused(self, draft: Draft) -> None:
        valid = self._segments("return_unused")
        number = draft.pick("segment", valid, self._spoilt(valid))
        self.send(draft, "return_unused", self._holders(number), number)

    def _count_of(self, number: int) -> tuple[int, int, int]:
        segment = self.model.numbers.segments[number]
        voided = self.model.bills.voided_in(number)
        return segment.count - voided, voided, segment.returned

    def _fileable(self) -> list[int]:
        return [
            number
            for number in self.model.numbers.segments
            if self._segment_allows("file_write_off", number, *self._count_of(number))
        ]

    @action("caller", "segment", "issued", "voided", "unused", possible=_fileable)
    def file_write_off(self, draft: Draft) -> None:
        valid = self._fileable()
        number = draft.pick("segment", valid, self._spoilt(valid))
        counts = [
            draft.pick(name, [count], [count + 1, max(0, count - 1), LARGEST])
            for name, count in zip(
                ("issued", "voided", "unused"), self._count_of(number), strict=True
            )
        ]
        self.send(draft, "file_write_off", self._holders(number), number, *counts)

    def _filed(self) -> list[int]:
        segments = self.model.numbers.segments
        return [n for n in segments if segments[n].closed.name == "FILED"]

    @action("caller", "segment", possible=_filed)
    def audit_write_off(self, draft: Draft) -> None:
        valid = self._filed()
        number = draft.pick("segment", valid, [*self._spoilt(valid), LARGEST])
        segment = self.model.numbers.segments.get(number)
        region = self.model.institutions.region("issuer", segment.issuer) if segment else PLATFORM
        self.act(draft, "audit_write_off", region, number)
