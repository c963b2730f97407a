"""Documents that carry a proof bundle which is altered, swapped, or beside an altered bill file.

The page is taken to be the one that the document's maker would make of it: a forger has the maker
too, and only what is in the bundle can tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from frontend_api.commitment.canonical import canonical_json
from frontend_api.domain.errors import InputError
from frontend_api.verify import (
    Document,
    SignatureTrust,
    VerificationReport,
    unreadable_report,
    verify_carrying,
)

from .case import Case
from .cases_bundle import Alter, flipped, setting
from .recorded import NOW, bill_file, bundle_json, hashes, pin, vectors

_SIGNATURES = SignatureTrust(lambda _: (), lambda _: frozenset())
_OTHERS = ("neighbour", "another", "voided", "foreign")


def report_on(file: bytes, bundle: bytes, blocks: str = "one") -> VerificationReport:
    document = Document(b"%PDF-", file, lambda _pdf, _file: True, _SIGNATURES)
    try:
        return verify_carrying(document, bundle, pin(), hashes(blocks), NOW)
    except InputError as e:
        return unreadable_report(e, NOW)


@cache
def _genuine() -> VerificationReport:
    return report_on(bill_file(), canonical_json(bundle_json()))


def _case(name: str, expected: str | tuple[str, ...], bundle: bytes, blocks: str = "one") -> Case:
    reasons = frozenset((expected,) if isinstance(expected, str) else expected)
    return Case("carried", name, reasons, lambda: report_on(bill_file(), bundle, blocks), _genuine)


def _altered(name: str, expected: str | tuple[str, ...], alter: Alter) -> Case:
    made = bundle_json()
    alter(made)
    assert made != vectors()["bundles"]["one"], name
    return _case(name, expected, canonical_json(made))


def of_others() -> Iterator[Case]:
    """Whole bundles that are genuine, but another bill's or not all of it; and no bundles."""
    for other in _OTHERS:
        data = canonical_json(bundle_json(other))
        yield _case(f"the bundle of {other}", "bundle-of-another", data, other)
    withheld = canonical_json(bundle_json("withheld"))
    yield _case("the bundle in part", "bundle-of-another", withheld, "withheld")
    whole = canonical_json(bundle_json())
    forms = {
        "empty": b"", "an object": b"{}", "a bill file": bill_file(), "cut": whole[:-1],
        "doubled": whole + whole, "another format": whole.replace(b"proof/1", b"proof/2"),
    }  # fmt: skip
    for name, data in forms.items():
        yield _case(f"a bundle that is {name}", "bundle-unreadable", data)


def of_members() -> Iterator[Case]:
    """Every member of the bundle, altered or another bundle's."""
    genuine = bundle_json()
    for member in ("header", "fields", "proof", "chain"):
        for name in genuine[member] if isinstance(genuine[member], dict) else ():
            expected = ("bundle-of-another", "bundle-unreadable")
            yield _altered(f"{member} {name}", expected, setting((member, name), _other))
    for i in range(len(genuine["fields"])):
        yield _altered(
            f"field {i}", "bundle-of-another", setting(("fields", i, 0), lambda v: v[::-1])
        )
    expected = {
        "receipt": ("bundle-of-another", "receipt-of-another", "receipt-unproved"),
        "state": ("state-unproved", "code-differs", "proofs-differ", "block-not-trusted"),
    }
    for part, reasons in expected.items():
        for other in _OTHERS:
            theirs = bundle_json(other)[part]
            if theirs != genuine[part]:
                yield _altered(f"{part} of {other}", reasons, setting((part,), theirs))
    for part, name, reason in (
        ("receipt", "nodes", "receipt-unproved"),
        ("state", "account", "state-unproved"),
        ("state", "storage", "state-unproved"),
    ):
        for i in range(len(genuine[part][name])):
            yield _altered(f"{part} {name} {i}", reason, setting((part, name, i), flipped))
    for part in ("receipt", "state"):
        yield _altered(
            f"{part} block", ("bundle-of-another", "block-malformed", "state-needs-block"),
            setting((part, "block"), lambda v: flipped(v, len(v) // 2)),
        )  # fmt: skip


def of_files() -> Iterator[Case]:
    """The genuine bundle in a document whose bill file says otherwise."""
    whole = canonical_json(bundle_json())
    genuine = json.loads(bill_file())
    for member in ("header", "proof", "anchor", "chain"):
        for name in genuine[member].keys() - {"transaction"}:  # which no receipt holds
            made: dict[str, Any] = json.loads(bill_file())
            made[member][name] = _other(made[member][name])
            data = canonical_json(made)
            yield Case(
                "carried", f"bill file {member} {name}",
                frozenset(("bundle-of-another", "unreadable", "content-disagrees")),
                lambda data=data: report_on(data, whole), _genuine,
            )  # fmt: skip


def _other(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [*value[1:], "0x" + "11" * 32]
    return flipped(value)
