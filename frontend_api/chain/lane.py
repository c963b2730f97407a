"""The lane of a signing key: its transactions one after the other, each followed to its end.

The signed bytes are stored before they are sent, so a crash at any instant leaves bytes that can
be sent again; a nonce is never signed twice unless the chain proves it was used by another.
"""

from __future__ import annotations

import structlog

from frontend_api.chain.rpc import RpcError
from frontend_api.chain.signing import sign_transaction
from frontend_api.domain.errors import RefusedByContract, SignerUnavailable, WrongChain
from frontend_api.ports import ChainSender, Clock, Keys, Outbox, Receipt, Transaction, TxState

REBROADCAST_SECONDS = 3  # a pool may have been wiped: the same bytes are sent again
NODE_REFUSALS = 20  # simulations that end in a node's own error before a call is given up
RIVAL_SECONDS = 10  # a node may know a count before the receipt: wait before calling it a rival

_log = structlog.get_logger(__name__)


class Lanes:
    """All lanes of this platform; ``step`` gives each one move.

    Signs for the chain ``chain_id`` alone, whatever id a node reports.
    """

    def __init__(
        self, chain: ChainSender, outbox: Outbox, keys: Keys, clock: Clock, chain_id: int
    ) -> None:
        self._chain = chain
        self._chain_id = chain_id
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

        Raises ChainUnreachable, WrongChain, SignerUnavailable.
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
        self._require_chain()
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
            chain_id=self._chain_id,
        )
        self._outbox.signed(transaction.tx_id, nonce, signed.raw, signed.hash)
        self._send(transaction.tx_id, signed.raw)
        return self._follow(self._outbox.get(transaction.tx_id))

    def _require_chain(self) -> None:
        answering = self._chain.chain_id()
        if answering != self._chain_id:
            raise WrongChain(
                f"the RPC answers for chain {answering} instead of {self._chain_id}: nothing is "
                "signed"
            )

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
            self._finish(transaction, receipt)
            return True
        sent = self._sent.get(transaction.tx_id)
        if sent is None or self._since(sent) >= REBROADCAST_SECONDS:
            count = self._chain.transaction_count(transaction.sender)
            if count != transaction.nonce and self._since(transaction.updated_at) >= RIVAL_SECONDS:
                return self._displaced(transaction, count)
            if count <= transaction.nonce:
                self._send(transaction.tx_id, transaction.raw)
        return False

    def _since(self, moment: int) -> int:
        """Seconds since a moment; a clock that was put back must not make us wait for it."""
        return abs(self._clock() - moment)

    def _displaced(self, transaction: Transaction, count: int) -> bool:
        """Sign anew: another transaction has the nonce, or the chain lacks the ones before it.

        A gap is left by a node that reported a count which then was lost. Earlier nonces of ours
        would be followed first, so nobody here can fill it; and what was signed for the later
        nonce changes nothing should it be mined after all, for the contracts take no step twice.
        """
        assert transaction.nonce is not None
        event = "nonce_used_by_another" if count > transaction.nonce else "nonce_gap"
        _log.warning(event, tx_id=transaction.tx_id, nonce=transaction.nonce, count=count)
        self._outbox.requeue(transaction.tx_id)
        return True

    def _finish(self, transaction: Transaction, receipt: Receipt) -> None:
        self._sent.pop(transaction.tx_id, None)
        block = receipt.block_number
        if receipt.succeeded and not receipt.events:
            # What has no code takes every call. Nothing was done, and the nonce is another
            # chain's: it is signed anew when the chain we know is back.
            self._outbox.requeue(transaction.tx_id)
            raise WrongChain(
                f"transaction {transaction.tx_id} logged no event: there was no contract at the "
                "address, so the chain came back empty or is another; it is sent when ours is back"
            )
        if receipt.succeeded:
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
