"""Accept, anchor, read: the way of a bill on a chain in memory."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from eth_account import Account
from flow_helpers import WALLET, codes_of, stored_of
from in_memory.chain import MemoryChain, granted, standing
from in_memory.platform import (
    ISSUER,
    OTHER_PAYER,
    PAYER,
    SUPERVISOR,
    MemoryPlatform,
    admit,
    opened,
)
from in_memory.values import BUREAU, FIRST_KEY, HOSPITAL, INSURER, SCHOOL, Clock, body
from sqlalchemy import delete

from frontend_api.commitment.secrets import check_code, token
from frontend_api.commitment.tree import root_from_path
from frontend_api.domain.errors import (
    ChainUnreachable,
    IdempotencyKeyReused,
    InvalidFields,
    MissingIdempotencyKey,
    NotAllowed,
    NotAnchoredYet,
    NotFound,
    Unavailable,
    WrongChain,
)
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import PayerKind, Role
from frontend_api.flow.anchor import RETRY_SECONDS, anchor_waiting
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.look_up import look_up, read_question
from frontend_api.flow.read import (
    bill_by_token,
    bill_file_of,
    inclusion_of,
    open_bill,
    verify_url,
    visible_bill,
)
from frontend_api.flow.supervise import admit_payer
from frontend_api.ports import TxState
from frontend_api.store.schema import signing_keys

# --- issue ---


def test_issue__right_request__accepted_with_the_first_number(home: MemoryPlatform) -> None:
    number = home.issue()
    opened_bill = open_bill(home.desk, stored_of(home, number))
    assert number.key == FIRST_KEY
    assert home.pokes == 1
    assert opened_bill.seed == b"\1" * 32
    assert opened_bill.content["bill_no"] == "0000000001"
    assert opened_bill.content["issuer"] == {"uscc": SCHOOL, "name": "大学", "outlet": "01"}
    assert opened_bill.content["check_code"] == check_code(b"\1" * 32)
    assert opened_bill.content["sample"] is True
    assert opened_bill.content["supervisor"] == {"name": "财政厅"}


def test_issue__members_in_another_order__the_same_request(home: MemoryPlatform) -> None:
    first = issue_bill(home.desk, SCHOOL, "k", body())
    again = issue_bill(home.desk, SCHOOL, "k", dict(reversed(body().items())))
    assert (again.number, again.replayed) == (first.number, True)
    with pytest.raises(IdempotencyKeyReused):
        issue_bill(home.desk, SCHOOL, "k", body(total=10_001))


@pytest.mark.parametrize("key", [None, "", "x" * 129, "键", "a\nb"])
def test_issue__no_usable_key__refused_before_anything(
    home: MemoryPlatform, key: str | None
) -> None:
    with pytest.raises(MissingIdempotencyKey):
        issue_bill(home.desk, SCHOOL, key, body())
    assert issue_bill(home.desk, SCHOOL, "x" * 128, body()).number.key == FIRST_KEY


def test_issue__bad_request__costs_no_number(home: MemoryPlatform) -> None:
    with pytest.raises(InvalidFields):
        home.issue(total=1.5)
    assert home.issue().key == FIRST_KEY


def test_issue__issuer_unknown_or_suspended__refused_and_resumed_accepted(
    home: MemoryPlatform,
) -> None:
    with pytest.raises(NotAllowed, match="not admitted"):
        issue_bill(home.desk, HOSPITAL, "k", body())
    home.chain.add(standing("IssuerSuspended", SCHOOL))
    home.run(1)
    with pytest.raises(NotAllowed, match="suspended"):
        home.issue()
    home.chain.add(standing("IssuerResumed", SCHOOL))
    home.run(1)
    assert home.issue().key == FIRST_KEY


def test_issue__chain_not_reachable__accepted_all_the_same(home: MemoryPlatform) -> None:
    home.chain.down = True
    home.run(2)
    assert isinstance(home.engine.fault, ChainUnreachable)
    number = home.issue()
    home.chain.down = False
    home.run()
    assert stored_of(home, number).anchored is not None


def test_issue__wrong_chain__writing_is_stopped(home: MemoryPlatform) -> None:
    home.engine.fault = WrongChain("another")
    with pytest.raises(WrongChain):
        home.issue()
    with pytest.raises(WrongChain):
        admit_payer(home.desk, INSURER, "保险", PayerKind.COMMERCIAL, 0)


def test_issue__holder_with_a_wallet__stands_in_the_header(home: MemoryPlatform) -> None:
    address = Account.from_key(WALLET).address
    number = home.issue(holder={"type": "unit", "name": "公司", "address": address})
    assert stored_of(home, number).bill.header.holder.hex() == "00" * 12 + address[2:].lower()


def test_issue__at_rest__neither_name_nor_seed_in_the_database(
    home: MemoryPlatform, tmp_path: Path
) -> None:
    number = home.issue(holder={"type": "person", "name": "欧阳某某", "id": "460100199001011234"})
    assert open_bill(home.desk, stored_of(home, number)).content["holder"]["name"] == "欧阳某某"
    files = b"".join(p.read_bytes() for p in tmp_path.glob("piaolian.sqlite3*"))
    for secret in ("欧阳某某".encode(), b"460100199001011234", b"\1" * 32):
        assert secret not in files


# --- anchor ---


def test_anchor__idle_platform__a_batch_of_one_whose_root_is_the_bill(
    home: MemoryPlatform,
) -> None:
    number = home.issue()
    home.run(3)
    stored = stored_of(home, number)
    assert stored.anchored is not None
    assert (stored.anchored.count, stored.anchored.root) == (1, stored.bill.leaf)
    assert stored.anchored.sum_fen == 10_000
    assert inclusion_of(home.desk, stored).path == ()


def test_anchor__bills_gathered_meanwhile__one_batch(home: MemoryPlatform) -> None:
    home.chain.instant = False
    first = home.issue("a", "B-a")
    home.run(1)
    numbers = [home.issue(f"{i}", f"B-{i}") for i in range(5)]
    home.chain.instant = True
    home.run()
    batches = {stored_of(home, n).anchored for n in numbers}
    assert {b and b.count for b in batches} == {5}
    alone = stored_of(home, first).anchored
    assert alone is not None
    assert alone.count == 1
    for number in numbers:
        stored = stored_of(home, number)
        proof, anchored = inclusion_of(home.desk, stored), stored.anchored
        assert anchored is not None
        root = root_from_path(stored.bill.leaf, proof.index, proof.size, proof.path)
        assert root == anchored.root


def test_anchor__signing_key_missing__bill_waits_for_it(home: MemoryPlatform) -> None:
    number = home.issue()
    with home.database.write() as c:
        c.execute(delete(signing_keys).where(signing_keys.c.owner == SCHOOL))
    assert not anchor_waiting(home.desk)
    home.keys.create(SCHOOL, Role.ISSUER)
    home.run()
    assert stored_of(home, number).anchored is not None


def test_anchor__refused__tried_again_until_it_is_taken(home: MemoryPlatform, clock: Clock) -> None:
    home.chain.refuse["anchor"] = "issuer: suspended"
    number = home.issue()
    home.run(2)
    (batch,) = home.batches.unanchored()
    assert batch.last_attempt is not None
    assert (batch.last_attempt.state, batch.last_attempt.error) == (
        TxState.REFUSED,
        "issuer: suspended",
    )
    home.chain.refuse.clear()
    clock.now += RETRY_SECONDS
    home.run(3)
    assert stored_of(home, number).anchored is not None
    assert home.batches.unanchored() == []


def test_anchor__refused_and_the_clock_put_back__tried_again_all_the_same(
    home: MemoryPlatform, clock: Clock
) -> None:
    home.chain.refuse["anchor"] = "issuer: suspended"
    number = home.issue()
    home.run(2)
    home.chain.refuse.clear()
    clock.now -= 86_400
    home.run(3)
    assert stored_of(home, number).anchored is not None


def test_anchor__refused_just_now__not_tried_at_once(home: MemoryPlatform) -> None:
    home.chain.refuse["anchor"] = "issuer: suspended"
    home.issue()
    for _ in range(5):
        home.engine.turn()
    assert home.chain.journal.count("simulate") == 1


def test_restart__at_any_moment__one_batch_one_anchor(
    tmp_path: Path, chain: MemoryChain, clock: Clock
) -> None:
    with opened(tmp_path, chain, clock) as first:
        admit(first)
        number = first.issue()
    for turn in range(6):
        with opened(tmp_path, chain, clock) as again:
            again.run(1)
            assert stored_of(again, number).bill.number.key == FIRST_KEY, turn
    with opened(tmp_path, chain, clock) as last:
        anchored = stored_of(last, number).anchored
    events = [log for b in chain.blocks for log in b.logs if log.event == "Anchored"]
    assert anchored is not None
    assert len(events) == len(chain.sent) == 1


def test_chain_comes_back_older__batch_anchored_again_with_the_same_bytes(
    home: MemoryPlatform,
) -> None:
    numbers = [home.issue("a", "B-a")]
    home.run(3)
    numbers.append(home.issue("b", "B-b"))
    home.run(3)
    before = [stored_of(home, n).anchored for n in numbers]
    home.chain.lose(1)
    home.chain.add()
    home.run()
    after = [stored_of(home, n).anchored for n in numbers]
    assert home.engine.fault is None
    assert before[0] == after[0]
    assert before[1] is not None
    assert after[1] is not None
    assert after[1].root == before[1].root
    assert after[1].anchor.block_hash != before[1].anchor.block_hash
    assert after[1].anchor.transaction == before[1].anchor.transaction
    assert home.chain.sent[-1] == home.chain.sent[1]


# --- read ---


def test_bill_file__anchored__leads_to_the_chains_root(home: MemoryPlatform) -> None:
    number = home.issue()
    with pytest.raises(NotAnchoredYet):
        bill_file_of(home.desk, stored_of(home, number))
    home.run(3)
    file = bill_file_of(home.desk, stored_of(home, number))
    assert file.content()["lines"][0]["name"] == "材料费"
    assert file.inclusion.batch_id == FIRST_KEY
    assert file.layout == "plain/1"
    secret = token(b"\1" * 32)
    assert file.verify_url == f"https://piaolian.example/b/{number.key}/{secret}"


def test_bill_file__a_leaf_of_the_batch_altered_or_lost__no_wrong_proof_leaves_the_house(
    home: MemoryPlatform,
) -> None:
    home.chain.instant = False
    home.issue("a", "B-a")
    home.run(1)
    numbers = [home.issue(str(i), f"B-{i}") for i in range(3)]
    home.chain.instant = True
    home.run()
    stored = stored_of(home, numbers[0])
    assert inclusion_of(home.desk, stored).size == 3
    for change in ("UPDATE bills SET leaf = zeroblob(32)", "DELETE FROM bills"):
        with home.database.write() as c:
            c.exec_driver_sql(f"{change} WHERE bill_key = {numbers[2].key}")
        with pytest.raises(Unavailable, match="are not those that the chain has"):
            bill_file_of(home.desk, stored)


def test_visible_bill__whoever_may_not_see_it__answered_as_if_it_were_not(
    home: MemoryPlatform,
) -> None:
    number = home.issue()
    unknown = BillNumber(number.key + 50)
    stranger = dataclasses.replace(ISSUER, owner=HOSPITAL)
    for caller in (ISSUER, SUPERVISOR):
        assert visible_bill(home.desk, caller, number).bill.number == number
    for caller in (stranger, PAYER, OTHER_PAYER):
        with pytest.raises(NotFound) as hidden:
            visible_bill(home.desk, caller, number)
        with pytest.raises(NotFound) as absent:
            visible_bill(home.desk, caller, unknown)
        assert str(hidden.value).replace(str(number), "") == str(absent.value).replace(
            str(unknown), ""
        )


def test_visible_bill__grant_by_a_stranger__opens_nothing(home: MemoryPlatform) -> None:
    number = home.issue()
    header = stored_of(home, number).bill.header
    home.chain.add(granted(number.key, BUREAU, b"s" * 32))
    home.run(1)
    with pytest.raises(NotFound):
        visible_bill(home.desk, PAYER, number)
    home.chain.add(granted(number.key, BUREAU, header.holder))
    home.run(1)
    assert visible_bill(home.desk, PAYER, number).bill.header == header
    with pytest.raises(NotFound):
        visible_bill(home.desk, OTHER_PAYER, number)


def test_bill_by_token__wrong_token_and_unknown_bill__answer_alike(home: MemoryPlatform) -> None:
    number = home.issue()
    right = codes_of(home, number)["token"]
    assert bill_by_token(home.desk, number, right).bill.number == number
    faults = set()
    for at, given in [(number, "x"), (number, ""), (number, "票"), (number, right + "x"),
                      (BillNumber(number.key + 1), right),
                      (BillNumber(number.key + 1), token(bytes(32)))]:  # fmt: skip
        with pytest.raises(NotFound) as caught:
            bill_by_token(home.desk, at, given)
        faults.add(str(caught.value))
    assert len(faults) == 1


def test_look_up__what_stands_on_the_face__finds_it_and_any_slip_does_not(
    home: MemoryPlatform,
) -> None:
    number = home.issue()
    right = {
        "bill_code": number.code,
        "bill_no": number.number,
        "check_code": codes_of(home, number)["check_code"],
        "amount_fen": 10_000,
    }
    for question in (right, {**right, "check_code": right["check_code"].upper()}):
        assert look_up(home.desk, read_question(question)).bill.number == number
    faults = set()
    for slip in ({"bill_no": "0000000002"}, {"check_code": "000000"}, {"amount_fen": 10_001}):
        with pytest.raises(NotFound) as caught:
            look_up(home.desk, read_question({**right, **slip}))
        faults.add(str(caught.value))
    assert len(faults) == 1


@pytest.mark.parametrize(
    ("slip", "path"),
    [({"bill_code": "06990126"}, "/bill_code"), ({"bill_no": "1"}, "/bill_no"),
     ({"check_code": ""}, "/check_code"), ({"amount_fen": 0}, "/amount_fen"),
     ({"more": 1}, "/more")],
    ids=str,
)  # fmt: skip
def test_read_question__bad_field__named(slip: dict[str, object], path: str) -> None:
    right = {"bill_code": "46990126", "bill_no": "0000000001", "check_code": "k7m2x9"}
    with pytest.raises(InvalidFields) as caught:
        read_question({**right, "amount_fen": 1, **slip})
    assert [p.path for p in caught.value.problems] == [path]


def test_verify_url__token__not_that_of_another_bill(home: MemoryPlatform) -> None:
    opened_bills = [
        open_bill(home.desk, stored_of(home, home.issue(k, f"B-{k}"))) for k in ("a", "b")
    ]
    urls = [verify_url(o) for o in opened_bills]
    assert len({u.rsplit("/", 1)[1] for u in urls}) == 2
