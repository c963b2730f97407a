"""Codes read from a bill, against a list of roots, with no network."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tamper.cases_code import deep, deep_texts, report_on, texts
from tamper.recorded import NOW, bill_file, code, roots, vectors

from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.offline_code import (
    FIRST_NODES,
    MOST_URL,
    SECOND_NODES,
    OfflineCode,
    is_offline_code,
    lacks_second,
    read_codes,
)
from frontend_api.commitment.roots_list import ListedBatch, RootsList
from frontend_api.domain.errors import MalformedInput
from frontend_api.verify import Verdict, VerificationReport, verify_code, verify_listed

URL = "https://piaolian.example/b/{}/abcdefghijklmnopqrstuv"


def reasons(report: VerificationReport) -> dict[str, str]:
    return {check.name: check.reason for check in report.verdicts}


GENUINE = {
    "code": "code-read",
    "inclusion": "included",
    "anchored": "root-listed",
    "authority": "issuer-listed",
    "live": "live-then",
    "amount": "amount-needs-chain",
    "content": "content-needs-file",
}


@pytest.mark.parametrize("name", ["one", "another"])
def test_code__recorded__is_written_and_read_as_it_was(name: str) -> None:
    recorded = vectors()["codes"][name]
    assert code(name).texts(recorded["verify_url"]) == recorded["texts"]
    assert read_codes(recorded["texts"]) == code(name)


@pytest.mark.parametrize("name", ["one", "neighbour", "another"])
def test_code__of_a_recorded_bill__is_in_the_list(name: str) -> None:
    report = report_on(texts(name))
    assert reasons(report) == GENUINE
    assert report.overall is Verdict.UNKNOWN
    assert report.height == roots().head.number
    assert report.compare["amount"] == "1,000.00"


def test_code__of_a_bill_that_was_voided__is_invalid_as_of_the_list() -> None:
    assert reasons(report_on(texts("voided")))["live"] == "voided"


@pytest.mark.parametrize(
    ("state", "reason", "exit_code"),
    [("REVERSED", "reversed", 1), ("RED", "red-letter", 1), ("ON_PAPER", "on-paper-then", 2)],
)
def test_code__of_a_bill_that_ended__says_how(state: str, reason: str, exit_code: int) -> None:
    key = code().header.number.key
    report = report_on(texts(), replace(roots(), ended={key: (state, NOW)}))
    assert reasons(report)["live"] == reason
    assert report.exit_code() == exit_code


def test_code__of_a_disputed_batch__is_invalid_unless_vouched_for() -> None:
    one = code()
    batch = replace(roots().batches[one.inclusion.batch_id], disputed=True)
    disputed = replace(roots(), batches={batch.batch_id: batch})
    assert reasons(report_on(texts(), disputed))["authority"] == "disputed-listed"
    vouched = replace(disputed, attested=frozenset({one.header.number.key}))
    assert reasons(report_on(texts(), vouched)) == GENUINE


def test_code__list_older_than_the_bill__is_unknown() -> None:
    older = replace(roots(), batches={})
    report = report_on(texts(), older)
    assert reasons(report)["anchored"] == "batch-not-listed"
    assert report.exit_code() == 2


def test_code__list_of_another_deployment__is_unknown() -> None:
    other = replace(roots(), deployment=replace(roots().deployment, instance=b"\x01" * 32))
    report = report_on(texts(), other)
    assert {r for n, r in reasons(report).items() if n not in ("amount", "content")} == {
        "list-of-another"
    }
    assert report.exit_code() == 2


def test_code__long_path__goes_on_in_a_second_one_in_any_order() -> None:
    made, listed = deep()
    first, second = deep_texts()
    for order in ([first, second], [second, first]):
        assert read_codes(order) == made
    assert reasons(verify_code(read_codes([first, second]), listed, NOW)) == GENUINE
    assert lacks_second([first])
    assert not lacks_second([first, second])
    assert not lacks_second(texts())
    assert is_offline_code(first)
    assert is_offline_code(second)


@pytest.mark.parametrize("nodes", [0, 1, FIRST_NODES, FIRST_NODES + 1, FIRST_NODES + SECOND_NODES])
def test_code__path_of_any_length__is_read_as_it_was_written(nodes: int) -> None:
    made, _ = deep(nodes, 0)
    written = made.texts(URL.format(made.header.number.key))
    assert len(written) == (2 if nodes > FIRST_NODES else 1)
    assert read_codes(written) == made


@pytest.mark.parametrize("holder", [bytes(12) + b"\x07" * 20, b"\x07" * 32, bytes(32)])
@pytest.mark.parametrize("currency", ["CNY", "HKD"])
def test_code__any_holder_and_currency__is_read_as_it_was_written(
    holder: bytes, currency: str
) -> None:
    one = code()
    made = replace(one, header=replace(one.header, holder=holder, currency=currency))
    assert read_codes(made.texts(URL.format(one.header.number.key))) == made


def test_code__no_room_for_a_proof__is_the_address_alone() -> None:
    url = URL.format(code().header.number.key)
    deepest, _ = deep(FIRST_NODES + SECOND_NODES + 1, 0)
    for made, address in (
        (deepest, url),
        (code(), url + "x" * MOST_URL),
        (code(), url + "#top"),
    ):
        assert made.texts(address) == [address]
        with pytest.raises(MalformedInput):
            read_codes([address])
    assert not is_offline_code(url)
    assert not is_offline_code("4606012600000000017")


@pytest.mark.parametrize("name", ["one", "another"])
def test_bill_file__in_the_list__is_as_good_as_its_code_and_shows_its_content(name: str) -> None:
    report = verify_listed(bill_file(name), roots(), NOW)
    assert reasons(report) == {"integrity": "intact"} | {
        k: v for k, v in GENUINE.items() if k not in ("code", "content")
    }
    assert report.compare["holder"] == "张*"
    assert report.exit_code() == 2


@pytest.mark.parametrize(
    ("part", "member", "value", "check", "reason"),
    [
        ("header", "amount_fen", 7_000_000, "integrity", "content-disagrees"),
        ("header", "holder", "0x" + "00" * 32, "anchored", "root-differs"),
        ("proof", "index", 0, "inclusion", "wrong-place"),
        ("anchor", "block_time", 1, "anchored", "block-differs"),
        ("chain", "bill_registry", "0x" + "ee" * 20, "authority", "forged-contracts"),
        ("chain", "instance", "0x" + "ee" * 32, "anchored", "list-of-another"),
        ("face", "verify_url", "https://evil.example", "integrity", "content-disagrees"),
    ],
)
def test_bill_file__altered__is_told_from_the_list(
    part: str, member: str, value: Any, check: str, reason: str
) -> None:
    made = json.loads(bill_file("one"))
    made[part][member] = value
    report = verify_listed(canonical_json(made), roots(), NOW)
    assert reasons(report)[check] == reason
    assert report.verdict(check).verdict is not Verdict.VALID


def test_bill_file__another_issuer_in_the_list__is_invalid() -> None:
    batch_id = code().inclusion.batch_id
    stolen = replace(roots().batches[batch_id], issuer="91460000MA5T000000")
    listed = replace(roots(), batches={batch_id: stolen})
    report = verify_listed(bill_file("one"), listed, NOW)
    assert reasons(report)["authority"] == "issuer-differs"


def test_list__written_and_read__is_the_same_and_has_a_digest() -> None:
    listed = roots()
    last = max(listed.batches.values(), key=lambda batch: batch.batch_id)
    late = ListedBatch(last.batch_id + 9, 1, last.root, last.issuer, NOW, disputed=True)
    more = replace(
        listed,
        batches={**listed.batches, late.batch_id: late},
        ended={**listed.ended, late.batch_id: ("ON_PAPER", NOW)},
        attested=frozenset({late.batch_id}),
    )
    for one in (listed, more):
        assert RootsList.from_bytes(one.to_bytes()) == one
    assert more.digest() != listed.digest()


def test_tag__another__is_only_a_hint_and_never_a_proof() -> None:
    made = OfflineCode(b"\0\0\0\0", code().header, code().inclusion)
    report = report_on(made.texts(URL.format(code().header.number.key)))
    assert report.verdict("code").verdict is Verdict.UNKNOWN
    assert report.verdict("anchored").verdict is Verdict.UNKNOWN
