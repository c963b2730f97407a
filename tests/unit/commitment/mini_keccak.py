"""Keccak-256 in plain Python, from FIPS 202's description with Keccak's own padding byte 0x01."""

from __future__ import annotations

_MASK = 2**64 - 1
_RATE = 136


def _round_constants() -> list[int]:
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if register & 1:
                constant |= 1 << (2**j - 1)
            register = (register << 1) ^ (0x171 if register >> 7 else 0)
        constants.append(constant)
    return constants


_CONSTANTS = _round_constants()


def _rotate(lane: int, by: int) -> int:
    return ((lane << by % 64) | (lane >> (64 - by % 64))) & _MASK


def _permute(a: list[list[int]]) -> None:
    for constant in _CONSTANTS:
        c = [a[x][0] ^ a[x][1] ^ a[x][2] ^ a[x][3] ^ a[x][4] for x in range(5)]
        d = [c[(x - 1) % 5] ^ _rotate(c[(x + 1) % 5], 1) for x in range(5)]
        b = [[a[x][y] ^ d[x] for y in range(5)] for x in range(5)]
        x, y, lane = 1, 0, b[1][0]
        for t in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            lane, b[x][y] = b[x][y], _rotate(lane, (t + 1) * (t + 2) // 2)
        for y in range(5):
            row = [b[x][y] for x in range(5)]
            for x in range(5):
                a[x][y] = row[x] ^ (~row[(x + 1) % 5] & _MASK & row[(x + 2) % 5])
        a[0][0] ^= constant


def keccak256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum uses it."""
    padded = bytearray(data + b"\x01" + bytes(-(len(data) + 1) % _RATE))
    padded[-1] |= 0x80
    a = [[0] * 5 for _ in range(5)]
    for block in range(0, len(padded), _RATE):
        for i in range(_RATE // 8):
            lane = int.from_bytes(padded[block + 8 * i : block + 8 * i + 8], "little")
            a[i % 5][i // 5] ^= lane
        _permute(a)
    return b"".join(a[i % 5][i // 5].to_bytes(8, "little") for i in range(4))
