"""``piaolian demo``: a running bill platform from nothing."""

from __future__ import annotations

import json
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from frontend_api.bootstrap import (
    AnvilChain,
    Services,
    build_verifier,
    free_port,
    generate,
    load_kinds,
    running,
    sample_institutions,
)
from frontend_api.cli.demo import story
from frontend_api.cli.demo.admit import SignIns, admit_all, load_sign_ins, save_sign_ins
from frontend_api.cli.demo.client import Client
from frontend_api.cli.logs import log_file, log_to
from frontend_api.cli.run import deploy_contracts
from frontend_api.cli.signals import until_stopped
from frontend_api.domain.states import Role
from frontend_api.server import serving
from frontend_api.settings import load, save

BILLS = 240  # enough for every kind to come up several times
OUT = Path("out/demo")


def demo(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Do the whole job, print what happened and exit")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Start over instead of resuming the last demonstration")
    ] = False,
    bills: Annotated[int, typer.Option(help="How many sample bills", min=40)] = BILLS,
) -> None:
    """Run the whole platform on sample bills: chain, contracts, API and pages."""
    started = time.monotonic()
    home = OUT / "home" if once else context.obj / "demo"
    if once or fresh:
        shutil.rmtree(home, ignore_errors=True)
    resumed = (home / "sign-ins.json").exists()
    with log_file(home) as log, until_stopped(_farewell), AnvilChain(home / "chain") as chain:
        log_to(log)
        _say(f"Chain {chain.chain_id} at {chain.url}")
        with _platform(home, chain) as (services, base_url):
            if resumed:
                sign_ins = load_sign_ins(home)
                _say("Resumed the last demonstration; --fresh starts over")
            else:
                sign_ins = _whole_job(services, chain, base_url, bills, started)
                save_sign_ins(home, sign_ins)
            if not once:
                _tell(services, chain, base_url, sign_ins)
                threading.Event().wait()


@contextmanager
def _platform(home: Path, chain: AnvilChain) -> Iterator[tuple[Services, str]]:
    supervisor = sample_institutions(load_kinds())[0]
    assert supervisor.role is Role.SUPERVISOR
    save(home, supervisor_name=supervisor.name, sample=True)
    settings = load(home)
    deploy_contracts(home, settings.deployment_file, chain.url)
    chain.wait_saved()
    port = free_port(_last_port(home))
    save(home, public_url=f"http://127.0.0.1:{port}")
    with (
        running(load(home), chain.url) as services,
        serving(services, host="127.0.0.1", port=port) as base_url,
    ):
        yield services, base_url


def _last_port(home: Path) -> int | None:
    """The port of the last run, so that the QR codes of its bills go on leading here."""
    settings = load(home)
    return (
        httpx.URL(settings.public_url).port if "public_url" in settings.model_fields_set else None
    )


def _whole_job(
    services: Services, chain: AnvilChain, base_url: str, bills: int, started: float
) -> SignIns:
    shutil.rmtree(OUT / "bills", ignore_errors=True)
    counts = story.Counts()
    requests = list(generate(services.kinds, seed=1, count=bills, now=datetime.now(UTC)))
    years = {int(str(r["issued_at"])[:4]) for r in requests}
    sign_ins = admit_all(services, years)
    _say(f"Contracts deployed; {len(sign_ins.names)} institutions admitted, numbers granted")
    verifier = build_verifier(chain.url, [services.settings.deployment_file])
    with httpx.Client(base_url=base_url, timeout=60) as http:
        client = Client(http, int(time.time()))
        issued = _step("issued", lambda: story.issue(client, sign_ins, requests, counts))
        _step("anchored", lambda: story.await_anchors(client, issued, counts))
        pdfs = _step("PDFs", lambda: story.write_documents(client, issued, OUT / "bills"))
        _step("verified", lambda: story.verify_all(verifier, pdfs, counts))
        exhausted = _step("reimbursed", lambda: story.reimburse(client, sign_ins, issued, counts))
        story.claim_again(client, sign_ins, exhausted, counts)
        story.alter(verifier, pdfs[0], counts)
    chain.wait_saved()
    story.verify_without_chain(verifier, pdfs[0], chain.stop, counts)
    chain.start()
    _report(services, counts, time.monotonic() - started)
    return sign_ins


def _step(name: str, act: Callable[[], Any]) -> Any:
    began = time.monotonic()
    result = act()
    _say(f"  {name}: {time.monotonic() - began:.1f} s")
    return result


def _report(services: Services, counts: story.Counts, seconds: float) -> None:
    deployment = services.record.deployment
    summary = {
        "bills_issued": counts.bills_issued,
        "kinds": counts.kinds,
        "bills_anchored": counts.bills_anchored,
        "bills_verified": counts.bills_verified,
        "reimbursed": counts.reimbursed,
        "out_of_order_refused": counts.out_of_order_refused,
        "second_claim_refused": counts.second_claim_refused,
        "altered_found_invalid": counts.altered_found_invalid,
        "chain_down_unknown": counts.chain_down_unknown,
        "seconds": round(seconds, 1),
        "deployment": {
            "chain_id": deployment.chain_id,
            "instance": "0x" + deployment.instance.hex(),
            "contracts": {
                "IssuerRegistry": deployment.issuer_registry,
                "BillRegistry": deployment.bill_registry,
                "ConsentRegistry": deployment.consent_registry,
                "ReimbursementLedger": deployment.reimbursement_ledger,
            },
        },
        "versions": {
            "python": sys.version.split()[0],
            **{
                name: version(name)
                for name in (
                    "piaolian",
                    "eth-ape",
                    "vyper",
                    "web3",
                    "eth-account",
                    "typst",
                    "qrcode",
                )
            },
            "anvil": services.reader.client_version(),
        },
        "notes": counts.notes,
    }
    OUT.mkdir(parents=True, exist_ok=True)
    text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
    (OUT / "summary.json").write_text(text)
    shutil.copy(services.settings.deployment_file, OUT / "deployment.json")
    for line in _lines(counts, seconds):
        _say(line)
    wrong = _shortfalls(counts)
    if wrong:
        raise SystemExit("The demonstration fell short: " + "; ".join(wrong))


def _lines(counts: story.Counts, seconds: float) -> list[str]:
    return [
        f"{counts.bills_issued} bills of {counts.kinds} kinds issued",
        f"{counts.bills_anchored} anchored on the chain",
        f"{counts.bills_verified} verified from their PDFs alone",
        f"{counts.reimbursed} reimbursed by two payers in order",
        f"{counts.out_of_order_refused} claim out of order refused by the contract",
        f"{counts.second_claim_refused} second claim on an exhausted bill refused by the contract",
        f"{counts.altered_found_invalid} altered PDF found INVALID",
        f"{counts.chain_down_unknown} verification with the chain stopped UNKNOWN",
        *(f"  {note}" for note in counts.notes),
        f"Documents in {OUT / 'bills'}, figures in {OUT / 'summary.json'}",
        f"{seconds:.1f} seconds",
    ]


def _shortfalls(counts: story.Counts) -> list[str]:
    issued = counts.bills_issued
    wanted = {
        "bills_anchored": issued,
        "bills_verified": issued,
        "kinds": len(load_kinds()),
        "reimbursed": story.REIMBURSED,
        "out_of_order_refused": 1,
        "second_claim_refused": 1,
        "altered_found_invalid": 1,
        "chain_down_unknown": 1,
    }
    return [
        f"{name} is {getattr(counts, name)}, not {number}"
        for name, number in wanted.items()
        if getattr(counts, name) != number
    ]


def _tell(services: Services, chain: AnvilChain, base_url: str, sign_ins: SignIns) -> None:
    _say("")
    _say(f"Pages      {base_url}/")
    _say(f"API        {base_url}/api/v1  (described in {base_url}/api/v1/openapi.json)")
    _say(f"Chain RPC  {chain.url}  (chain id {chain.chain_id})")
    _say(f"Home       {services.settings.home}")
    _say("API keys (Authorization: Bearer …):")
    _say(f"  supervisor                {sign_ins.supervisor}")
    for key, name in sign_ins.names.items():
        _say(f"  {name}  {key}")
    _say("Ctrl-C stops everything; the next `make demo` goes on from here")


def _farewell() -> None:
    _say("Stopped; everything is saved")


def _say(line: str) -> None:
    print(line, flush=True)
