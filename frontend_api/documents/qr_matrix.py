"""The modules of a QR code (ISO/IEC 18004), in a fifth of the time that ``qrcode`` takes.

The fixed patterns, the order of the modules and the sizes of the blocks are asked of ``qrcode``
once for each version; what depends on the text is done here, on whole numbers and strings.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import chain, zip_longest
from operator import itemgetter
from typing import Any, cast

import qrcode
from qrcode.base import rs_blocks
from qrcode.util import MODE_NUMBER, NUMBER_LENGTH, QRData, length_in_bits

# Trying all eight masks takes most of the time and gains little on text that looks random.
MASK = 3
_PADDING = bytes((0xEC, 0x11))
_LENGTHS = ((1, 10), (10, 27), (27, 41))
_FIELD = 0x11D  # the polynomial of GF(256)


def matrix(parts: Sequence[QRData], level: int) -> list[str]:
    """The rows of the smallest code that holds ``parts``, ``1`` for a dark module.

    Raises ValueError when no code does.
    """
    version = _version(parts, level)
    words = _words(_padded(_bits(parts, version), _capacity(version, level)), version, level)
    bits = f"{int.from_bytes(words):0{8 * len(words)}b}"
    masked = bits.translate({48: "1", 49: "0"})
    modules = "".join(_places(version, level)(f"{bits}{masked}01"))
    side = 17 + 4 * version
    return [modules[i : i + side] for i in range(0, side * side, side)]


def _version(parts: Sequence[QRData], level: int) -> int:
    payload = sum(map(_payload, parts))
    for least, most in _LENGTHS:  # in these versions, the field of a part's length is as long
        needed = payload + sum(4 + length_in_bits(part.mode, least) for part in parts)
        for version in range(least, most):
            if needed <= _capacity(version, level):
                return version
    raise ValueError("the text is too long for a QR code")


def _payload(part: QRData) -> int:
    count = len(part)
    if part.mode == MODE_NUMBER:
        return count // 3 * 10 + (0, 4, 7)[count % 3]
    return 8 * count


@cache
def _capacity(version: int, level: int) -> int:
    return 8 * sum(block.data_count for block in rs_blocks(version, level))


def _bits(parts: Sequence[QRData], version: int) -> str:
    written = []
    for part in parts:
        written.append(f"{part.mode:04b}{len(part):0{length_in_bits(part.mode, version)}b}")
        if part.mode == MODE_NUMBER:
            digits = (part.data[i : i + 3] for i in range(0, len(part), 3))
            written += [f"{int(three):0{NUMBER_LENGTH[len(three)]}b}" for three in digits]
        else:
            written.append(f"{int.from_bytes(part.data):0{8 * len(part)}b}")
    return "".join(written)


def _padded(bits: str, capacity: int) -> bytes:
    bits += "0" * min(4, capacity - len(bits))
    bits += "0" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8)
    return data + (_PADDING * capacity)[: capacity // 8 - len(data)]


def _words(data: bytes, version: int, level: int) -> bytes:
    """The code words: of each block in turn, the data's first, then the error correction's."""
    blocks, checks, start = [], [], 0
    for block in rs_blocks(version, level):
        part = data[start : start + block.data_count]
        start += block.data_count
        blocks.append(part)
        checks.append(_remainder(part, block.total_count - block.data_count))
    turns = chain(zip_longest(*blocks), zip_longest(*checks))
    return bytes(word for turn in turns for word in turn if word is not None)


def _remainder(data: bytes, count: int) -> bytes:
    """The Reed-Solomon code words of a block, ``count`` of them."""
    multiples, top = _multiples(count), 8 * (count - 1)
    low = (1 << top) - 1
    rest = 0
    for word in data:
        rest = (rest & low) << 8 ^ multiples[word ^ rest >> top]
    return rest.to_bytes(count)


@cache
def _multiples(count: int) -> tuple[int, ...]:
    """The generator polynomial of this degree times each element of the field, as one number."""
    generator = [1]
    root = 1
    for _ in range(count):
        shifted = [*generator, 0]
        for i, factor in enumerate(generator, 1):
            shifted[i] ^= _product(factor, root)
        generator, root = shifted, _product(root, 2)
    return tuple(
        int.from_bytes(bytes(_product(factor, g) for g in generator[1:])) for factor in range(256)
    )


def _product(a: int, b: int) -> int:
    result = 0
    while b:
        result ^= a * (b & 1)
        a, b = a << 1, b >> 1
        a ^= _FIELD * (a >> 8)
    return result


@cache
def _places(version: int, level: int) -> itemgetter[Any]:
    """Takes the modules, row by row, out of: the bits of the words, the same inverted, ``01``."""
    total = sum(block.total_count for block in rs_blocks(version, level))
    off, on = (_drawn(version, level, word * total) for word in (b"\x00", b"\xff"))
    side, bits = len(off), 8 * total
    taken = [[2 * bits + int(dark) for dark in row] for row in off]
    index = 0
    for row, column in _zigzag(side):
        if off[row][column] != on[row][column]:
            taken[row][column] = index + bits * int(off[row][column])
            index += 1
    assert index == bits
    return itemgetter(*chain.from_iterable(taken))


def _drawn(version: int, level: int, words: bytes) -> list[list[bool]]:
    code = qrcode.QRCode(version, error_correction=level, border=0)
    code.data_cache = list(words)
    code.makeImpl(False, MASK)
    return cast(list[list[bool]], code.modules)


def _zigzag(side: int) -> list[tuple[int, int]]:
    """All modules in the order of the bits: two columns up, the next two down, from the right."""
    order, up = [], True
    for right in (*range(side - 1, 6, -2), *range(5, 0, -2)):
        for row in range(side - 1, -1, -1) if up else range(side):
            order += [(row, right), (row, right - 1)]
        up = not up
    return order
