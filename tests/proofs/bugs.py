"""Bugs to plant in a copy of the contracts: every property has to notice one of its own."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from .bytecode import CONTRACTS


@dataclass(frozen=True)
class Bug:
    """One place of one source, written otherwise."""

    name: str
    source: str
    right: str
    wrong: str
    # The word that the invariants stop with; empty when their calls do not reach the bug.
    invariant: str = ""
    # The contract of properties, and which of them fail while its others still hold.
    properties: str = ""
    checks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


def planted(bug: Bug, folder: Path) -> Path:
    """A copy of the contracts with the bug in it."""
    copy = Path(shutil.copytree(CONTRACTS, folder / "contracts"))
    path = copy / bug.source
    text = path.read_text(encoding="utf-8")
    count = text.count(bug.right)
    assert count == 1, f"{bug}: {bug.source} has that text {count} times"
    path.write_text(text.replace(bug.right, bug.wrong), encoding="utf-8")
    return copy


LEDGER, BILLS = "ReimbursementLedger.vy", "BillRegistry.vy"
CONSENTS = "ConsentRegistry.vy"

BUGS = (
    # --- amounts ---
    Bug(
        "lock takes more than is left",
        LEDGER,
        'assert amount_fen <= self._left(header, held), "claim: exceeds what is left"',
        "assert self._left(header, held) != 0",
        "INV-1 ",
        "Amounts",
        ("check_lock_takes_no_more_than_is_left",),
    ),
    Bug(
        "account settles the whole face amount",
        LEDGER,
        "held.settled_fen += amount_fen",
        "held.settled_fen += header.amount_fen",
        "INV-1 ",
        "Amounts",
        ("check_account_takes_what_is_left",),
    ),
    Bug(
        "settle pays what was reserved, not what was approved",
        LEDGER,
        "held.settled_fen += claim.approved_fen",
        "held.settled_fen += claim.reserved_fen",
        "INV-2 ",
        "Amounts",
        ("check_settle_moves_no_more_than_was_reserved",),
    ),
    Bug(
        "what is due of the original is forgotten",
        LEDGER,
        "return free - min(free, carried)",
        "return free - min(free, carried) * 0",
        "INV-1 ",
    ),
    # --- bills that do not pay ---
    Bug(
        "voided bills are payable",
        BILLS,
        "return IBillRegistry.Payability.VOIDED",
        "return IBillRegistry.Payability.GOOD",
        "INV-3 ",
        "Ended",
        ("check_ended_bill_is_not_payable",),
    ),
    Bug(
        "bills on paper are payable",
        BILLS,
        "return IBillRegistry.Payability.SWAPPED",
        "return IBillRegistry.Payability.GOOD",
        "INV-3 ",
        "Ended",
        ("check_ended_bill_is_not_payable",),
    ),
    Bug(
        "lock does not ask whether the bill is payable",
        LEDGER,
        """(expires_at)
    self._require_unused_id(payer, bill_key, claim_id)
    claim_rules._require_held(bills, header, batch_id, path)
    claim_rules._require_payable(bills, bill_key, batch_id)
""",
        """(expires_at)
    self._require_unused_id(payer, bill_key, claim_id)
    claim_rules._require_held(bills, header, batch_id, path)
""",
        "INV-3 ",
        "Ended",
        ("check_unpayable_bill_never_pays",),
    ),
    Bug(
        "settle does not ask whether the bill is payable",
        LEDGER,
        """    claim_rules._require_payable(bills, bill_key, batch_id)
    assert approved_fen != 0""",
        "    assert approved_fen != 0",
        "",
        "Ended",
        ("check_unpayable_bill_never_pays",),
    ),
    Bug(
        "void ends what has ended",
        BILLS,
        """    bill_book._require_standing(bill_key)
    assert not self._is_claimed(bill_key)""",
        "    assert not self._is_claimed(bill_key)",
        "INV-14 ",
        "Ended",
        ("check_end_of_a_bill_is_final",),
    ),
    Bug(
        "void of what is claimed",
        BILLS,
        'assert not self._is_claimed(bill_key), "bill: reserved or settled"',
        "assert reason != 0",
        "INV-3 ",
    ),
    Bug(
        "paper comes back twice",
        BILLS,
        "assert life.paper == IBillRegistry.Paper.SWAPPED",
        "assert life.paper != empty(IBillRegistry.Paper)",
        "INV-14 ",
    ),
    Bug(
        "a red bill of a larger amount",
        BILLS,
        "assert red.header.amount_fen == original.header.amount_fen",
        "assert red.header.amount_fen >= original.header.amount_fen",
        "INV-15 ",
    ),
    Bug(
        "a replacement does not know its original",
        "modules/bill_book.vy",
        "self.link_words[replacement_key] = original",
        "self.link_words[replacement_key] = 0",
        "INV-15 ",
    ),
    # --- claims ---
    Bug(
        "a settled claim is decided again",
        LEDGER,
        "assert claim.status == IReimbursementLedger.ClaimStatus.RESERVED",
        "assert claim.status != IReimbursementLedger.ClaimStatus.EXPIRED",
        "INV-5 ",
        "Claims",
        ("check_claim_ends_once",),
    ),
    Bug(
        "a claim id is used again",
        LEDGER,
        "assert claim.status == empty(IReimbursementLedger.ClaimStatus)",
        "assert claim.status != IReimbursementLedger.ClaimStatus.SETTLED",
        "INV-5 ",
    ),
    Bug(
        "settled after its time",
        LEDGER,
        """    assert block.timestamp <= convert(claim.expires_at, uint256), "claim: expired"
    claim_rules""",
        "    claim_rules",
        "INV-28 ",
        "Claims",
        ("check_claim_settles_or_expires_never_both",),
    ),
    Bug(
        "expired before its time",
        LEDGER,
        "assert block.timestamp > convert(claim.expires_at, uint256)",
        "assert block.timestamp > 0",
        "INV-28 ",
        "Claims",
        ("check_claim_settles_or_expires_never_both",),
    ),
    Bug(
        "recovered claims are due again",
        LEDGER,
        "if claim.status != IReimbursementLedger.ClaimStatus.SETTLED:",
        "if claim.status == IReimbursementLedger.ClaimStatus.RESERVED:",
        "",
        "Claims",
        ("check_recovery_happens_once",),
    ),
    Bug(
        "recovered without a reversal",
        LEDGER,
        "return claim.approved_fen if taken_back else 0",
        "return claim.approved_fen",
        "INV-15 ",
    ),
)
