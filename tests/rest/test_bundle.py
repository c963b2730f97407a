"""The proof bundle over the API: who may have it, and that it proves the bill."""

from __future__ import annotations

from typing import Any

from frontend_api.bootstrap import TrustedBlocks, TrustStore
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.verify import Verdict, verify_bundle

from .support import OTHER_KIND, Api


def test_bundle__of_ones_own_bill__proves_it_without_the_chain(
    api: Api, bill: dict[str, Any]
) -> None:
    answer = api.http.get(bill["links"]["bundle"], headers=api.issuer())
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    made = ProofBundle.from_bytes(answer.content)
    assert made.to_bytes() == answer.content
    trusted = TrustStore([api.platform.home / "deployment.json"])
    blocks = TrustedBlocks(frozenset(made.block_hashes().values()))
    report = verify_bundle(answer.content, trusted, blocks, api.platform.services.desk.clock())
    assert report.verdict("anchored").verdict is Verdict.VALID
    assert report.verdict("authority").verdict is Verdict.VALID
    assert made.block_hashes()["anchoring"].hex() == bill["anchor"]["block_hash"][2:]


def test_bundle__field_withheld__is_not_in_it__unknown_one_is_400(
    api: Api, bill: dict[str, Any]
) -> None:
    asked = {"withhold": ["/holder/name", "/check_code"]}
    answer = api.http.get(bill["links"]["bundle"], headers=api.issuer(), params=asked)
    made = ProofBundle.from_bytes(answer.content)
    assert {"/holder/name", "/check_code"} & {f.path for f in made.shown} == set()
    assert bill["check_code"] not in answer.text
    wrong = {"withhold": "/holder/nose"}
    refused = api.http.get(bill["links"]["bundle"], headers=api.issuer(), params=wrong)
    assert refused.status_code == 400


def test_bundle__same_access_as_the_bill_file(api: Api, bill: dict[str, Any]) -> None:
    here = bill["links"]["bundle"]
    assert api.http.get(here).status_code == 401
    assert api.http.get(here, headers=api.issuer(OTHER_KIND)).status_code == 404
    assert api.http.get(here, headers=api.payer("EMPLOYER")).status_code == 403
