"""Money as integers in fen (分), and how it is written on the face of a bill."""

from __future__ import annotations

# 10^15 fen = ten trillion yuan: above any bill, far below the contracts' uint96 packing.
MAX_FEN = 10**15

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
# The rules know no word above 亿: 10^12 is 万亿.
_GROUPS = ("", "万", "亿", "万")


def require_fen(value: object, *, positive: bool = False) -> int:
    """Return ``value`` if it is an amount in fen: an int, not bool, 0 (or 1) to ``MAX_FEN``.

    Raises ValueError otherwise.
    """
    if type(value) is not int:
        raise ValueError("must be a whole number of fen, such as 12500 for 125.00 yuan")
    if value < (1 if positive else 0):
        raise ValueError("must be greater than zero" if positive else "must not be negative")
    if value > MAX_FEN:
        raise ValueError(f"must not be more than {MAX_FEN} fen")
    return value


def figures(fen: int) -> str:
    """Amount in figures, with thousands separators: ``162600`` → ``1,626.00``."""
    require_fen(fen)
    return f"{fen // 100:,}.{fen % 100:02d}"


def capitals(fen: int) -> str:
    """Amount in capital characters (大写), after the People's Bank's rules for notes and bills.

    ``162600`` → ``壹仟陆佰贰拾陆元整``; ``10001`` → ``壹佰元零壹分``.
    """
    require_fen(fen)
    yuan, jiao, cents = fen // 100, fen // 10 % 10, fen % 10
    text = _integer(yuan) + "元" if yuan else ""
    if jiao == 0 and cents == 0:
        return (text or "零元") + "整"
    if jiao:
        # The rule asks for a zero before jiao when the yuan end in zero.
        text += ("零" if yuan and yuan % 10 == 0 else "") + _DIGITS[jiao] + "角"
    elif yuan:
        text += "零"
    return text + (_DIGITS[cents] + "分" if cents else "整")


def _integer(yuan: int) -> str:
    text, pending_zero, group_index = "", False, 0
    groups = []
    while yuan:
        groups.append(yuan % 10000)
        yuan //= 10000
    for group_index in range(len(groups) - 1, -1, -1):
        group = groups[group_index]
        if group == 0:
            pending_zero = bool(text)
            text += "亿" if text and group_index == 2 else ""
            continue
        if text and (pending_zero or group < 1000):
            text += "零"
        text += _four(group) + _GROUPS[group_index]
        pending_zero = False
    return text


def _four(group: int) -> str:
    text, pending_zero = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit == 0:
            pending_zero = bool(text)
            continue
        text += ("零" if pending_zero else "") + _DIGITS[digit] + _PLACES[place]
        pending_zero = False
    return text
