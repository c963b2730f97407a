"""The offline code (离线验真码): header and audit path of a bill, small enough for a QR code.

The first code is the bill's address with the bytes in its fragment, which browsers never send:
``<verify_url>#p=<digits>``. Digits, because a QR code holds them at almost full density and an
address may carry them as they are. A path too long for one code goes on in a second one of digits
alone. Normative text in ``docs/protocol.md``, section 16.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from frontend_api.domain.anchor import Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import MalformedInput
from frontend_api.domain.numbers import BillNumber

# So many keep the modules at 0.49 mm on a page, which a scan of 100 dpi still shows; with more, the
# luck of how modules meet pixels decides. What was measured stands in docs/performance.md.
FIRST_NODES = 5
SECOND_NODES = 11
MOST_URL = 120  # characters; a longer address leaves no room, and gets no offline code

MARK = "#p="
_FIRST, _SECOND = 1, 2  # the first byte
_GOES_ON, _ADDRESS, _CNY = 1, 2, 4  # flags
_MOST_DIGITS = 2000
_LEAST_DIGITS = 100  # of a second code, which holds at least one node
_VARINT_BYTES = 9  # 63 bits
_DIGITS = re.compile(r"[1-9][0-9]*\Z")
_KEY = re.compile(r"/b/([0-9]{18})/[^/#]*\Z")
TAG_BYTES = 4
_NODE = 32


@dataclass(frozen=True, slots=True)
class OfflineCode:
    """What the codes on a bill say; ``tag``, the first bytes of the instance, is only a hint."""

    tag: bytes
    header: BillHeader
    inclusion: Inclusion

    @property
    def is_split(self) -> bool:
        return len(self.inclusion.path) > FIRST_NODES

    def texts(self, verify_url: str) -> list[str]:
        """What one or two QR codes say; only the plain address if there is no room for more."""
        path = self.inclusion.path
        if (
            len(verify_url) > MOST_URL
            or "#" in verify_url
            or len(path) > FIRST_NODES + SECOND_NODES
        ):
            return [verify_url]
        first = [verify_url + MARK + _to_digits(self._first())]
        return [*first, _to_digits(self._second())] if self.is_split else first

    def _first(self) -> bytes:
        h, place = self.header, self.inclusion
        by_address = h.holder[:12] == bytes(12)
        flags = self.is_split * _GOES_ON | by_address * _ADDRESS | (h.currency == "CNY") * _CNY
        return b"".join(
            (
                bytes((_FIRST,)),
                self.tag,
                bytes((flags,)),
                h.number.key.to_bytes(8),
                _varint(h.amount_fen),
                _varint(h.at_source_fen),
                b"" if flags & _CNY else h.currency.encode(),
                h.holder[12:] if by_address else h.holder,
                h.content_root,
                _varint(h.issued_at),
                _varint(place.index),
                _varint(place.size),
                *place.path[:FIRST_NODES],
            )
        )

    def _second(self) -> bytes:
        nodes = self.inclusion.path[FIRST_NODES:]
        key = self.header.number.key.to_bytes(8)
        return b"".join((bytes((_SECOND,)), self.tag, key, *nodes))


def is_offline_code(text: str) -> bool:
    """Whether a text is meant as a first or second code; nothing else is said about it."""
    return MARK in text or bool(_DIGITS.match(text) and len(text) >= _LEAST_DIGITS)


def lacks_second(texts: Sequence[str]) -> bool:
    """Whether these texts hold a first code that goes on in another. Raises MalformedInput."""
    firsts = [text for text in texts if MARK in text]
    if len(firsts) != 1 or len(texts) != 1:
        return False
    r = _Bytes(_of_digits(firsts[0].partition(MARK)[2]))
    r.take(1 + TAG_BYTES)
    return bool(r.take(1)[0] & _GOES_ON)


def read_codes(texts: Sequence[str]) -> OfflineCode:
    """What the codes of one bill say, in any order. Raises MalformedInput, naming the fault."""
    firsts = [text for text in texts if MARK in text]
    seconds = [text for text in texts if MARK not in text]
    if len(firsts) != 1 or len(seconds) > 1:
        raise MalformedInput("there must be one code with #p= in it, and at most one other")
    url, _, digits = firsts[0].partition(MARK)
    code, goes_on = _read_first(_Bytes(_of_digits(digits)))
    named = _KEY.search(url)
    if named is None or int(named[1]) != code.header.number.key:
        raise MalformedInput("the code's address is not that of the bill in it")
    if goes_on and not seconds:
        raise MalformedInput("the bill has a second code, which is missing")
    if seconds:
        code = _with_second(code, _Bytes(_of_digits(seconds[0])))
    if code.texts(url) != [*firsts, *seconds]:
        raise MalformedInput("the code is not written as a bill's code is")
    return code


def _read_first(r: _Bytes) -> tuple[OfflineCode, bool]:
    if r.take(1) != bytes((_FIRST,)):
        raise MalformedInput("the code is of an unknown version")
    tag = r.take(TAG_BYTES)
    flags = r.take(1)[0]
    key, amount, at_source = int.from_bytes(r.take(8)), r.varint(), r.varint()
    currency = b"CNY" if flags & _CNY else r.take(3)
    holder = bytes(12) + r.take(20) if flags & _ADDRESS else r.take(32)
    content_root, issued_at = r.take(32), r.varint()
    index, size = r.varint(), r.varint()
    nodes = r.rest_of_nodes()
    try:
        header = BillHeader(
            BillNumber(key), amount, at_source, currency.decode(), holder, content_root, issued_at
        )
        batch_id = BillNumber(key - index).key
    except ValueError as e:
        raise MalformedInput(f"the code is not that of a bill: {e}") from e
    return OfflineCode(tag, header, Inclusion(batch_id, index, size, nodes)), bool(flags & _GOES_ON)


def _with_second(code: OfflineCode, r: _Bytes) -> OfflineCode:
    start = r.take(1), r.take(TAG_BYTES), int.from_bytes(r.take(8))
    if start != (bytes((_SECOND,)), code.tag, code.header.number.key):
        raise MalformedInput("the second code belongs to another bill")
    place = code.inclusion
    path = place.path + r.rest_of_nodes()
    return OfflineCode(
        code.tag, code.header, Inclusion(place.batch_id, place.index, place.size, path)
    )


class _Bytes:
    """Takes members off a code's bytes; what is cut off raises MalformedInput."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        taken = self._data[self._at : self._at + count]
        if len(taken) != count:
            raise MalformedInput("the code is cut off")
        self._at += count
        return taken

    def varint(self) -> int:
        """A number in seven bits a byte, the lowest first (LEB128)."""
        value = 0
        for shift in range(0, 7 * _VARINT_BYTES, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise MalformedInput("a number in the code is too large")

    def rest_of_nodes(self) -> tuple[bytes, ...]:
        """The nodes of the path, which stand last."""
        count, odd = divmod(len(self._data) - self._at, _NODE)
        if odd:
            raise MalformedInput("the code is cut off")
        return tuple(self.take(_NODE) for _ in range(count))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def _to_digits(data: bytes) -> str:
    # A one in front keeps the zeros that the bytes may begin with.
    return str(int.from_bytes(b"\x01" + data))


def _of_digits(digits: str) -> bytes:
    if not _DIGITS.match(digits) or len(digits) > _MOST_DIGITS:
        raise MalformedInput("the code is not a run of digits")
    value = int(digits)
    data = value.to_bytes((value.bit_length() + 7) // 8)
    if data[:1] != b"\x01":
        raise MalformedInput("the code does not begin as a bill's code does")
    return data[1:]
