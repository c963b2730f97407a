"""Who may present what of a bill, and what a grant for some fields lets a payer see."""

from __future__ import annotations

import pytest
from flow_helpers import codes_of, consent_for, stored_of
from in_memory.chain import granted
from in_memory.platform import ISSUER, OTHER_PAYER, PAYER, SUPERVISOR, MemoryPlatform
from in_memory.values import BUREAU, KIND

from frontend_api.commitment.field_set import ALL_FIELDS, covers, field_set
from frontend_api.commitment.presentation import ALWAYS_SHOWN
from frontend_api.domain.checks import Body
from frontend_api.domain.errors import InvalidFields, NotAllowed, NotAnchoredYet, NotFound
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.authorise import authorise
from frontend_api.flow.disclose import (
    PRESETS,
    Wish,
    disclose,
    present_bill,
    read_wish,
    require_all_fields,
    wish_of,
)
from frontend_api.flow.read import bill_file_of

NAME = ("/holder/name",)


@pytest.fixture
def number(home: MemoryPlatform) -> BillNumber:
    made = home.issue()
    home.run()
    return made


def grant(home: MemoryPlatform, number: BillNumber, pointers: tuple[str, ...]) -> None:
    holder = stored_of(home, number).bill.header.holder
    home.chain.add(granted(number.key, BUREAU, holder, field_set=field_set(pointers)))
    home.run(1)


def paths(home: MemoryPlatform, number: BillNumber, wish: Wish, caller=ISSUER) -> set[str]:
    return {f.path for f in present_bill(home.desk, caller, number, wish).shown}


def test_present__issuer_and_supervisor__what_they_ask_for(home, number) -> None:
    wish = wish_of(None, NAME)
    for caller in (ISSUER, SUPERVISOR):
        assert paths(home, number, wish, caller) == {*ALWAYS_SHOWN, "/sample", *NAME}


def test_present__not_anchored__refused_until_it_is(home) -> None:
    number = home.issue()
    with pytest.raises(NotAnchoredYet):
        present_bill(home.desk, ISSUER, number, wish_of("stranger", None))


def test_present__payer_without_grant__as_if_there_were_no_bill(home, number) -> None:
    with pytest.raises(NotFound):
        present_bill(home.desk, PAYER, number, wish_of("payer", None))


def test_present__payer_with_grant_for_all__any_choice(home, number) -> None:
    authorise(home.desk, number, "g", consent_for(home, number))
    holder = stored_of(home, number).bill.header.holder
    home.chain.add(granted(number.key, BUREAU, holder))
    home.run(1)
    assert "/lines/0" in paths(home, number, wish_of("payer", None), PAYER)
    require_all_fields(home.desk, PAYER, stored_of(home, number))


def test_present__payer_with_grant_for_some__that_list_and_no_other(home, number) -> None:
    grant(home, number, NAME)
    assert paths(home, number, wish_of(None, NAME), PAYER) == {*ALWAYS_SHOWN, "/sample", *NAME}
    for other in (wish_of("payer", None), wish_of(None, ["/lines"]), wish_of("all", None)):
        with pytest.raises(NotAllowed, match="that very list"):
            present_bill(home.desk, PAYER, number, other)
    with pytest.raises(NotAllowed, match="some fields"):
        require_all_fields(home.desk, PAYER, stored_of(home, number))
    with pytest.raises(NotFound):
        present_bill(home.desk, OTHER_PAYER, number, wish_of(None, NAME))


def test_authorise__with_fields__grants_their_digest(home, number) -> None:
    body = consent_for(home, number, fields=["/lines", "/holder/name", "/lines"])
    authorise(home.desk, number, "g", body)
    home.run()
    call = [
        raw
        for raw in home.chain.sent
        if field_set(["/holder/name", "/lines"]).hex().encode() in raw
    ]
    assert call
    with pytest.raises(InvalidFields):
        authorise(home.desk, number, "h", consent_for(home, number, fields=["lines"]))


@pytest.mark.parametrize("pointer", ["/holder/id", "/nothing", "/check_code", "/line"])
def test_disclose__pointer_to_nothing_that_can_be_shown__named(home, number, pointer) -> None:
    file = bill_file_of(home.desk, stored_of(home, number))
    with pytest.raises(InvalidFields) as refused:
        disclose(file, wish_of(None, ["/holder/name", pointer]), KIND)
    assert [p.path for p in refused.value.problems] == ["/fields/1"]


def test_disclose__withheld__told_by_name_only_if_every_bill_has_it(home) -> None:
    number = home.issue(
        holder={"type": "person", "name": "张三", "id": "460100199001011234"}, remark="x",
        lines=[{"name": "a", "amount": 4_000}, {"name": "b", "amount": 6_000}],
    )  # fmt: skip
    home.run()
    made = present_bill(home.desk, ISSUER, number, wish_of("stranger", None))
    assert [w.path for w in made.withheld] == [
        "/business_no", "/check_code", None, "/holder/name", "/holder/type", "/issuer/outlet",
        "/lines/0", "/lines/1", None, "/staff/handler", "/supervisor/name", "/verify_at",
    ]  # fmt: skip
    for code in codes_of(home, number).values():
        assert code not in made.to_bytes().decode()


def test_wish__one_of_preset_and_list() -> None:
    for body in ({}, {"to": "payer", "fields": ["/a"]}, {"to": "friend"}, {"fields": "/a"},
                 {"fields": ["a"]}, {"fields": ["/" * 9]}, {"fields": ["/a"] * 201},
                 {"to": "all", "more": 1}):  # fmt: skip
        with pytest.raises(InvalidFields):
            read_wish(Body(body))
    assert read_wish(Body({"to": "stranger"})) == Wish(PRESETS["stranger"], preset=True)
    assert read_wish(Body({"fields": ["/a"]})) == Wish(("/a",), preset=False)


def test_field_set__order_and_repetition__change_nothing() -> None:
    assert field_set(["/b", "/a", "/b"]) == field_set(["/a", "/b"]) != field_set(["/a"])
    assert field_set([]) != ALL_FIELDS
    assert covers(["/a"], "/a/b")
    assert covers(["/a"], "/a")
    assert not covers(["/a"], "/ab")
