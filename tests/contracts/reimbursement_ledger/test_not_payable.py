"""Only a bill that is good pays, whatever else a bill registry may answer.

The bill registry answers one of seven states, and the ledger has a word of its own for each that
is not good: with it, "bill: not payable" is never met. A registry that answers no state, or
several at once, meets it.
"""

import boa
import pytest

from ..support.events import events_of
from ..support.world import GOOD, INSURER, NOT_IN_BATCH, created_address, deployer_of

SIGHT = b"sight".ljust(32, b"\0")
EVERY = 2**7 - 1
BILLS = """
struct Header:
    bill_code: uint64
    bill_no: uint64
    amount_fen: uint128
    at_source_fen: uint128
    currency: bytes3
    holder: bytes32
    content_root: bytes32
    issued_at: uint64

registry: public(address)
ledger: public(address)
answer: uint256

@deploy
def __init__(_registry: address, _ledger: address, _answer: uint256):
    self.registry = _registry
    self.ledger = _ledger
    self.answer = _answer

@external
@view
def holds(header: Header, batch_id: uint64, path: DynArray[bytes32, 32]) -> bool:
    return True

@external
@view
def payability(bill_key: uint64, batch_id: uint64) -> uint256:
    return self.answer
"""


def log_use(world, answer: int) -> list[str]:
    """Sees a bill by a ledger whose bill registry gives this answer; the names of the events."""
    deployer, registry = boa.env.generate_address(), world.registry.address
    expected = created_address(deployer, 2)
    with boa.env.prank(deployer):
        bills = boa.loads(BILLS, registry, expected, answer)
        consents = deployer_of("ConsentRegistry").deploy(registry, expected)
        ledger = deployer_of("ReimbursementLedger").deploy(
            registry, bills.address, consents.address
        )
    header = world.header(1)
    grant = world.grant_for(header.key, INSURER, purpose=SIGHT)
    consents.grant(grant, sender=world.holder.address)
    ledger.log_use(header, header.key, [], grant, sender=world.insurer_key)
    return [event.name for event in events_of(ledger)]


def test_payable__good__goes_on(world):
    assert log_use(world, GOOD) == ["GrantUsed", "UseLogged"]


@pytest.mark.parametrize("answer", [0, GOOD | NOT_IN_BATCH, EVERY])
def test_payable__no_state_or_several__reverts(world, answer):
    with boa.reverts("bill: not payable"):
        log_use(world, answer)
