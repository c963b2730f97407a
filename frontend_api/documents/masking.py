"""What of a personal number the page may show (脱敏)."""

from __future__ import annotations

_HEAD, _TAIL = 3, 4
_SHORTEST = 11  # from here on, seven shown characters still hide four


def masked(number: str) -> str:
    """``460102199001011234`` → ``460***********1234``; a short one keeps only its last character.

    The birth date of a resident ID stays hidden; the ends are enough to compare with a card.
    """
    if len(number) < _SHORTEST:
        return "*" * (len(number) - 1) + number[-1:]
    return number[:_HEAD] + "*" * (len(number) - _HEAD - _TAIL) + number[-_TAIL:]
