"""Unified social credit code (统一社会信用代码), GB 32100-2015."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))


def check_character(first_17: str) -> str:
    """The 18th character of a USCC. Raises ValueError for a character outside the alphabet."""
    try:
        total = sum(_ALPHABET.index(c) * w for c, w in zip(first_17, _WEIGHTS, strict=True))
    except ValueError:
        raise ValueError(
            "must be 18 characters of digits and capitals without I, O, S, V, Z"
        ) from None
    return _ALPHABET[-total % 31]


def require_uscc(value: str) -> str:
    """Return ``value`` if it is a USCC with a right check character; raises ValueError if not."""
    if len(value) != 18:
        raise ValueError("must be 18 characters")
    expected = check_character(value[:17])
    if value[17] != expected:
        raise ValueError("has a wrong check character (the last one): a digit was mistyped")
    return value
