"""Checks (2) to (6), which whole bills and bills in part have in common, and the report on all.

The numbers are those of the package's docstring.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.ports import TrustedDeployments
from frontend_api.verify.amount import check_amount
from frontend_api.verify.anchored import check_anchored, gate
from frontend_api.verify.authority import check_authority
from frontend_api.verify.facts import BillReader, ChainFacts, fetch_facts
from frontend_api.verify.inclusion import check_inclusion
from frontend_api.verify.live import check_live
from frontend_api.verify.report import AskedChain, Check, Finding, VerificationReport


def on_chain_checks(
    file: BillFile,
    integrity: Finding,
    reader: BillReader,
    trusted: TrustedDeployments,
    now: int,
    *,
    compare: Mapping[str, Any],
    further: tuple[Check, ...] = (),
) -> VerificationReport:
    """The report with ``integrity`` as check (1), and ``further`` ones behind the six.

    Of the content only the issuer is looked at. Raises what ``trusted`` raises; trouble with the
    chain is UNKNOWN in the checks concerned.
    """
    pinned = trusted.find(file.deployment.instance)
    answer = fetch_facts(file, pinned, reader)

    # (2) inclusion: nothing but the file and the pinned instance.
    inclusion, root = check_inclusion(file, pinned)
    # (3) anchored: needs the root of (2).
    anchored = check_anchored(file, inclusion, root, answer)
    # (4) authority, (5) live, (6) amount: need a bill that the chain holds; (6) a live one.
    gated = gate(file, inclusion, root, answer)
    authority = check_authority(file, pinned, gated)
    live = check_live(gated)
    amount = check_amount(file.header, live, gated)

    head = answer.head if isinstance(answer, ChainFacts) else None
    return VerificationReport(
        checked_at=now,
        bill_code=file.header.number.code,
        bill_no=file.header.number.number,
        chain_id=answer.chain_id,
        height=head.number if head else None,
        verdicts=(
            Check(1, "integrity", integrity),
            Check(2, "inclusion", inclusion),
            Check(3, "anchored", anchored),
            Check(4, "authority", authority),
            Check(5, "live", live),
            Check(6, "amount", amount),
            *further,
        ),
        compare=compare,
        asked=AskedChain(pinned, head.hash if head else None),
    )
