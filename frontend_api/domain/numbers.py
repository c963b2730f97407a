"""Bill codes, bill numbers, keys and segments (票据代码、票据号码、号段)."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBERS_PER_CODE = 10**10
_CODE = re.compile(r"[1-9][0-9]{7}\Z")
_NUMBER = re.compile(r"[0-9]{10}\Z")


@dataclass(frozen=True, slots=True, order=True)
class BillNumber:
    """A bill's code and number; ``key`` is both in one integer, as the contracts use it.

    The code has eight digits: region 2, category 2, type 2, year 2. Numbers run from 1.
    """

    key: int

    def __post_init__(self) -> None:
        code, number = divmod(self.key, NUMBERS_PER_CODE)
        if not 10**7 <= code < 10**8 or number < 1:
            raise ValueError(f"{self.key} is not a bill key: eight digits of code, ten of number")

    @classmethod
    def of(cls, code: str, number: str) -> BillNumber:
        """Parse the two texts on a bill's face. Raises ValueError naming the one that is wrong."""
        if not _CODE.match(code):
            raise ValueError("bill code must be 8 digits and not begin with 0")
        if not _NUMBER.match(number) or int(number) == 0:
            raise ValueError("bill number must be 10 digits, from 0000000001")
        return cls(int(code) * NUMBERS_PER_CODE + int(number))

    @property
    def code(self) -> str:
        return f"{self.key // NUMBERS_PER_CODE:08d}"

    @property
    def number(self) -> str:
        return f"{self.key % NUMBERS_PER_CODE:010d}"

    @property
    def year(self) -> int:
        """Full year that the code stands for, such as 2026."""
        return 2000 + self.key // NUMBERS_PER_CODE % 100

    def __str__(self) -> str:
        return f"{self.code}-{self.number}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A contiguous run of numbers of one code that the supervisor granted (号段)."""

    segment_id: int
    issuer: str
    first_key: int
    count: int

    @property
    def end_key(self) -> int:
        """The key after the last one."""
        return self.first_key + self.count
