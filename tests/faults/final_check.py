"""After every fault: one event, one row, one document for each request, and fsck finds nothing."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

from faults.home import NAIVE_DATABASE, opened
from faults.naive import header_of
from faults.subject import Request
from frontend_api.bootstrap import Services, open_books
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.tree import root_of
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.fsck import Tally, Wishes, check_books
from frontend_api.flow.fsck_findings import Finding
from frontend_api.flow.read import bill_file_of
from frontend_api.store.database import Database


def problems_of(
    kind: str, home: Path, rpc_url: str, requests: list[Request], lost: Collection[int] = ()
) -> list[str]:
    """What is wrong after a fault; nothing if it was survived.

    ``lost`` are bills that a restored backup does not have: fsck must name them, and no other.
    """
    check = _naive_problems if kind == "naive" else _platform_problems
    return check(home, rpc_url, requests, lost)


def _platform_problems(
    home: Path, rpc_url: str, requests: list[Request], lost: Collection[int]
) -> list[str]:
    with opened(home, rpc_url) as services:
        with services.database.read() as c:
            found = c.exec_driver_sql("SELECT business_no, bill_key FROM bills").all()
        rows = [(str(no), int(key)) for no, key in found]
        problems = _rows_and_events(services, rows, requests, lost)
        for _, key in rows:
            problems += _document_problems(services, key)
        findings, code = fsck(services)
        names = {str(BillNumber(key)) for key in lost}
        problems += [f"fsck: {f.words('en')}" for f in findings if f.subject not in names]
        if {f.subject for f in findings if f.reason == "bill-missing"} != names:
            problems.append(f"fsck does not name what is lost: {names}")
        if code != (1 if lost else 0):
            problems.append(f"fsck: exit code {code}")
        return problems


def _document_problems(services: Services, key: int) -> list[str]:
    stored = services.desk.bills.find(key)
    if stored is None or stored.anchored is None:
        return [f"bill {key} is not anchored"]
    pdf = services.pdf(bill_file_of(services.desk, stored))
    again = services.pdf(bill_file_of(services.desk, stored))
    code = services.verifier.verify_upload(pdf).exit_code()
    return ([] if pdf == again else [f"bill {key}: two documents"]) + (
        [f"bill {key}: its document does not verify ({code})"] if code else []
    )


def fsck(services: Services, wishes: Wishes | None = None) -> tuple[list[Finding], int]:
    """Findings and exit code of the real fsck."""
    tally = Tally()
    with open_books(services) as books:
        checks = check_books(services.desk, services.press, books, wishes or Wishes(None), tally)
        return list(checks), tally.exit_code()


def anchored_leaves(services: Services) -> dict[int, tuple[bytes, int]]:
    """Root and size of every batch that the chain's events tell, by the batch's first key."""
    record, head = services.record, services.reader.head()
    logs = services.reader.logs(record.deployment, record.deployed_at_block, head.number)
    return {
        log.args["batch_id"]: (log.args["root"], log.args["count"])
        for log in logs if log.event == "Anchored"
    }  # fmt: skip


def _rows_and_events(
    services: Services,
    rows: list[tuple[str, int]],
    requests: list[Request],
    lost: Collection[int],
) -> list[str]:
    """One row a request, one place on the chain a row, and no place without a row."""
    wanted = sorted(request["business_no"] for request in requests)
    problems = []
    if sorted(no for no, _ in rows) != wanted:
        problems.append(f"rows of {sorted(no for no, _ in rows)} for requests {wanted}")
    batches = anchored_leaves(services)
    covered = sorted(key + i for key, (_, count) in batches.items() for i in range(count))
    if covered != sorted([*(key for _, key in rows), *lost]):
        problems.append(f"{len(covered)} bills on the chain for {len(rows)} rows")
    return problems


def _naive_problems(
    home: Path, rpc_url: str, requests: list[Request], lost: Collection[int]
) -> list[str]:
    """The same questions; what fsck re-derives is derived from its rows here."""
    with opened(home, rpc_url) as services:
        database = Database.at(home / NAIVE_DATABASE)
        with database.read() as c:
            rows = c.exec_driver_sql(
                "SELECT idempotency_key, bill_key, content, seed, leaf FROM naive"
            ).all()
        database.close()
        problems = _rows_and_events(
            services, [(str(r[0]), int(r[1])) for r in rows], requests, lost
        )
        batches = anchored_leaves(services)
        for _, key, content, seed, leaf in rows:
            header = header_of(BillNumber(key), json.loads(content), bytes(seed))
            made = bill_leaf(header, services.record.deployment.instance)
            if made != bytes(leaf):
                problems.append(f"bill {key}: its row gives another leaf")
            if batches.get(key, (b"", 0))[0] != root_of([made]):
                problems.append(f"bill {key}: the chain has another leaf, or none")
        return problems
