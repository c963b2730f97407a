"""Copies of the contracts with one bug each, to show that the machine would find it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import boa
from contracts.support import world


class Bug(NamedTuple):
    contract: str  # which has to be compiled anew
    file: str
    right: str
    wrong: str
    times: int = 1  # that the right text is there; the first of them goes wrong
    seed: int = 1  # of the first round: one that is quick to find it


BUGS = {
    "what was paid at source is left": Bug(
        "ReimbursementLedger", "ReimbursementLedger.vy",
        "header.amount_fen - header.at_source_fen - held.settled_fen",
        "header.amount_fen - held.settled_fen",
        seed=5,
    ),
    "settled a second after the expiry": Bug(
        "ReimbursementLedger", "ReimbursementLedger.vy",
        'assert block.timestamp <= convert(claim.expires_at, uint256), "claim: expired"',
        'assert block.timestamp <= convert(claim.expires_at + 1, uint256), "claim: expired"',
        times=2,
    ),
    "a grant to another payer is good": Bug(
        "ReimbursementLedger", "modules/claim_rules.vy",
        '    assert grant.payer == payer, "grant: for another payer"\n', "",
    ),
    "a rejected claim keeps the cap used": Bug(
        "ReimbursementLedger", "ReimbursementLedger.vy",
        "    if freed != 0:\n", "    if freed != 0 and claim.approved_fen != 0:\n",
    ),
    "a voided bill is payable": Bug(
        "BillRegistry", "BillRegistry.vy",
        "        return IBillRegistry.Payability.VOIDED\n",
        "        return IBillRegistry.Payability.GOOD\n",
        seed=5,
    ),
    "a reserved bill is reversed or swapped": Bug(
        "BillRegistry", "BillRegistry.vy",
        '    assert reserved_fen == 0, "bill: reserved"\n', "",
        seed=6,
    ),
    "a window of mistrust can be narrowed": Bug(
        "IssuerRegistry", "modules/key_book.vy",
        "compromised_since < epoch.compromised_since", "compromised_since != 0",
        seed=6,
    ),
    "one officer may agree twice": Bug(
        "IssuerRegistry", "modules/approvals.vy",
        '    checks._require(msg.sender not in pending.approvers, "approval: already given")\n',
        "",
        seed=5,
    ),
}  # fmt: skip


@contextmanager
def planted(bug: Bug, folder: Path) -> Iterator[None]:
    """Within it, a new world is deployed with the bug."""
    copy = folder / "contracts"
    shutil.copytree(world.CONTRACTS, copy)
    text = (copy / bug.file).read_text(encoding="utf-8")
    assert text.count(bug.right) == bug.times, "the text that should go wrong is another by now"
    (copy / bug.file).write_text(text.replace(bug.right, bug.wrong, 1), encoding="utf-8")
    rightly = world.deployer_of

    def deployer_of(name: str) -> Any:
        return boa.load_partial(str(copy / f"{name}.vy")) if name == bug.contract else rightly(name)

    world.deployer_of = deployer_of
    try:
        yield
    finally:
        world.deployer_of = rightly
