"""Proof bundles judged offline: as recorded, and as a QBFT network would have them."""

from __future__ import annotations

import pytest
from tamper.qbft_blocks import Validator
from tamper.recorded import (
    VALIDATORS,
    Pin,
    bundle,
    bundle_json,
    by_seals,
    deployment,
    hashes,
    judged,
    pin,
    qbft_block,
    sealed_json,
)

from frontend_api.commitment.proof_bundle import ProofBundle, is_bundle
from frontend_api.domain.errors import MalformedInput
from frontend_api.verify import TrustedBlocks, Verdict, VerificationReport
from frontend_api.verify.words import words_for

GENUINE = {
    "integrity": "intact",
    "inclusion": "included",
    "block": "block-trusted",
    "anchored": "anchored-by-proof",
    "authority": "authorised-then",
    "live": "live-then",
    "amount": "amount-needs-chain",
}
STRANGER = Validator(99)


def reasons(report: VerificationReport) -> dict[str, str]:
    return {check.name: check.reason for check in report.verdicts}


@pytest.mark.parametrize("name", ["one", "neighbour", "another"])
def test_recorded__blocks_trusted__is_proved_and_later_state_unknown(name: str) -> None:
    report = judged(bundle_json(name), hashes(name))
    assert reasons(report) == GENUINE
    unknown = [c.name for c in report.verdicts if c.verdict is Verdict.UNKNOWN]
    assert unknown == ["live", "amount"]
    assert report.exit_code() == 2
    live = report.verdict("live").finding.facts
    assert live["block_number"] == report.height
    for language in ("zh", "en"):
        assert str(report.height) in words_for("live-then", live, language)


def test_recorded__written_again__has_the_same_bytes() -> None:
    data = bundle().to_bytes()
    assert ProofBundle.from_bytes(data) == bundle()
    assert is_bundle(data)
    assert not is_bundle(data[:-1])
    assert not is_bundle(b"%PDF-")


def test_recorded__nothing_trusted__no_check_of_the_chain_is_valid() -> None:
    report = judged(bundle_json(), TrustedBlocks())
    assert reasons(report) == GENUINE | {
        "block": "block-not-trusted",
        "anchored": "needs-trusted-block",
        "authority": "needs-trusted-block",
        "live": "needs-trusted-block",
    }
    assert report.overall is Verdict.UNKNOWN


def test_recorded__deployment_not_pinned__is_unknown() -> None:
    report = judged(bundle_json(), pins=Pin((deployment("foreign_deployment"),)))
    assert reasons(report)["anchored"] == reasons(report)["authority"] == "not-pinned"
    assert report.exit_code() == 2


def test_recorded__voided_then__is_invalid() -> None:
    report = judged(bundle_json("voided"), hashes("voided"))
    assert reasons(report)["live"] == "voided"
    assert report.exit_code() == 1


def test_recorded__fields_withheld__shows_what_is_disclosed_and_no_more() -> None:
    report = judged(bundle_json("withheld"))
    assert reasons(report) == GENUINE | {"integrity": "disclosed"}
    assert report.verdict("integrity").finding.facts["withheld"] == 3
    assert "holder" not in report.compare
    assert report.compare["issuer"] == "琼州省人民医院（样例）"


def test_withholding__every_field__leaves_digests_that_still_lead_to_the_root() -> None:
    whole = bundle()
    bare = whole.withholding([field.path for field in whole.shown])
    assert bare.shown == ()
    report = judged(bare.to_bytes())
    assert reasons(report) == GENUINE | {"integrity": "disclosed"}
    with pytest.raises(MalformedInput, match="/holder/nose"):
        whole.withholding(["/holder/nose"])


def test_recorded__record_without_code_hash__is_judged_by_the_address_alone() -> None:
    assert reasons(judged(bundle_json(), pins=Pin((deployment(),)))) == GENUINE
    other = Pin((deployment(),), bytes(32))
    assert reasons(judged(bundle_json(), pins=other))["anchored"] == "code-differs"


@pytest.mark.parametrize("round_", [b"", b"\x03"])
def test_qbft__a_quorum_of_trusted_validators__is_believed(round_: bytes) -> None:
    made = sealed_json(*VALIDATORS[1:], round=round_)
    report = judged(made, by_seals())
    assert reasons(report) == GENUINE | {"block": "block-sealed"}


def test_qbft__believed_by_its_hash__which_leaves_out_round_and_seals() -> None:
    block = qbft_block(part="receipt", round=b"\x02")
    report = judged(sealed_json(VALIDATORS[0]), TrustedBlocks(frozenset({block.hash})))
    assert reasons(report)["anchored"] == "anchored-by-proof"


@pytest.mark.parametrize(
    ("sealers", "reason"),
    [
        (VALIDATORS[:2], "seals-too-few"),
        ((*VALIDATORS[:2], VALIDATORS[1]), "seals-repeated"),
        ((*VALIDATORS[:2], STRANGER), "seals-of-strangers"),
        ((*VALIDATORS[:3], STRANGER), "seals-of-strangers"),
    ],
)
def test_qbft__seals_that_are_no_quorum__are_invalid(
    sealers: tuple[Validator, ...], reason: str
) -> None:
    report = judged(sealed_json(*sealers), by_seals())
    assert reasons(report)["block"] == reason
    assert report.verdict("anchored").verdict is Verdict.SKIPPED
    assert report.exit_code() == 1


def test_qbft__other_validators_than_trusted__is_unknown() -> None:
    for trusted in (VALIDATORS[:3], (*VALIDATORS, STRANGER), (STRANGER,)):
        report = judged(sealed_json(), by_seals(*trusted))
        assert reasons(report)["block"] == "validators-differ"
        assert report.overall is Verdict.UNKNOWN


def test_validators_trusted__block_of_another_kind_of_network__is_unknown() -> None:
    report = judged(bundle_json(), by_seals())
    assert reasons(report)["block"] == "block-not-trusted"


def test_pin__of_the_recording__knows_the_code() -> None:
    assert pin().registry_code(deployment().instance) is not None
    assert pin().registry_code(bytes(32)) is None
