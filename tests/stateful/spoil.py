"""Headers and paths with one thing wrong."""

from __future__ import annotations

from typing import Any

from .model.claims import LARGEST_AMOUNT


def spoilt_headers(header: Any) -> list[Any]:
    """What a batch does not hold: one member each is another."""
    return [
        header._replace(amount_fen=header.amount_fen + 1),
        header._replace(amount_fen=min(header.amount_fen * 10, LARGEST_AMOUNT) + 1),
        header._replace(at_source_fen=header.at_source_fen ^ 1),
        header._replace(bill_no=header.bill_no + 1),
        header._replace(bill_no=0),
        header._replace(bill_no=10**10),
        header._replace(bill_code=header.bill_code // 10),
        header._replace(currency=b"USD"),
        header._replace(holder=b"\x01" * 32),
        header._replace(content_root=b"\x02" * 32),
        header._replace(issued_at=header.issued_at + 1),
    ]


def spoilt_paths(path: list[bytes]) -> list[list[bytes]]:
    """One word altered, missing, or too much."""
    other = b"\x03" * 32
    altered = [[*path[:i], other, *path[i + 1 :]] for i in range(len(path))]
    return [*altered, [*path, other], path[:-1] if path else [other, other]]
