"""Offline codes and lists of roots with one thing altered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.offline_code import MARK, OfflineCode, read_codes
from frontend_api.commitment.roots_list import ListedBatch, RootsList
from frontend_api.commitment.tree import root_from_path
from frontend_api.domain.anchor import Inclusion
from frontend_api.domain.errors import InputError
from frontend_api.domain.numbers import BillNumber
from frontend_api.verify import VerificationReport, unreadable_report, verify_code

from .case import Case
from .cases_bundle import flipped
from .recorded import NOW, code, roots, vectors, verify_url

_ANY = frozenset(
    {
        "unreadable", "root-differs", "outside-batch", "batch-not-listed", "list-of-another",
        "proof-malformed", "wrong-place",
    }
)  # fmt: skip


def report_on(texts: Sequence[str], listed: RootsList | bytes | None = None) -> VerificationReport:
    """As the command line makes it."""
    try:
        known = RootsList.from_bytes(listed) if isinstance(listed, bytes) else listed or roots()
        return verify_code(read_codes(texts), known, NOW)
    except InputError as e:
        return unreadable_report(e, NOW)


def texts(name: str = "one") -> list[str]:
    return code(name).texts(verify_url(name))


@cache
def deep(nodes: int = 14, number: int = 700) -> tuple[OfflineCode, RootsList]:
    """A bill in a batch of ``2**nodes``, which takes a second code, and a list that has it."""
    one = code()
    header = replace(one.header, number=BillNumber(one.header.number.key + 10**6 + number))
    path = tuple(hashlib.sha256(bytes((i,))).digest() for i in range(nodes))
    place = Inclusion(header.number.key - number, number, 2**nodes, path)
    leaf = bill_leaf(header, roots().deployment.instance)
    root = root_from_path(leaf, place.index, place.size, path)
    batch = ListedBatch(place.batch_id, place.size, root, "12460000DEM0000012", NOW, disputed=False)
    known = {**roots().batches, batch.batch_id: batch}
    return OfflineCode(one.tag, header, place), replace(roots(), batches=known)


def deep_texts(number: int = 700) -> list[str]:
    made, _ = deep(number=number)
    return made.texts(f"https://piaolian.example/b/{made.header.number.key}/abcdefghijklmnopqrstuv")


def _case(
    name: str, forged: Sequence[str], reasons: frozenset[str] | str, *, split: bool = False
) -> Case:
    expected = reasons if isinstance(reasons, frozenset) else frozenset({reasons})
    listed = deep()[1] if split else roots()
    whole = deep_texts() if split else texts()
    assert list(forged) != whole, name
    return Case(
        "code", name, expected,
        lambda: report_on(forged, listed), lambda: report_on(whole, listed),
    )  # fmt: skip


def of_members() -> Iterator[Case]:
    """Every member, each with the rest as it was."""
    one = code()
    header, place = one.header, one.inclusion
    other = BillNumber(header.number.key + 1)
    altered = {
        "tag": (replace(one, tag=b"\0" * 4), "list-of-another"),
        "amount": (_with(header, amount_fen=header.amount_fen + 1), "root-differs"),
        "at source": (_with(header, at_source_fen=0), "root-differs"),
        "currency": (_with(header, currency="USD"), "root-differs"),
        "holder": (_with(header, holder=bytes(12) + b"\x01" * 20), "root-differs"),
        "a holder of 32 bytes": (_with(header, holder=b"\x01" * 32), "root-differs"),
        "content root": (_with(header, content_root=bytes(32)), "root-differs"),
        "time": (_with(header, issued_at=header.issued_at + 1), "root-differs"),
        "number": (
            replace(
                one,
                header=replace(header, number=other),
                inclusion=replace(place, index=place.index + 1),
            ),
            "root-differs",
        ),
        "index": (replace(one, inclusion=replace(place, index=0)), _ANY),
        "size": (replace(one, inclusion=replace(place, size=6)), _ANY),
        "size beyond 32 bits": (replace(one, inclusion=replace(place, size=2**33)), "wrong-place"),
        "a number that is not listed": (
            _with(header, number=BillNumber(header.number.key + 10**8)), "batch-not-listed",
        ),
    }  # fmt: skip
    for name, (made, reason) in altered.items():
        url = f"https://piaolian.example/b/{made.header.number.key}/abcdefghijklmnopqrstuv"
        yield _case(name, made.texts(url), reason)
    for i in range(len(place.path)):
        path = list(place.path)
        path[i] = bytes(32)
        yield _case(f"node {i}", _url(one, path), "root-differs")
        yield _case(f"node {i} left out", _url(one, path[:i] + path[i + 1 :]), _ANY)
    yield _case("path reversed", _url(one, list(place.path[::-1])), "root-differs")


def _with(header: Any, **members: Any) -> OfflineCode:
    return replace(code(), header=replace(header, **members))


def _url(one: OfflineCode, path: list[bytes]) -> list[str]:
    made = replace(one, inclusion=replace(one.inclusion, path=tuple(path)))
    return made.texts(verify_url())


def of_digits() -> Iterator[Case]:
    """The text of the code: every byte behind the digits, and the text around them."""
    [text] = texts()
    url, _, digits = text.partition(MARK)
    value = int(digits)
    data = value.to_bytes((value.bit_length() + 7) // 8)
    for at in range(len(data)):
        forged = data[:at] + bytes((data[at] ^ 0x15,)) + data[at + 1 :]
        yield _case(f"byte {at}", [url + MARK + str(int.from_bytes(forged))], _ANY)
    for name, changed in {
        "cut": digits[:-1], "cut by half": digits[: len(digits) // 2], "empty": "",
        "a zero in front": "0" + digits, "a sign": "+" + digits, "a space": digits + " ",
        "other digits": digits.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        "letters": "x" + digits[1:], "doubled": digits + digits, "huge": digits * 9,
    }.items():  # fmt: skip
        yield _case(name, [url + MARK + changed], "unreadable")
    other = url.replace("0000000003", "0000000004")
    yield _case("the address of another bill", [other + MARK + digits], "unreadable")
    yield _case(
        "an address without a bill", ["https://evil.example/" + MARK + digits], "unreadable"
    )
    yield _case("the mark twice", [url + MARK + MARK + digits], "unreadable")
    yield _case("the digits alone", [digits], "unreadable")
    yield _case("the address alone", [url], "unreadable")
    yield _case("two bills at once", [text, *texts("another")], "unreadable")
    yield _case("another's digits", [url + MARK + texts("another")[0].partition(MARK)[2]],
                "unreadable")  # fmt: skip


def of_split() -> Iterator[Case]:
    """Codes in two parts: one missing, of another bill, altered."""
    first, second = deep_texts()
    other_first, other_second = deep_texts(701)
    forms = {
        "second missing": [first], "first missing": [second],
        "second twice": [first, second, second],
        "another's second": [first, other_second], "another's first": [other_first, second],
        "two firsts": [first, other_first], "a first as second": [first, first],
        "second cut": [first, second[:-40]], "a digit more": [first, second + "1"],
    }  # fmt: skip
    for name, forged in forms.items():
        yield _case(f"split: {name}", forged, "unreadable", split=True)
    value = int(second)
    data = value.to_bytes((value.bit_length() + 7) // 8)
    for at in range(0, len(data), 4):
        forged_bytes = data[:at] + bytes((data[at] ^ 0x15,)) + data[at + 1 :]
        yield _case(
            f"split: second byte {at}", [first, str(int.from_bytes(forged_bytes))],
            frozenset({"unreadable", "root-differs"}), split=True,
        )  # fmt: skip


def of_lists() -> Iterator[Case]:
    """The list of roots: what is altered in it no longer fits its digest."""
    whole: dict[str, Any] = vectors()["roots"]
    batch = whole["batches"][0]
    forged: dict[str, dict[str, Any]] = {
        "digest": whole | {"digest": flipped(whole["digest"])},
        "no digest": {k: v for k, v in whole.items() if k != "digest"},
        "no batches": whole | {"batches": []},
        "batches turned round": whole | {"ended": [], "attested": []},
        "head": whole | {"head": whole["head"] | {"block_number": 99}},
        "instance": whole | {"chain": whole["chain"] | {"instance": "0x" + "11" * 32}},
        "chain": whole | {"chain": whole["chain"] | {"chain_id": 1}},
        "batch twice": whole | {"batches": [batch, *whole["batches"]]},
        **{
            f"batch's {name}": whole | {"batches": [batch | {name: value}, *whole["batches"][1:]]}
            for name, value in {
                "root": flipped(batch["root"]), "count": 6, "issuer": "X", "anchored_at": 1,
                "disputed": True, "batch_id": "460601260000000002",
            }.items()
        },
        "an unknown state": whole | {"ended": [whole["ended"][0] | {"state": "FINE"}]},
        "a voided bill cleared": whole | {"ended": []},
    }  # fmt: skip
    for name, made in forged.items():
        data = canonical_json(made)
        yield Case(
            "list", name, frozenset({"unreadable"}),
            lambda data=data: report_on(texts(), data), lambda: report_on(texts()),
        )  # fmt: skip
