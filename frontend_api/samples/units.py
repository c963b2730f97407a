"""Invented units that pay fees; the names say that they are samples."""

from __future__ import annotations

from dataclasses import dataclass

from frontend_api.domain.uscc import check_character


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its USCC (18 characters, right check character) and name."""

    uscc: str
    name: str


def unit(first_17: str, name: str) -> Unit:
    """A unit from the first 17 characters of its USCC."""
    return Unit(first_17 + check_character(first_17), name)


UNITS = (
    unit("91460000DEM000101", "琼州远航贸易有限公司（样例）"),
    unit("91460000DEM000102", "琼州椰林酒店有限公司（样例）"),
    unit("91460000DEM000103", "琼州蓝湾海洋科技股份有限公司（样例）"),
    unit("92460000DEM000104", "琼州老街咖啡馆（样例）"),
)
