"""What the page of a bill shows: banner, verdicts, facts, money, chain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from frontend_api.bootstrap import Services
from frontend_api.domain.anchor import Deployment
from frontend_api.flow.read import bill_file_of, open_bill, require_anchored
from frontend_api.ports import StoredBill
from frontend_api.verify import VerificationReport
from frontend_api.web.amounts import ClaimLine, Part, claims_of, parts_of
from frontend_api.web.facts import Row, rows_of_bill, rows_of_report
from frontend_api.web.language import Language
from frontend_api.web.verdicts import Banner, Line, amount_facts, banner_of, lines_of

_CHINA = timezone(timedelta(hours=8))
_CONTRACTS = ("issuer_registry", "bill_registry", "consent_registry", "reimbursement_ledger")


@dataclass(frozen=True, slots=True)
class View:
    """One page. ``here`` is the holder's own address, with which documents can be fetched.

    ``parts`` is None when the chain did not give the amounts; ``show_money`` says whether to
    speak of money at all.
    """

    banner: Banner
    lines: Sequence[Line]
    rows: Sequence[Row]
    sample: bool
    show_money: bool
    parts: Sequence[Part] | None
    claims: Sequence[ClaimLine]
    chain: Sequence[Row]
    deployment: Sequence[Row]
    here: str | None

    @property
    def masked(self) -> bool:
        """Whether some of the rows are partly hidden."""
        return any(row.name in ("check_code", "holder") for row in self.rows)


def bill_view(hub: Services, stored: StoredBill, language: Language, here: str | None) -> View:
    """An anchored bill of this platform, verified anew."""
    report = hub.verifier.verify_bill_file(bill_file_of(hub.desk, stored))
    content, header = open_bill(hub.desk, stored).content, stored.bill.header
    figures = amount_facts(report)
    banner = banner_of(report)
    return View(
        banner=banner,
        lines=lines_of(report, language),
        rows=rows_of_bill(header, content, hub.kinds, language),
        sample=content.get("sample") is True,
        show_money=banner.tone in ("ok", "unknown"),
        parts=parts_of(figures, header.currency) if figures else None,
        claims=claims_of(hub, stored) if here else (),
        chain=_chain_rows(stored),
        deployment=_deployment_rows(hub.desk.platform.deployment),
        here=here,
    )


def pending_view(hub: Services, stored: StoredBill, language: Language) -> View:
    """A bill that was accepted and is on its way to the chain."""
    content = open_bill(hub.desk, stored).content
    return View(
        banner=Banner("pending", "pending"),
        lines=(),
        rows=rows_of_bill(stored.bill.header, content, hub.kinds, language),
        sample=content.get("sample") is True,
        show_money=False,
        parts=None,
        claims=(),
        chain=(),
        deployment=_deployment_rows(hub.desk.platform.deployment),
        here=None,
    )


def report_view(report: VerificationReport, hub: Services, language: Language) -> View:
    """A document that somebody uploaded."""
    figures, banner = amount_facts(report), banner_of(report)
    return View(
        banner=banner,
        lines=lines_of(report, language),
        rows=rows_of_report(report),
        sample=report.compare.get("sample") is True,
        show_money=banner.tone == "ok",
        parts=parts_of(figures, str(report.compare["currency"])) if figures else None,
        claims=(),
        chain=(),
        deployment=_deployment_rows(hub.desk.platform.deployment),
        here=None,
    )


def _chain_rows(stored: StoredBill) -> list[Row]:
    anchored = require_anchored(stored)
    anchor = anchored.anchor
    at = datetime.fromtimestamp(anchor.block_time, UTC).astimezone(_CHINA)
    return [
        Row("block", f"{anchor.block_number:,}"),
        Row("block_time", f"{at:%Y-%m-%d %H:%M:%S} UTC+8"),
        Row("block_hash", "0x" + anchor.block_hash.hex()),
        Row("transaction", "0x" + anchor.transaction.hex()),
        Row("batch", f"{anchored.batch_id} ({anchored.count})"),
    ]


def _deployment_rows(deployment: Deployment) -> list[Row]:
    return [
        Row("chain_id", str(deployment.chain_id)),
        Row("instance", "0x" + deployment.instance.hex()),
        *(Row(name, str(getattr(deployment, name))) for name in _CONTRACTS),
    ]
