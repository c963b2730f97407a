"""The lane of a signing key: its transactions one after the other, each followed to its end.

The signed bytes are stored before they are sent, so a crash at any instant leaves bytes that can
be sent again; a nonce is never signed twice unless the chain proves it was used by another.
"""

from __future__ import annotations

import structlog

from frontend_api.chain.rpc import RpcError
from frontend_api.chain.signing import sign_transaction
from frontend_api.domain.errors import RefusedByContract, SignerUnavailable
from frontend_api.ports import ChainSender, Clock, Keys, Outbox, Transaction, TxState

REBROADCAST_SECONDS = 3  # a pool may have been wiped: the same bytes are sent again
NODE_REFUSALS = 20  # simulations that end in a node's own error before a call is given up
RIVAL_SECONDS = 10  # a node may know a count before the receipt: wait before calling it a rival

_log = structlog.get_logger(__name__)


class Lanes:
    """All lanes of this platform; ``step`` gives each one move."""

    def __init__(self, chain: ChainSender, outbox: Outbox, keys: Keys, clock: Clock) -> None:
        self._chain = chain
        self._outbox = outbox
        self._keys = keys
        self._clock = clock
        self._faults: dict[int, int] = {}  # tx_id → how often the node would not simulate it
        self._sent: dict[int, int] = {}  # tx_id → when last sent by this process

    def in_flight(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._outbox.senders_with_work())

    def step(self) -> bool:
        """One move in every lane that has work; True if a transaction reached its end.

        Raises ChainUnreachable, SignerUnavailable.
        """
        moved, fault = False, None
        for sender in self._outbox.senders_with_work():
            try:
                moved |= self._move(sender)
            except SignerUnavailable as e:  # the other lanes go on
                fault = e
        if fault:
            raise fault
        return moved

    def recover(self) -> int:
        """Open again what the chain has lost (it came back older); returns how many."""
        reopened = sum(
            self._outbox.reopen(sender, self._chain.transaction_count(sender))
            for sender in self._outbox.senders()
        )
        self._sent.clear()
        if reopened:
            _log.warning("transactions_lost_by_chain", reopened=reopened)
        return reopened

    def _move(self, sender: str) -> bool:
        transaction = self._outbox.open(sender)
        if transaction is None:
            return False
        if transaction.state is TxState.QUEUED:
            return self._sign_and_send(transaction)
        return self._follow(transaction)

    def _sign_and_send(self, transaction: Transaction) -> bool:
        try:
            self._chain.simulate(transaction.sender, transaction.call)
        except RefusedByContract as e:
            self._outbox.finished(transaction.tx_id, TxState.REFUSED, e.reason, None)
            return True
        except RpcError as e:  # the node itself will not run it (out of gas, not admitted)
            return self._refused_by_node(transaction, e)
        self._faults.pop(transaction.tx_id, None)
        nonce = self._chain.transaction_count(transaction.sender)
        signed = sign_transaction(
            self._keys.private_key(transaction.sender),
            nonce=nonce,
            to=transaction.call.to,
            data=transaction.call.data,
            gas=transaction.call.gas,
            chain_id=self._chain.chain_id(),
        )
        self._outbox.signed(transaction.tx_id, nonce, signed.raw, signed.hash)
        self._send(transaction.tx_id, signed.raw)
        return self._follow(self._outbox.get(transaction.tx_id))

    def _refused_by_node(self, transaction: Transaction, error: RpcError) -> bool:
        faults = self._faults[transaction.tx_id] = self._faults.get(transaction.tx_id, 0) + 1
        if faults < NODE_REFUSALS:
            return False
        del self._faults[transaction.tx_id]
        self._outbox.finished(transaction.tx_id, TxState.REFUSED, error.message, None)
        return True

    def _follow(self, transaction: Transaction) -> bool:
        assert transaction.hash is not None
        assert transaction.raw is not None
        assert transaction.nonce is not None
        receipt = self._chain.receipt(transaction.hash)
        if receipt:
            self._finish(transaction, receipt.succeeded, receipt.block_number)
            return True
        now, sent = self._clock(), self._sent.get(transaction.tx_id)
        if sent is None or now >= sent + REBROADCAST_SECONDS:
            if self._chain.transaction_count(transaction.sender) > transaction.nonce:
                return self._displaced(transaction, now)
            self._send(transaction.tx_id, transaction.raw)
        return False

    def _displaced(self, transaction: Transaction, now: int) -> bool:
        if now < transaction.updated_at + RIVAL_SECONDS:
            return False
        _log.warning("nonce_used_by_another", tx_id=transaction.tx_id, nonce=transaction.nonce)
        self._outbox.requeue(transaction.tx_id)
        return True

    def _finish(self, transaction: Transaction, succeeded: bool, block: int) -> None:
        self._sent.pop(transaction.tx_id, None)
        if succeeded:
            self._outbox.finished(transaction.tx_id, TxState.MINED, None, block)
            return
        reason = "reverted in its block"
        try:
            self._chain.simulate(transaction.sender, transaction.call)
        except RefusedByContract as e:
            reason = e.reason
        self._outbox.finished(transaction.tx_id, TxState.REVERTED, reason, block)

    def _send(self, tx_id: int, raw: bytes) -> None:
        self._sent[tx_id] = self._clock()
        self._chain.send_raw(raw)
