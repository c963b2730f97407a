"""Duplicates, workers, the database, the clock, keys, standing, documents, altered rows."""

from __future__ import annotations

import shutil
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from faults.final_check import fsck, problems_of
from faults.home import CONTROL
from faults.run import KIND, Fault, Run
from faults.subject import Child, wait_until
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.states import Role
from frontend_api.flow.fsck import Wishes
from frontend_api.flow.read import bill_file_of


def _duplicates(run: Run) -> None:
    request = run.request()
    with ThreadPoolExecutor(50) as clerks:
        statuses = list(clerks.map(lambda _: run.try_once(request, 60), range(50)))
    run.fired += len(statuses)
    run.child.issue(request)
    run.settle()


def _other_body(run: Run) -> None:
    first = run.issue()
    other = {**first, "business_no": first["business_no"] + "-other"}
    answer = run.child.post(other, key=first["business_no"])
    run.fired += 1
    if answer.status_code != 422:
        run.problems.append(f"the same key with another body: {answer.status_code}")


def _two_workers(run: Run) -> None:
    second = Child(run.child.kind, run.home, run.proxy.url, run.child.settings)
    second.start()
    try:
        requests = [run.request() for _ in range(16)]
        with ThreadPoolExecutor(8) as clerks:
            workers = [run.child, second] * 8
            list(
                clerks.map(lambda pair: pair[0].issue(pair[1]), zip(workers, requests, strict=True))
            )
        run.fired += 1
        run.settle()
    finally:
        second.stop()


def _locked(run: Run) -> None:
    holder = sqlite3.connect(run.database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    request = run.request()
    with ThreadPoolExecutor(1) as clerk:
        attempt = clerk.submit(run.try_once, request, 60)
        time.sleep(run.pace.lock)
        run.fired += not attempt.done() or attempt.result() == 503
        holder.rollback()
        holder.close()
        status = attempt.result()
    run.expect(status in (201, 202, 503), f"a locked database is no reason for {status}")
    run.child.issue(request)
    run.settle()


def _restored(run: Run) -> None:
    """A backup from before the anchoring comes back; the chain is ahead of it."""
    run.chain.wait_saved()
    run.chain.stop()
    request = run.request()
    run.try_once(request)
    backup = _backup(run)
    run.chain.start()
    run.child.issue(request)
    run.settle()
    run.child.stop()
    _restore(run, backup)
    run.fired += 1
    run.child.start()
    run.settle()


def _restored_too_old(run: Run) -> None:
    """A backup from before the acceptance: what is lost must be named, and no number used twice."""
    backup = _backup(run)
    run.requests.remove(run.issue())
    table = "naive" if run.naive else "bills"
    ((key,),) = run.sql(f"SELECT max(bill_key) FROM {table}")
    run.lost.add(key)
    run.child.stop()
    _restore(run, backup)
    run.fired += 1
    run.child.start()
    run.issue()


def _backup(run: Run) -> Path:
    target = run.home / "backup.sqlite3"
    with sqlite3.connect(run.database) as source, sqlite3.connect(target) as copy:
        source.backup(copy)
    return target


def _restore(run: Run, backup: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{run.database}{suffix}").unlink(missing_ok=True)
    shutil.copy(backup, run.database)


def _dropped(run: Run) -> None:
    run.child.plan("commit", "drop")
    request = run.request()
    run.try_once(request)
    run.child.issue(request)
    run.settle()


def _clock(run: Run, hours: int) -> None:
    """The clock jumps while a transaction, just lost by the pool, must be sent again."""
    run.rpc("evm_setAutomine", False)
    request = run.request()
    run.try_meanwhile(request)
    wait_until(lambda: int(run.rpc("txpool_status")["pending"], 16) > 0, 10)
    (run.home / CONTROL / "clock").write_text(str(hours * 3600))
    run.rpc("anvil_dropAllTransactions")
    run.rpc("evm_setAutomine", True)
    run.fired += 1
    if not run.naive:
        run.settle()
    (run.home / CONTROL / "clock").unlink()
    run.child.issue(request)
    run.settle()


def _signer_down(run: Run) -> None:
    sender = run.office.address(run.office.uscc(KIND), Role.ISSUER)
    platform = run.home / "piaolian.sqlite3"
    with sqlite3.connect(platform) as c:
        (sealed,) = c.execute(
            "SELECT sealed_key FROM signing_keys WHERE address = ?", (sender,)
        ).fetchone()
        change = "UPDATE signing_keys SET sealed_key = ? WHERE address = ?"
        c.execute(change, (b"\0" * len(sealed), sender))
    request = run.request()
    status = run.try_once(request)
    run.expect(status == 202, f"accepted all the same, not {status}")
    if not run.naive:
        ready = "/api/v1/health/ready"
        wait_until(lambda: "signer-unavailable" in run.child.get(ready).text, 10)
    run.fired += 1
    with sqlite3.connect(platform) as c:
        c.execute(change, (sealed, sender))
    run.child.issue(request)
    run.settle()


def _suspended(run: Run) -> None:
    """The issuer is suspended while its bills wait for the chain to come back."""
    owner = run.office.uscc(KIND)
    run.proxy.set_rule(lambda *_: None)
    request = run.request()
    run.try_once(request)
    run.office.suspend(owner)
    run.proxy.set_rule(None)
    if not run.naive:
        refused = "SELECT 1 FROM transactions WHERE state = 'REFUSED'"
        wait_until(lambda: bool(run.sql(refused)), 20)
    else:
        run.try_once(request)
    run.fired += 1
    run.office.resume(owner)
    run.child.issue(request)
    run.settle()


def _documents(run: Run) -> None:
    """One kept document is deleted, one altered: both are named, and come back byte for byte."""
    for _ in range(2):
        run.issue()
    if run.naive:  # it keeps none: they are derived from its rows, as here
        run.fired += 1
        return
    folder = run.home / "documents"
    folder.mkdir()
    with run.services() as services:
        kept = {}
        for (key,) in run.sql("SELECT bill_key FROM bills"):
            stored = services.desk.bills.find(key)
            assert stored is not None
            file = folder / f"{stored.bill.number}.pdf"
            kept[file] = services.pdf(bill_file_of(services.desk, stored))
            file.write_bytes(kept[file])
        deleted, altered, *_ = kept
        deleted.unlink()
        altered.write_bytes(kept[altered].replace(b"obj", b"obJ", 1))
        run.fired += 2
        findings, code = fsck(services, Wishes(0, folder))
        named = {(f.reason, f.subject) for f in findings}
        wanted = {("document-missing", deleted.stem), ("document-altered", altered.name)}
        run.expect(named == wanted and code == 1, f"must be named: {findings}")


def _altered_row(run: Run) -> None:
    """One amount in one row: shown as MISMATCH with bill and field."""
    run.issue()
    if run.naive:
        _altered_naive_row(run)
        return
    ((key, fen),) = run.sql("SELECT bill_key, amount_fen FROM bills ORDER BY 1 DESC LIMIT 1")
    run.sql("UPDATE bills SET amount_fen = amount_fen + 1 WHERE bill_key = ?", key)
    run.fired += 1
    with run.services() as services:
        findings, code = fsck(services)
    shown = {(f.level.value, f.subject, f.field) for f in findings}
    wanted = ("MISMATCH", str(BillNumber(key)), "amount_fen")
    run.expect(code == 1 and wanted in shown, f"must be shown: {findings}")
    run.sql("UPDATE bills SET amount_fen = ? WHERE bill_key = ?", fen, key)


def _altered_naive_row(run: Run) -> None:
    ((key, content),) = run.sql("SELECT bill_key, content FROM naive ORDER BY 1 DESC LIMIT 1")
    forged = content.replace('"total": ', '"total": 1')
    run.sql("UPDATE naive SET content = ? WHERE bill_key = ?", forged, key)
    run.fired += 1
    if not problems_of("naive", run.home, run.chain.url, run.requests):
        run.problems.append("an altered row is not noticed")
    run.sql("UPDATE naive SET content = ? WHERE bill_key = ?", content, key)


FAULTS = [
    Fault("50 parallel duplicates", _duplicates, quick=True),
    Fault("same key with another body", _other_body),
    Fault("two workers", _two_workers),
    Fault("database locked", _locked),
    Fault("database restored from a backup", _restored),
    Fault("database restored from before the acceptance", _restored_too_old),
    Fault("database dropped mid-commit", _dropped),
    *(Fault(f"clock {hours:+} h", partial(_clock, hours=hours)) for hours in (-24, -1, 1, 24)),
    Fault("signer down", _signer_down),
    Fault("issuer suspended mid-queue", _suspended),
    Fault("document deleted or altered", _documents),
    Fault("database row altered", _altered_row, quick=True),
]
