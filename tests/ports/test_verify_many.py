"""Many bills at once are judged as each one alone, in a few exchanges with a real node."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest

from frontend_api.bootstrap.many import verify_many
from frontend_api.chain.rpc import JsonRpc
from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.errors import InputError
from frontend_api.verify import Verdict, VerificationReport, unreadable_report, verify

from .deploying import ISSUER_KEY, Network, admit, deploy
from .test_verify import Pin

pytestmark = pytest.mark.chain


def _told(report: VerificationReport) -> object:
    return report.overall, [(c.name, c.verdict, c.reason, c.words("zh")) for c in report.verdicts]


def _alone(network: Network, data: bytes) -> VerificationReport:
    try:
        bill = BillFile.from_bytes(data)
    except InputError as e:
        return unreadable_report(e, 0)
    return verify(bill, network.reader, Pin(network.deployment), int(time.time()))


def _mixed(network: Network) -> list[bytes]:
    good = network.anchor(5) + network.anchor(1)
    voided = network.anchor(2)[0]
    key = voided.header.number.key
    network.send(ISSUER_KEY, network.calls.void(key, key, 2))
    altered = replace(good[0], header=replace(good[0].header, amount_fen=1_000_000))
    moved = replace(good[1], anchor=replace(good[1].anchor, block_number=10**9))
    batch = replace(good[2].inclusion, batch_id=good[2].inclusion.batch_id + 10**10)
    elsewhere = replace(good[2], inclusion=batch)
    stranger = admit(deploy(network.rpc)).anchor(1)[0]
    bills = [*good, voided, altered, moved, elsewhere, stranger, good[0]]
    return [*(bill.to_bytes() for bill in bills), b"{}", b"%PDF-1.7 no", b""]


def test_many__good_altered_voided_and_strange__each_as_alone(network):
    files = _mixed(network)
    together = list(verify_many(network.rpc, Pin(network.deployment), iter(files)))
    assert [_told(r) for r in together[:-2]] == [_told(_alone(network, f)) for f in files[:-2]]
    assert [r.overall for r in together[-2:]] == [Verdict.INVALID] * 2
    assert Counter(r.overall for r in together) == {"VALID": 7, "INVALID": 7, "UNKNOWN": 1}


def test_many__more_bills__not_more_exchanges(network, monkeypatch):
    asked: list[str] = []
    exchange = JsonRpc._exchange

    def counted(self, body, *, repeat):
        asked.append("")
        return exchange(self, body, repeat=repeat)

    files = [bill.to_bytes() for bill in network.anchor(120)]
    monkeypatch.setattr(JsonRpc, "_exchange", counted)
    counts = []
    for count in (2, 120):
        asked.clear()
        reports = list(verify_many(network.rpc, Pin(network.deployment), files[:count]))
        assert all(report.exit_code() == 0 for report in reports)
        counts.append(len(asked))
    # One more at most: a question that meets a block in the making is asked again.
    assert max(counts) - min(counts) <= 1
    assert max(counts) <= 8


def test_many__node_gone__all_unknown_and_none_invalid(network):
    files = [bill.to_bytes() for bill in network.anchor(3)]
    gone = JsonRpc("http://127.0.0.1:9", 1)
    reports = list(verify_many(gone, Pin(network.deployment), files))
    assert [r.overall for r in reports] == [Verdict.UNKNOWN] * 3
    assert {r.verdict("anchored").reason for r in reports} == {"chain-unreachable"}
    assert {r.verdict("integrity").verdict for r in reports} == {Verdict.VALID}
