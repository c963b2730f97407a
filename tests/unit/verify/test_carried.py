"""The proof bundle in a document: of that very bill, and judged with a chain or without one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tamper.recorded import NOW, Pin, bill_file, bundle, bundle_json, deployment, hashes, pin

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.canonical import canonical_json
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import ChainUnreachable
from frontend_api.domain.mark import Ending, Mark
from frontend_api.ports import ChainBlock, ChainHead, ChainLog
from frontend_api.verify import (
    Document,
    Finding,
    SignatureTrust,
    TrustedBlocks,
    Verdict,
    blocks_on_chain,
    check_bundle,
    verify_carrying,
)
from frontend_api.verify.words import words_for

ONE = BillFile.from_bytes(bill_file())


def found(
    data: bytes | dict[str, Any] | None = None,
    blocks: TrustedBlocks | Finding | None = None,
    file: BillFile = ONE,
    pins: Pin | None = None,
) -> Finding:
    made = bundle().to_bytes() if data is None else data
    made = canonical_json(made) if isinstance(made, dict) else made
    trusted = hashes() if blocks is None else blocks
    finding = check_bundle(made, file, pins or pin(), lambda _: trusted, NOW)
    for language in ("zh", "en"):
        assert words_for(finding.reason, finding.facts, language)
    return finding


def test_bundle__of_the_bill_in_trusted_blocks__holds_up_to_the_later_one() -> None:
    state = BlockHeader.from_rlp(bundle().state.block)
    assert found() == Finding(
        Verdict.VALID, "bundle-holds", {"block_number": state.number, "time": state.time}
    )


@pytest.mark.parametrize(
    ("parts", "reason"),
    [(("anchoring",), "state-needs-block"), (("state",), "issuer-needs-block"),
     ((), "block-not-trusted")],
)  # fmt: skip
def test_bundle__a_block_that_nobody_trusts__is_unknown(
    parts: tuple[str, ...], reason: str
) -> None:
    finding = found(blocks=hashes("one", parts))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, reason)


def test_bundle__deployment_not_pinned__is_unknown() -> None:
    finding = found(pins=Pin((deployment("foreign_deployment"),)))
    assert (finding.verdict, finding.reason) == (Verdict.UNKNOWN, "not-pinned")


@pytest.mark.parametrize(
    ("name", "field"),
    [("neighbour", "header"), ("another", "header"), ("voided", "header"), ("foreign", "header"),
     ("withheld", "fields")],
)  # fmt: skip
def test_bundle__of_another_bill_or_in_part__is_said_so(name: str, field: str) -> None:
    finding = found(bundle_json(name), hashes(name))
    assert finding == Finding(Verdict.INVALID, "bundle-of-another", {"field": field})


@pytest.mark.parametrize(
    "change",
    [{"block_number": 1}, {"block_hash": bytes(32)}, {"block_time": ONE.anchor.block_time + 1}],
)
def test_bundle__beside_a_file_that_names_another_block__is_of_another(
    change: dict[str, Any],
) -> None:
    file = replace(ONE, anchor=replace(ONE.anchor, **change))
    assert found(file=file) == Finding(Verdict.INVALID, "bundle-of-another", {"field": "anchor"})


@pytest.mark.parametrize("data", [b"", b"{}", b"%PDF-", canonical_json({"format": "x"})])
def test_bundle__that_is_none__is_unreadable(data: bytes) -> None:
    finding = found(data)
    assert (finding.verdict, finding.reason) == (Verdict.INVALID, "bundle-unreadable")


@dataclass
class Blocks:
    """A chain of which only blocks are asked. Implements ``LogReader``."""

    known: dict[int, bytes] = field(default_factory=dict)
    silent: bool = False

    def head(self) -> ChainHead:
        raise AssertionError("not asked")

    def block(self, number: int) -> ChainBlock | None:
        if self.silent:
            raise ChainUnreachable("the chain's node does not answer")
        return ChainBlock(number, self.known[number], 0) if number in self.known else None

    def logs(self, deployment: Deployment, from_block: int, to_block: int) -> list[ChainLog]:
        raise AssertionError((deployment, from_block, to_block))


def on_chain(chain: Blocks, data: dict[str, Any] | None = None) -> Finding:
    made = canonical_json(data) if data else bundle().to_bytes()
    return check_bundle(made, ONE, pin(), blocks_on_chain(chain), NOW)


def chain_of_the_bundle() -> dict[int, bytes]:
    headers = [BlockHeader.from_rlp(p.block) for p in (bundle().receipt, bundle().state)]
    return {header.number: header.hash for header in headers}


def test_bundle__chain_has_its_blocks__holds() -> None:
    assert on_chain(Blocks(chain_of_the_bundle())).reason == "bundle-holds"


def test_bundle__chain_has_another_block_there__is_invalid() -> None:
    state = BlockHeader.from_rlp(bundle().state.block).number
    finding = on_chain(Blocks(chain_of_the_bundle() | {state: bytes(32)}))
    assert finding == Finding(Verdict.INVALID, "bundle-block-differs", {"block_number": state})


def test_bundle__chain_is_silent_or_not_that_far__is_unknown() -> None:
    assert on_chain(Blocks(silent=True)).verdict is Verdict.UNKNOWN
    assert on_chain(Blocks()).reason == "block-not-trusted"


def test_bundle__header_that_is_none__is_invalid_before_a_chain_is_asked() -> None:
    altered = bundle_json()
    altered["state"]["block"] = "0xc0"
    finding = on_chain(Blocks(silent=True), altered)
    assert (finding.verdict, finding.reason) == (Verdict.INVALID, "block-malformed")


def document(face: bool | Mark | None = True, signed: bool = True) -> Document:
    signatures = SignatureTrust(lambda _: () if signed else None, lambda _: frozenset())
    return Document(b"%PDF-", bill_file(), lambda _pdf, _file: face, signatures)


def test_document__with_its_proof__has_a_bundles_verdicts_and_page_and_signatures() -> None:
    report = verify_carrying(document(), bundle().to_bytes(), pin(), hashes(), NOW)
    assert [(c.number, c.name, c.reason) for c in report.verdicts] == [
        (1, "integrity", "intact"),
        (2, "inclusion", "included"),
        (3, "block", "block-trusted"),
        (4, "anchored", "anchored-by-proof"),
        (5, "authority", "authorised-then"),
        (6, "live", "live-then"),
        (7, "amount", "amount-needs-chain"),
        (8, "face", "face-same"),
        (9, "bundle", "bundle-holds"),
    ]
    assert report.exit_code() == 2
    assert report.height == BlockHeader.from_rlp(bundle().state.block).number
    assert report.compare["amount_fen"] == ONE.header.amount_fen


def test_document__page_altered_or_signature_broken_or_marked__is_said() -> None:
    def reasons(doc: Document) -> dict[str, str]:
        report = verify_carrying(doc, bundle().to_bytes(), pin(), hashes(), NOW)
        return {check.name: check.reason for check in report.verdicts}

    assert reasons(document(face=False))["face"] == "face-differs"
    assert reasons(document(signed=False))["signature"] == "signature-broken"
    assert reasons(document(face=Mark(Ending.VOIDED, 7)))["face"] == "marked-voided"


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"{}", "bundle-unreadable"), (canonical_json(bundle_json("neighbour")), "bundle-of-another")],
)
def test_document__with_a_proof_that_is_not_its_own__says_nothing_of_the_others_bill(
    data: bytes, reason: str
) -> None:
    report = verify_carrying(document(), data, pin(), hashes("neighbour"), NOW)
    assert [check.name for check in report.verdicts] == ["integrity", "face", "bundle"]
    assert report.verdict("bundle").reason == reason
    assert (report.exit_code(), report.height) == (1, None)
    assert report.bill_no == ONE.header.number.number
