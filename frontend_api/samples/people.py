"""Invented people: names, and resident IDs that are well-formed but cannot be anyone's."""

from __future__ import annotations

from random import Random

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高符邢云冯韩莫麦吉蒙"
_GIVEN = "伟芳娜敏静秀丽强磊军洋勇艳杰涛明超霞平刚桂英华玉兰建国海波琼雨晨子轩欣怡浩然思远嘉宁"
# Seldom, but real in registers: names that only large fonts can write.
_RARE = "䶮㛃𬭚堃赟玥彧淼翀㭎"
_RARE_SHARE = 0.02

# 99 is no province of GB/T 2260, and nobody was registered in the nineteenth century.
_REGION = "990101"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def person_name(random: Random) -> str:
    """A Chinese name of two or three characters."""
    given = "".join(random.choice(_GIVEN) for _ in range(random.choice((1, 2, 2))))
    if random.random() < _RARE_SHARE:
        given = given[:-1] + random.choice(_RARE)
    return random.choice(_SURNAMES) + given


def resident_id(random: Random) -> str:
    """An 18-digit resident ID with the right check digit (GB 11643, ISO 7064 mod 11-2)."""
    birth = f"18{random.randint(50, 99)}{random.randint(1, 12):02d}{random.randint(1, 28):02d}"
    first_17 = f"{_REGION}{birth}{random.randint(1, 999):03d}"
    return first_17 + check_digit(first_17)


def check_digit(first_17: str) -> str:
    """The last digit of a resident ID, ``X`` for ten."""
    return _CHECK[sum(int(d) * w for d, w in zip(first_17, _WEIGHTS, strict=True)) % 11]
