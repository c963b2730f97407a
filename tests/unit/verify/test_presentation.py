"""Bills in part: what is shown is proven, what is withheld is not told, and nothing passes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from frontend_api.commitment.fields import Field, content_root
from frontend_api.commitment.presentation import (
    ALWAYS_SHOWN,
    Presentation,
    is_presentation,
    presentation_of,
)
from frontend_api.commitment.withheld import Withheld
from frontend_api.domain.errors import InvalidFields, TooLarge
from frontend_api.ports import ChainBillState
from frontend_api.verify import Verdict, VerificationReport, verify_presentation
from frontend_api.verify.presentation import check_shown

from .altered_presentations import ALTERATIONS, MALFORMED
from .support import ANCHORED_AT, NOW, Pins, World, world

GENUINE = world()
NAMED = {"/check_code", "/lines/0", "/lines/1", "/staff/handler"}
SHOWN = {"/holder/name"}


def shown_to_employer(w: World) -> Presentation:
    return presentation_of(w.bill, SHOWN, NAMED)


def report_on(made: Presentation | bytes, w: World = GENUINE) -> VerificationReport:
    return verify_presentation(made, w.chain, Pins(), NOW)


def altered(alter: Any) -> bytes:
    value = json.loads(shown_to_employer(GENUINE).to_bytes())
    alter(value)
    return json.dumps(value, ensure_ascii=False).encode()


def test_present__genuine_part__valid_in_every_check_of_a_whole_bill() -> None:
    report = report_on(shown_to_employer(GENUINE).to_bytes())
    assert [(c.number, c.name, c.reason) for c in report.verdicts] == [
        (1, "integrity", "shown-intact"),
        (2, "inclusion", "included"),
        (3, "anchored", "anchored"),
        (4, "authority", "authorised"),
        (5, "live", "live"),
        (6, "amount", "amounts"),
    ]
    assert report.exit_code() == 0


def test_present__withheld_fields__listed_by_name_number_of_lines_and_number_of_others() -> None:
    finding = report_on(shown_to_employer(GENUINE)).verdict("integrity")
    assert finding.finding.facts == {
        "shown": 10,
        "fields": 21,
        "withheld": 11,
        "withheld_names": ["/check_code", "/staff/handler"],
        "withheld_lines": 2,
        "withheld_unnamed": 7,
    }
    assert "2 lines; 7 without a name" in finding.words("en")
    assert "/check_code, /staff/handler" in finding.words("zh")


@pytest.mark.parametrize("name", ["/business_no\x1b[2J", "/business_" + "n" * 60, "/b\u202e"])
def test_present__name_of_a_strangers_making__counted_and_not_told(name: str) -> None:
    made = shown_to_employer(GENUINE)
    place = next(i for i, f in enumerate(made.fields) if isinstance(f, Withheld))
    named = replace(made.fields[place], path=name)
    finding = check_shown(replace(made, fields=(*made.fields[:place], named,
                                                *made.fields[place + 1 :])))  # fmt: skip
    assert finding.reason == "shown-intact"
    assert name not in finding.facts["withheld_names"]
    assert finding.facts["withheld_unnamed"] == 7


def test_present__bytes__hold_nothing_of_what_is_withheld() -> None:
    text = shown_to_employer(GENUINE).to_bytes().decode()
    for secret in (
        "460100199001011234",
        "k7m2x9",
        "西药费",
        "李四",
        "/holder/id",
        "token",
        "102600",
    ):
        assert secret not in text
    assert "张三丰" in text


def test_present__same_choice__same_bytes_and_read_back() -> None:
    made = shown_to_employer(GENUINE)
    assert made.to_bytes() == shown_to_employer(GENUINE).to_bytes()
    assert Presentation.from_bytes(made.to_bytes()) == made
    assert is_presentation(made.to_bytes())
    assert not is_presentation(GENUINE.bill.to_bytes())


def test_present__nothing_asked_for__still_shows_what_header_and_batch_say() -> None:
    made = presentation_of(GENUINE.bill, (), ())
    assert {f.path for f in made.shown} == set(ALWAYS_SHOWN)
    assert report_on(made).exit_code() == 0


def test_present__check_code__never_shown() -> None:
    everything = {f.path for f in GENUINE.bill.fields}
    made = presentation_of(GENUINE.bill, everything, everything)
    assert [w.path for w in made.withheld] == ["/check_code"]
    assert report_on(made).exit_code() == 0


def test_present__status__comes_from_the_chain_and_cannot_be_withheld() -> None:
    w = world()
    w.chain.state = ChainBillState(True, ANCHORED_AT + 60, 1)
    report = report_on(shown_to_employer(w), w)
    assert report.verdict("live").reason == "voided"
    assert report.exit_code() == 1


def test_present__chain_silent__unknown_and_integrity_still_judged() -> None:
    w = world()
    w.chain.dead_after = 0
    report = report_on(shown_to_employer(w), w)
    assert report.exit_code() == 2
    assert report.verdict("integrity").verdict is Verdict.VALID


@pytest.mark.parametrize(("alter", "reason"), [a[1:] for a in ALTERATIONS],
                         ids=[a[0] for a in ALTERATIONS])  # fmt: skip
def test_present__altered__invalid_for_that_reason(alter: Any, reason: str) -> None:
    report = report_on(altered(alter))
    assert report.exit_code() == 1
    assert reason in [c.reason for c in report.verdicts if c.verdict is Verdict.INVALID]


@pytest.mark.parametrize(("alter", "path"), [a[1:] for a in MALFORMED],
                         ids=[a[0] for a in MALFORMED])  # fmt: skip
def test_present__malformed__refused_with_the_member_named(alter: Any, path: str) -> None:
    with pytest.raises(InvalidFields) as refused:
        Presentation.from_bytes(altered(alter))
    assert [p.path for p in refused.value.problems] == [path]


def test_present__over_the_limit__refused_before_it_is_read() -> None:
    with pytest.raises(TooLarge):
        Presentation.from_bytes(b" " * (4 * 2**20 + 1))


def mended(made: Presentation, fields: tuple[Field | Withheld, ...]) -> Presentation:
    root = content_root(f.digest() for f in fields)
    return replace(made, fields=fields, header=replace(made.header, content_root=root))


def test_present__shown_lines_over_the_total__invalid_even_under_a_mended_root() -> None:
    made = presentation_of(GENUINE.bill, {"/lines/0"}, NAMED)
    fields = tuple(
        Field(f.salt, f.path, {**f.value, "amount": 162_601})
        if isinstance(f, Field) and f.path == "/lines/0"
        else f
        for f in made.fields
    )
    assert check_shown(mended(made, fields)).reason == "lines-do-not-sum"
    assert check_shown(made).verdict is Verdict.VALID


def test_present__all_lines_shown__have_to_add_up() -> None:
    everything = {f.path for f in GENUINE.bill.fields}
    made = presentation_of(GENUINE.bill, everything, everything)
    fewer = tuple(f for f in made.fields if not (isinstance(f, Field) and f.path == "/lines/1"))
    assert check_shown(mended(made, fewer)).reason == "lines-do-not-sum"
    assert check_shown(made).verdict is Verdict.VALID


def test_present__object_as_a_value__is_not_taken_for_fields() -> None:
    made = presentation_of(GENUINE.bill, {"/holder/name"}, ())
    fields = tuple(
        Field(f.salt, "/holder", {"name": f.value})
        if isinstance(f, Field) and f.path == "/holder/name"
        else f
        for f in made.fields
    )
    assert check_shown(mended(made, fields)).reason == "content-malformed"
