"""What the chain says, and what it cannot say: trust, authority, state, amounts, silence."""

from __future__ import annotations

from dataclasses import fields as members
from dataclasses import replace

import pytest

from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import MalformedInput, WrongChain
from frontend_api.domain.states import Role
from frontend_api.ports import ChainAmounts, ChainBillState, ChainIssuer
from frontend_api.verify import Verdict, VerificationReport, verify

from .support import ANCHORED_AT, NOW, SIGNER, USCC, Pins, World

ON_CHAIN = ("anchored", "authority", "live", "amount")


def report_on(w: World, **options) -> VerificationReport:
    return verify(w.bill, w.chain, Pins(), NOW, **options)


def verdicts(report: VerificationReport) -> dict[str, tuple[Verdict, str]]:
    return {c.name: (c.verdict, c.reason) for c in report.verdicts}


# --- a chain that does not answer is never a verdict ----------------------------------------------


@pytest.mark.parametrize("answers", range(11))
def test_a_chain_that_falls_silent_after_any_answer_is_unknown(genuine, answers):
    genuine.chain.dead_after = answers
    report = report_on(genuine)
    found = verdicts(report)
    assert found["integrity"][0] is Verdict.VALID
    assert found["inclusion"][0] is Verdict.VALID
    for name in ON_CHAIN:
        assert found[name] == (Verdict.UNKNOWN, "chain-unreachable")
    assert report.exit_code() == 2
    assert report.height is None


def test_altered_content_is_invalid_even_when_the_chain_is_silent(genuine):
    genuine.chain.dead_after = 0
    altered = replace(genuine.bill, fields=genuine.bill.fields[1:])
    assert verify(altered, genuine.chain, Pins(), NOW).exit_code() == 1


def test_a_node_of_another_chain_is_unknown_and_never_invalid(genuine):
    genuine.chain.id = 1
    report = report_on(genuine)
    for name in ON_CHAIN:
        assert verdicts(report)[name] == (Verdict.UNKNOWN, "wrong-chain")
    assert report.exit_code() == 2
    assert "chain 1 instead of 46600" in report.verdict("anchored").words("en")


@pytest.mark.parametrize("instance", [None, b"\x09" * 32])
def test_a_chain_without_the_trusted_contracts_is_unknown(genuine, instance):
    genuine.chain.seen_instance = instance
    report = report_on(genuine)
    assert verdicts(report)["anchored"] == (Verdict.UNKNOWN, "wrong-chain")
    assert report.exit_code() == 2


def test_a_reader_that_finds_no_contract_half_way_is_unknown(genuine, monkeypatch):
    def gone(*_):
        raise WrongChain("there is no BillRegistry")

    monkeypatch.setattr(genuine.chain, "amounts", gone)
    assert verdicts(report_on(genuine))["amount"] == (Verdict.UNKNOWN, "wrong-chain")


# --- the pin -------------------------------------------------------------------------------------


def test_without_a_pin_nothing_of_the_chain_is_valid_and_nothing_is_asked(genuine):
    report = verify(genuine.bill, genuine.chain, Pins(()), NOW)
    found = verdicts(report)
    assert found["integrity"][0] is Verdict.VALID
    for name in ("inclusion", *ON_CHAIN):
        assert found[name] == (Verdict.UNKNOWN, "not-pinned")
    assert report.exit_code() == 2
    assert genuine.chain.asked == 0
    assert "--trust" in report.verdict("authority").words("en")


def test_a_malformed_proof_is_invalid_even_without_a_pin(genuine):
    cut = replace(genuine.bill.inclusion, path=())
    report = verify(replace(genuine.bill, inclusion=cut), genuine.chain, Pins(()), NOW)
    assert report.exit_code() == 1


def test_a_bill_of_another_instance_is_not_pinned(genuine):
    foreign = replace(genuine.bill.deployment, instance=b"\x08" * 32)
    report = verify(replace(genuine.bill, deployment=foreign), genuine.chain, Pins(), NOW)
    assert verdicts(report)["authority"] == (Verdict.UNKNOWN, "not-pinned")
    assert report.exit_code() == 2


def test_a_bill_does_not_verify_under_another_pinned_instance(genuine):
    other = replace(genuine.bill.deployment, instance=b"\x08" * 32)
    genuine.chain.deployment, genuine.chain.seen_instance = other, other.instance
    report = verify(replace(genuine.bill, deployment=other), genuine.chain, Pins((other,)), NOW)
    assert verdicts(report)["anchored"] == (Verdict.INVALID, "root-differs")


NAMED = [m.name for m in members(Deployment) if m.name != "instance"]


@pytest.mark.parametrize("name", NAMED)
def test_contracts_that_are_not_the_pinned_ones_are_invalid(genuine, name):
    value = 1 if name == "chain_id" else "0x" + "66" * 20
    forged = replace(genuine.bill.deployment, **{name: value})
    report = verify(replace(genuine.bill, deployment=forged), genuine.chain, Pins(), NOW)
    assert verdicts(report)["authority"] == (Verdict.INVALID, "forged-contracts")
    assert report.verdict("authority").finding.facts["field"] == name
    # The pinned contracts were asked all the same, and they do hold the bill.
    assert verdicts(report)["anchored"][0] is Verdict.VALID


def test_forged_contracts_are_invalid_even_when_the_chain_is_silent(genuine):
    genuine.chain.dead_after = 0
    forged = replace(genuine.bill.deployment, bill_registry="0x" + "66" * 20)
    report = verify(replace(genuine.bill, deployment=forged), genuine.chain, Pins(), NOW)
    assert verdicts(report)["authority"] == (Verdict.INVALID, "forged-contracts")


def test_an_address_in_other_capitals_is_the_same_address(genuine):
    same = replace(genuine.bill.deployment, bill_registry="0x" + "A2" * 20)
    assert (
        verify(replace(genuine.bill, deployment=same), genuine.chain, Pins(), NOW).exit_code() == 0
    )


def test_a_broken_trust_record_is_raised_and_not_taken_for_a_bad_bill(genuine):
    class Broken:
        def find(self, instance: bytes) -> Deployment | None:
            raise MalformedInput(f"record of {instance.hex()} is not JSON")

    with pytest.raises(MalformedInput):
        verify(genuine.bill, genuine.chain, Broken(), NOW)


# --- anchored ------------------------------------------------------------------------------------


def test_a_bill_whose_batch_the_chain_does_not_hold_was_never_issued(genuine):
    genuine.chain.batches.clear()
    report = report_on(genuine)
    assert verdicts(report)["anchored"] == (Verdict.INVALID, "not-on-chain")
    for name in ("authority", "live", "amount"):
        assert verdicts(report)[name] == (Verdict.SKIPPED, "needs-anchored")


def test_a_batch_of_another_size_is_invalid(genuine):
    batch_id, batch = next(iter(genuine.chain.batches.items()))
    genuine.chain.batches[batch_id] = replace(batch, count=batch.count - 1)
    assert verdicts(report_on(genuine))["anchored"] == (Verdict.INVALID, "outside-batch")


def test_the_finding_names_block_time_and_issuer(genuine):
    finding = report_on(genuine).verdict("anchored")
    assert finding.finding.facts["block_number"] == 41
    assert "2026-05-29 04:26:45 UTC+8" in finding.words("zh")
    assert USCC in finding.words("en")


# --- authority -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"compromised_since": ANCHORED_AT}, "disputed"),
        ({"compromised_since": ANCHORED_AT - 1, "revoked_at": ANCHORED_AT + 9}, "disputed"),
        ({"valid_from": ANCHORED_AT + 1}, "key-not-valid-then"),
        ({"revoked_at": ANCHORED_AT}, "key-not-valid-then"),
        ({"role": Role.PAYER}, "key-wrong-role"),
        ({"owner": "91460000MA5T000000"}, "issuer-differs"),
    ],
)
def test_a_key_that_was_not_good_then_is_invalid(genuine, change, reason):
    genuine.chain.keys[SIGNER] = replace(genuine.chain.keys[SIGNER], **change)
    assert verdicts(report_on(genuine))["authority"] == (Verdict.INVALID, reason)


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_at": ANCHORED_AT + 1},
        {"compromised_since": ANCHORED_AT + 1, "revoked_at": ANCHORED_AT + 5},
        {"valid_from": ANCHORED_AT},
    ],
)
def test_what_a_key_signed_before_its_end_stays_good(genuine, change):
    genuine.chain.keys[SIGNER] = replace(genuine.chain.keys[SIGNER], **change)
    assert report_on(genuine).exit_code() == 0


def test_a_key_that_nobody_registered_is_invalid(genuine):
    genuine.chain.keys.clear()
    assert verdicts(report_on(genuine))["authority"] == (Verdict.INVALID, "key-unknown")


def test_an_issuer_that_nobody_admitted_is_invalid(genuine):
    genuine.chain.issuers.clear()
    assert verdicts(report_on(genuine))["authority"] == (Verdict.INVALID, "issuer-unknown")


def test_a_name_that_is_not_the_registered_one_is_invalid(genuine):
    genuine.chain.issuers[USCC] = ChainIssuer(USCC, "另一医院", 460000, "ACTIVE")
    report = report_on(genuine)
    assert verdicts(report)["authority"] == (Verdict.INVALID, "issuer-name-differs")
    assert "另一医院" in report.verdict("authority").words("zh")


def test_a_batch_of_another_issuer_is_invalid(genuine):
    batch_id, batch = next(iter(genuine.chain.batches.items()))
    thief = "91460000MA5T000000"
    genuine.chain.batches[batch_id] = replace(batch, issuer=thief)
    genuine.chain.issuers[thief] = ChainIssuer(thief, "某公司", 460000, "ACTIVE")
    genuine.chain.keys[SIGNER] = replace(genuine.chain.keys[SIGNER], owner=thief)
    assert verdicts(report_on(genuine))["authority"] == (Verdict.INVALID, "issuer-differs")


@pytest.mark.parametrize("status", ["SUSPENDED", "REVOKED"])
def test_a_bill_of_an_issuer_that_was_stopped_later_stays_good(genuine, status):
    genuine.chain.issuers[USCC] = replace(genuine.chain.issuers[USCC], status=status)
    assert report_on(genuine).exit_code() == 0


# --- live and amount -----------------------------------------------------------------------------


def test_a_voided_bill_is_invalid_with_the_time(genuine):
    genuine.chain.state = ChainBillState(True, ANCHORED_AT + 60, 3)
    report = report_on(genuine)
    assert verdicts(report)["live"] == (Verdict.INVALID, "voided")
    assert verdicts(report)["amount"] == (Verdict.SKIPPED, "needs-live")
    assert "2026-05-29 04:27:45" in report.verdict("live").words("zh")
    assert report.exit_code() == 1


def test_a_disputed_bill_cannot_be_paid(genuine):
    key = genuine.chain.keys[SIGNER]
    genuine.chain.keys[SIGNER] = replace(key, compromised_since=ANCHORED_AT - 5)
    report = report_on(genuine)
    assert verdicts(report)["live"] == (Verdict.INVALID, "disputed")
    assert verdicts(report)["amount"] == (Verdict.SKIPPED, "needs-live")


def test_the_amounts_are_told_in_fen_and_in_words(genuine):
    genuine.chain.used = ChainAmounts(25_000, 10_000, True)
    check = report_on(genuine).verdict("amount")
    assert check.finding.facts == {
        "amount": 162_600, "at_source": 60_000, "settled": 25_000, "reserved": 10_000,
        "left": 67_600,
    }  # fmt: skip
    assert "676.00" in check.words("zh")


def test_a_bill_that_is_used_up_is_still_valid(genuine):
    genuine.chain.used = ChainAmounts(102_600, 0, True)
    report = report_on(genuine)
    assert report.verdict("amount").finding.facts["left"] == 0
    assert report.exit_code() == 0


@pytest.mark.parametrize("used", [ChainAmounts(102_601, 0, True), ChainAmounts(10**17, 1, True)])
def test_a_ledger_beyond_the_face_amount_is_invalid(genuine, used):
    genuine.chain.used = used
    report = report_on(genuine)
    assert verdicts(report)["amount"] == (Verdict.INVALID, "overspent")
    assert report.to_json()


# --- face ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("same", "verdict", "reason", "code"),
    [
        (True, Verdict.VALID, "face-same", 0),
        (False, Verdict.INVALID, "face-differs", 1),
        (None, Verdict.UNKNOWN, "layout-unknown", 2),
    ],
)
def test_the_face_is_judged_by_making_the_page_again(genuine, same, verdict, reason, code):
    seen = []

    def compare(pdf: bytes, bill_file: bytes) -> bool | None:
        seen.append((pdf, bill_file))
        return same

    report = report_on(genuine, pdf=b"%PDF-", face=compare)
    assert verdicts(report)["face"] == (verdict, reason)
    assert report.exit_code() == code
    assert seen == [(b"%PDF-", genuine.bill.to_bytes())]


def test_a_page_that_cannot_be_compared_is_unknown(genuine):
    def compare(pdf: bytes, bill_file: bytes) -> bool | None:
        raise MalformedInput(f"{len(pdf)} bytes beside {len(bill_file)}")

    report = report_on(genuine, pdf=b"%PDF-", face=compare)
    assert verdicts(report)["face"] == (Verdict.UNKNOWN, "face-not-compared")


def test_a_page_without_a_comparer_is_unknown(genuine):
    report = report_on(genuine, pdf=b"%PDF-")
    assert verdicts(report)["face"] == (Verdict.UNKNOWN, "layout-unknown")


def test_the_face_of_altered_content_is_not_compared(genuine):
    altered = replace(genuine.bill, fields=genuine.bill.fields[1:])
    report = verify(altered, genuine.chain, Pins(), NOW, pdf=b"%PDF-", face=lambda *_: True)
    assert verdicts(report)["face"] == (Verdict.SKIPPED, "needs-integrity")


def test_without_a_pdf_there_is_no_verdict_on_a_face(genuine):
    assert "face" not in verdicts(report_on(genuine))


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ChainBillState(False, 0, 2, reversed_at=ANCHORED_AT + 60), "reversed"),
        (ChainBillState(False, 0, 0, red=True), "red-letter"),
        (ChainBillState(False, 0, 0, on_paper=True), "on-paper"),
    ],
)
def test_live__reversed_red_or_on_paper__invalid_in_words(genuine, state, reason):
    genuine.chain.state = state
    check = report_on(genuine).verdict("live")
    assert (check.verdict, check.reason) == (Verdict.INVALID, reason)
    assert check.words("zh")
    assert check.words("en")


def test_disputed__vouched_for_by_the_supervisor__good_again(genuine):
    key = genuine.chain.keys[SIGNER]
    genuine.chain.keys[SIGNER] = replace(
        key, revoked_at=ANCHORED_AT + 9, compromised_since=ANCHORED_AT
    )
    assert report_on(genuine).verdict("live").reason == "disputed"
    genuine.chain.state = ChainBillState(False, 0, 0, attested=True)
    report = report_on(genuine)
    assert report.exit_code() == 0, report.to_json()
