# pragma version 0.4.3
"""
@title Bill codes, bill numbers and bill keys
@license Apache-2.0
@notice A bill is named by an 8-digit code and a 10-digit number. Its key is
        `code * 10**10 + number`: readable in decimal, and less than 10**18.
"""

# The smallest and largest code of exactly eight digits.
MIN_CODE: constant(uint64) = 10_000_000
MAX_CODE: constant(uint64) = 99_999_999
# Number 0 is never granted, so that a zero is never a bill; ten digits at most.
MIN_NO: constant(uint64) = 1
MAX_NO: constant(uint64) = 10**10 - 1
# One code spans ten digits of numbers.
NUMBERS_PER_CODE: constant(uint64) = 10**10


@internal
@pure
def _is_code(bill_code: uint64) -> bool:
    return bill_code >= MIN_CODE and bill_code <= MAX_CODE


@internal
@pure
def _key_of(bill_code: uint64, bill_no: uint64) -> uint64:
    """
    @dev One key for one (code, number) and no other: both parts are checked, so
         that no second pair adds up to the same key.
    @custom:invariant INV-4 (code, number) names one bill for ever.
    """
    assert self._is_code(bill_code), "bill: code not eight digits"
    assert bill_no >= MIN_NO and bill_no <= MAX_NO, "bill: number out of range"
    return bill_code * NUMBERS_PER_CODE + bill_no
