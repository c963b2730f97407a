"""Bill codes, numbers, keys and segments."""

from __future__ import annotations

import pytest

from frontend_api.domain.numbers import BillNumber, Segment


def test_key__code_and_number__are_readable_in_it() -> None:
    number = BillNumber.of("46060126", "0000000123")
    assert number.key == 460601260000000123
    assert (number.code, number.number, number.year) == ("46060126", "0000000123", 2026)
    assert str(number) == "46060126-0000000123"


def test_of__first_and_last_number__taken() -> None:
    assert BillNumber.of("10000000", "0000000001").key == 100000000000000001
    assert BillNumber.of("99999999", "9999999999").key == 999999999999999999


@pytest.mark.parametrize(
    "code", ["", "4606012", "460601260", "06060126", "4606012a", "４６０６０１２６", "46060126\n"]
)
def test_of__bad_code__names_the_code(code: str) -> None:
    with pytest.raises(ValueError, match="bill code"):
        BillNumber.of(code, "0000000001")


@pytest.mark.parametrize(
    "number", ["", "1", "000000001", "00000000001", "0000000000", "000000000١", "0000000001\n"]
)
def test_of__bad_number__names_the_number(number: str) -> None:
    with pytest.raises(ValueError, match="bill number"):
        BillNumber.of("46060126", number)


@pytest.mark.parametrize("key", [0, -1, 460601260000000000, 10**17 - 1, 10**18, 2**64])
def test_key__not_eight_and_ten_digits__refused(key: int) -> None:
    with pytest.raises(ValueError, match="is not a bill key"):
        BillNumber(key)


def test_numbers__sorted__run_by_code_and_then_number() -> None:
    first, second = BillNumber.of("46060126", "9999999999"), BillNumber.of("46060127", "0000000001")
    assert sorted([second, first]) == [first, second]


def test_segment__count__gives_the_key_after_the_last() -> None:
    segment = Segment(1, "12460000DEM0000012", 460601260000000001, 100)
    assert segment.end_key == 460601260000000101
