"""200 payers race for one bill on a real chain: its amount is the limit, whoever comes first."""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest
from eth_account import Account

from frontend_api.chain.signing import address_of, sign_transaction
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.grant712 import grant_message
from frontend_api.commitment.secrets import account_of, holder_of
from frontend_api.domain.grant import Grant
from frontend_api.domain.states import PayerKind, Role
from frontend_api.ports import Call

from .deploying import HOLDER_KEY, SUPERVISOR, Network

pytestmark = pytest.mark.chain

PAYERS = 200
WANTED_FEN = 7_000  # of 40,000 that are left: five can have it
FIT = 5


@dataclass(frozen=True)
class Payer:
    """A commercial insurer with a key and a transaction count of its own."""

    number: int

    @property
    def uscc(self) -> str:
        return f"91460000MA5T{self.number:06d}"

    @property
    def key(self) -> bytes:
        return (10_000 + self.number).to_bytes(32)

    @property
    def claim_id(self) -> bytes:
        return self.number.to_bytes(32)


CROWD = [Payer(number) for number in range(1, PAYERS + 1)]


def _sent_together(network: Network, signed: list[tuple[bytes, int, Call]]) -> list[bool]:
    """All transactions sent before any is mined; whether each succeeded."""
    chain_id = network.deployment.chain_id
    made = [sign_transaction(key, n, c.to, c.data, c.gas, chain_id) for key, n, c in signed]
    network.rpc.call("evm_setAutomine", False)
    deadline = time.monotonic() + 60
    missing = made
    while missing:  # a busy node's pool may lose some: they are sent again, as a lane does
        assert time.monotonic() < deadline, "not mined"
        network.rpc.batch([("eth_sendRawTransaction", ["0x" + one.raw.hex()]) for one in missing])
        network.rpc.call("evm_mine")
        missing = [one for one in missing if network.reader.receipt(one.hash) is None]
    network.rpc.call("evm_setAutomine", True)
    receipts = [network.reader.receipt(one.hash) for one in made]
    return [receipt is not None and receipt.succeeded for receipt in receipts]


def _admitted(network: Network) -> None:
    for payer in CROWD:
        name = f"保险{payer.number}"
        kind = PayerKind.COMMERCIAL
        network.send(SUPERVISOR, network.calls.admit_payer(payer.uscc, name, kind, 460_000))
        address = address_of(payer.key)
        network.send(SUPERVISOR, network.calls.register_key(address, payer.uscc, Role.PAYER))


def _grant(network: Network, bill: BillFile, payer: Payer) -> tuple[Grant, bytes]:
    grant = Grant(
        holder=holder_of(account_of(HOLDER_KEY)),
        bill_key=bill.header.number.key,
        payer=payer.uscc,
        purpose=b"reimbursement".ljust(32, b"\0"),
        field_set=bytes(32),
        cap_fen=40_000,
        expires_at=int(time.time()) + 3600,
        no_statutory=True,
        nonce=payer.number,
    )
    message = grant_message(grant, network.deployment)
    return grant, bytes(Account.sign_message(message, HOLDER_KEY).signature)


def test_two_hundred_payers_race_for_one_bill__no_more_than_its_amount(network):
    _admitted(network)
    bill = network.anchor(2)[1]
    key, batch = bill.header.number.key, bill.inclusion.batch_id
    left = bill.header.amount_fen - bill.header.at_source_fen
    grants = [_grant(network, bill, payer) for payer in CROWD]
    granted = [
        (p.key, 0, network.calls.grant_signed(*g)) for p, g in zip(CROWD, grants, strict=True)
    ]
    assert all(_sent_together(network, granted))

    until = int(time.time()) + 1800
    locks = [
        (
            p.key,
            1,
            network.calls.lock(bill.header, bill.inclusion, g, p.claim_id, WANTED_FEN, until),
        )
        for p, (g, _) in zip(CROWD, grants, strict=True)
    ]
    won = _sent_together(network, locks)
    assert sum(won) == FIT
    held = network.reader.amounts(network.deployment, key)
    assert (held.settled_fen, held.reserved_fen) == (0, FIT * WANTED_FEN)

    # Everybody settles, also who has nothing to settle; the winners do so twice.
    settles = [
        (p.key, nonce, network.calls.settle(key, batch, p.claim_id, WANTED_FEN, b"\x02" * 32))
        for p in CROWD
        for nonce in (2, 3)
    ]
    paid = _sent_together(network, settles)
    assert paid == [won[i // 2] and i % 2 == 0 for i in range(2 * PAYERS)]
    spent = network.reader.amounts(network.deployment, key)
    assert (spent.settled_fen, spent.reserved_fen) == (FIT * WANTED_FEN, 0)
    assert spent.settled_fen <= left
