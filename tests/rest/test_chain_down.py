"""The chain does not answer: accepted stays accepted, nothing is called invalid or issued."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .support import KIND, Api

JSON = {"Content-Type": "application/json"}


@contextmanager
def no_chain(api: Api) -> Iterator[None]:
    """Anvil is stopped, with everything kept, and back at the end."""
    engine = api.platform.services.engine
    api.platform.chain.wait_saved()
    api.platform.chain.stop()
    try:
        assert engine.wait_for(lambda: engine.fault is not None, 20)
        yield
    finally:
        api.platform.chain.start()
        assert engine.wait_for(lambda: engine.fault is None, 30)


def test_chain_down__every_answer_says_so_and_what_was_accepted_is_done_later(api: Api) -> None:
    bill, services = api.issue(), api.platform.services
    with no_chain(api):
        made = _check_answers(api, bill)
    key = int(made["bill_code"] + made["bill_no"])
    assert services.engine.wait_for(lambda: services.desk.bills.find(key).anchored is not None, 30)
    done = api.post(bill["links"]["self"] + "/void", {"reason": "MISTAKE"}, api.issuer(), "down")
    assert (done.status_code, done.json()["state"]) == (201, "DONE")


def _check_answers(api: Api, bill: dict[str, Any]) -> dict[str, Any]:
    issued = api.post("/api/v1/bills?wait=anchored", api.platform.sample(KIND), api.issuer())
    assert (issued.status_code, issued.json()["state"]) == (202, "ACCEPTED")
    made = issued.json()

    state = api.http.get(bill["links"]["state"], headers=api.issuer())
    assert (state.status_code, state.json()["type"]) == (503, "/problems/chain-unreachable")
    assert state.headers["Retry-After"]
    assert "127.0.0.1" not in state.text

    bundle = api.http.get(bill["links"]["bundle"], headers=api.issuer())
    assert (bundle.status_code, bundle.json()["type"]) == (503, "/problems/chain-unreachable")
    assert "127.0.0.1" not in bundle.text

    pdf = bill["links"]["pdf"]
    proved = api.http.get(pdf, headers=api.issuer(), params={"proof": True})
    assert (proved.status_code, proved.json()["type"]) == (503, "/problems/chain-unreachable")
    assert api.http.get(pdf, headers=api.issuer()).status_code == 200

    document = api.http.get(made["links"]["pdf"], headers=api.issuer())
    assert (document.status_code, document.json()["type"]) == (409, "/problems/not-anchored-yet")
    assert document.headers["Retry-After"]

    report = api.http.post("/api/v1/verify", content=api.bill_file(bill), headers=JSON)
    assert report.json()["overall"] == "UNKNOWN"
    assert "INVALID" not in report.text
    assert "127.0.0.1" not in report.json()["verdicts"][2]["words"]["zh"]

    void = api.post(bill["links"]["self"] + "/void", {"reason": "MISTAKE"}, api.issuer(), "down")
    assert (void.status_code, void.json()["state"]) == (202, "PENDING")

    ready = api.http.get("/api/v1/health/ready")
    assert (ready.status_code, ready.json()["chain"]) == (503, "chain-unreachable")
    assert api.http.get("/api/v1/health/live").status_code == 200

    page = api.http.get("/b/" + bill["verify_url"].split("/b/")[1] + "?lang=zh").text
    assert "暂时无法核验" in page
    assert "票据异常" not in page
    waiting = api.http.get("/b/" + made["verify_url"].split("/b/")[1] + "?lang=zh").text
    assert "已受理，正在上链" in waiting
    assert 'http-equiv="refresh"' in waiting
    return dict(made)
