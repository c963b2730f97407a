"""The facts that the rules judge, fetched once: the only input of this package.

All or nothing: a chain that stops answering half-way leaves no facts, only the reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import PiaolianError, WrongChain
from frontend_api.ports import (
    ChainAmounts,
    ChainBatch,
    ChainBillState,
    ChainBlock,
    ChainHead,
    ChainIssuer,
    ChainKey,
    ChainLog,
    ChainReader,
    LogReader,
)


class BillReader(ChainReader, LogReader, Protocol):
    """What a verifier reads of a chain: the contracts, and the events of one block."""


@dataclass(frozen=True, slots=True)
class ChainFacts:
    """What the chain of the trusted deployment says about one bill at one moment.

    ``block`` is the chain's block at the height that the file names; ``event`` the batch's
    ``Anchored`` event in that block. ``key`` and ``issuer`` are those of the batch.
    """

    chain_id: int
    head: ChainHead
    batch: ChainBatch | None
    block: ChainBlock | None
    event: ChainLog | None
    key: ChainKey | None
    issuer: ChainIssuer | None
    state: ChainBillState
    disputed: bool
    amounts: ChainAmounts


@dataclass(frozen=True, slots=True)
class Unasked:
    """Why there are no facts: ``reason`` is ``not-pinned``, ``chain-unreachable``, ``wrong-chain``.

    ``chain_id`` is that of the node which answered, if one did.
    """

    reason: str
    detail: str = ""
    chain_id: int | None = None


def fetch_facts(
    file: BillFile, pinned: Deployment | None, reader: BillReader
) -> ChainFacts | Unasked:
    """Ask the chain about a bill, under the pinned deployment only. Raises nothing of the chain's.

    Contracts that the file names are never asked.
    """
    if pinned is None:
        return Unasked("not-pinned")
    chain_id: int | None = None
    try:
        chain_id = reader.chain_id()
        if chain_id != pinned.chain_id:
            return Unasked(
                "wrong-chain", f"chain {chain_id} instead of {pinned.chain_id}", chain_id
            )
        if reader.instance(pinned) != pinned.instance:
            return Unasked("wrong-chain", "the trusted contracts are not on it", chain_id)
        return _fetch(file, pinned, reader, chain_id)
    except WrongChain as e:
        return Unasked("wrong-chain", str(e), chain_id)
    except PiaolianError as e:  # no answer, half an answer, or a node that refuses to be asked
        return Unasked("chain-unreachable", str(e), chain_id)


def _fetch(file: BillFile, pinned: Deployment, reader: BillReader, chain_id: int) -> ChainFacts:
    head = reader.head()
    batch = reader.batch(pinned, file.inclusion.batch_id)
    number = file.anchor.block_number
    block = reader.block(number) if number <= head.number else None
    key = file.header.number.key
    return ChainFacts(
        chain_id=chain_id,
        head=head,
        batch=batch,
        block=block,
        event=_event(reader, pinned, number, file.inclusion.batch_id) if block else None,
        key=reader.key(pinned, batch.signer) if batch else None,
        issuer=reader.issuer(pinned, batch.issuer) if batch else None,
        state=reader.bill_state(pinned, key),
        disputed=reader.disputed(pinned, batch.batch_id) if batch else False,
        amounts=reader.amounts(pinned, key),
    )


def _event(
    reader: BillReader, pinned: Deployment, block_number: int, batch_id: int
) -> ChainLog | None:
    for log in reader.logs(pinned, block_number, block_number):
        named = (log.contract, log.event, log.args.get("batch_id"))
        if named == ("BillRegistry", "Anchored", batch_id):
            return log
    return None
