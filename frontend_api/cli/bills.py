"""sample, issue, import, status and claim."""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from frontend_api.bootstrap import Services, generate, load_kinds
from frontend_api.cli.importing import import_rows, template
from frontend_api.cli.opened import bill_number, follow, platform
from frontend_api.commitment.canonical import canonical_json, read_json
from frontend_api.domain.errors import InputError, StateConflict, Unavailable
from frontend_api.domain.money import figures
from frontend_api.domain.states import Role
from frontend_api.flow.claim import lock_claim, settle_claim
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.read import open_bill, verify_url
from frontend_api.ports import Caller


def sample(
    count: Annotated[int, typer.Argument(help="How many bills", min=1)],
    seed: Annotated[int, typer.Option(help="The same seed gives the same bills")] = 1,
    now: Annotated[
        datetime | None, typer.Option(help="Bills are of the three days before this time (UTC)")
    ] = None,
) -> None:
    """Write realistic requests of all kinds as JSON lines, ready for ``piaolian import``."""
    moment = now.replace(tzinfo=UTC) if now else datetime.now(UTC)
    out = sys.stdout.buffer
    for request in generate(load_kinds(), seed, count, moment):
        out.write(canonical_json(request) + b"\n")


def issue(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="One request, JSON")],
    issuer: Annotated[str, typer.Option(help="USCC of the issuer")],
) -> None:
    """Issue one bill and wait until the chain has it."""
    body = read_json(file.read_bytes())
    if not isinstance(body, dict):
        raise InputError("the file must hold one JSON object: a request to issue a bill")
    with platform(context.obj) as services:
        key = str(body.get("business_no", ""))
        number = issue_bill(services.desk, issuer, key, body).number
        bills = services.desk.bills

        def anchored() -> bool:
            stored = bills.find(number.key)
            return stored is not None and stored.anchored is not None

        services.engine.wait_for(anchored, services.settings.wait_seconds)
        stored = bills.find(number.key)
        assert stored is not None
        state = (
            f"anchored in block {stored.anchored.anchor.block_number}"
            if stored.anchored
            else "accepted; the chain does not have it yet"
        )
        typer.echo(f"{number} {state}")
        typer.echo(verify_url(open_bill(services.desk, stored)))


def import_file(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(exists=True, dir_okay=False, help="JSON lines, CSV or XLSX, by its ending"),
    ] = None,
    issuer: Annotated[
        str | None,
        typer.Option(help="USCC of the issuer; by default whoever holds numbers of each kind"),
    ] = None,
    template_of: Annotated[
        str | None,
        typer.Option("--template", help="Write a CSV template for this kind of bill instead"),
    ] = None,
) -> None:
    """Issue every bill of a file; a second run goes on where the first was cut off."""
    if template_of is not None:
        typer.echo(template(template_of, load_kinds()), nl=False)
        return
    if file is None:
        raise InputError("name a file, or a kind of bill with --template")
    with platform(context.obj) as services:
        done = import_rows(services, file, issuer, Console(stderr=True))
    job = done.job
    typer.echo(f"{job.accepted} accepted, {job.repeated} were there, {done.anchored} anchored")
    for error in done.first_errors:
        typer.echo(f"row {error.row}: {error.path or '/'}: {error.message}", err=True)
    if job.errors:
        typer.echo(f"{job.errors} problems, listed in {done.error_file}", err=True)
        raise typer.Exit(1)


def status(
    context: typer.Context,
    bill: Annotated[str | None, typer.Argument(help="A bill, as 46060126-0000000001")] = None,
) -> None:
    """Show how the platform stands, or one bill."""
    with platform(context.obj) as services:
        services.engine.look()
        table = _bill_rows(services, bill) if bill else _platform_rows(services)
    width = max(len(name) for name, _ in table)
    for name, value in table:
        typer.echo(f"{name:<{width}}  {value}")


def _platform_rows(services: Services) -> list[tuple[str, str]]:
    d = services.record.deployment
    unanchored = services.desk.batches.unanchored()
    fault = services.engine.fault
    return [
        ("home", str(services.settings.home)),
        ("chain", f"{d.chain_id}, {_height(services)}"),
        ("instance", "0x" + d.instance.hex()),
        ("BillRegistry", d.bill_registry),
        ("number segments", str(services.desk.views.segment_count())),
        ("segments waiting", str(len(services.desk.batches.waiting()))),
        ("batches on their way", str(len(unanchored))),
        ("fault", str(fault) if fault else "none"),
    ]


def _height(services: Services) -> str:
    try:
        return f"block {services.reader.head().number}"
    except Unavailable:
        return "does not answer"


def _bill_rows(services: Services, bill: str) -> list[tuple[str, str]]:
    number = bill_number(bill)
    stored = services.desk.bills.find(number.key)
    if stored is None:
        raise StateConflict(f"there is no bill {number} here")
    header, anchored = stored.bill.header, stored.anchored
    rows = [
        ("bill", str(number)),
        ("kind", stored.kind),
        ("amount", figures(header.amount_fen)),
        ("anchored", f"block {anchored.anchor.block_number}" if anchored else "not yet"),
        ("validity", "VOIDED" if stored.voided_at else "ISSUED"),
    ]
    for claim in services.desk.views.claims(number.key):
        fen = claim.approved_fen or claim.reserved_fen
        rows.append((f"claim of {claim.payer}", f"{claim.state} {figures(fen)}"))
    return rows


def claim(
    context: typer.Context,
    bill: Annotated[str, typer.Argument(help="A bill, as 46060126-0000000001")],
    payer: Annotated[str, typer.Option(help="USCC of the payer")],
    claim_no: Annotated[str, typer.Option(help="The payer's own number of the claim")],
    amount: Annotated[int, typer.Option(help="Amount to reserve, in fen", min=1)],
    settle: Annotated[
        int | None, typer.Option(help="Amount to pay at once, in fen; without it, only reserve")
    ] = None,
    voucher: Annotated[str, typer.Option(help="Voucher of the payment")] = "-",
) -> None:
    """Reserve an amount of a bill for a payer, and pay it with ``--settle``."""
    number = bill_number(bill)
    with platform(context.obj) as services:
        who = Caller(Role.PAYER, payer, payer)
        desk = services.desk
        lock = {"claim_no": claim_no, "amount_fen": amount}
        follow(services, lock_claim(desk, who, number, _key("lock", bill, lock), lock))
        typer.echo(f"reserved {figures(amount)} yuan of {number}")
        if settle is None:
            return
        services.engine.wait_for(
            lambda: bool(desk.views.claims(number.key)), services.settings.wait_seconds
        )
        body = {"approved_fen": settle, "voucher": voucher}
        key = _key("settle", bill, {**body, "claim_no": claim_no})
        follow(services, settle_claim(desk, who, number, claim_no, key, body))
        typer.echo(f"settled {figures(settle)} yuan")


def _key(what: str, bill: str, body: dict[str, Any]) -> str:
    digest = hashlib.sha256(canonical_json(body)).hexdigest()[:32]
    return f"cli/{what}/{bill}/{digest}"
