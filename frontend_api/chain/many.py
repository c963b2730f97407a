"""Many bills asked of the chain at once, in JSON-RPC batches: implements the verifier's reader.

A call of its own for each of some eight facts a bill is what makes checking slow. Here the facts of
hundreds of bills travel together, and what several bills share (batch, key, issuer, block) is asked
once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from frontend_api.chain.reader import EthReader, logs_question, view_question
from frontend_api.chain.rpc import JsonRpc, RpcError
from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.anchor import Deployment
from frontend_api.ports import ChainBatch, ChainBlock, ChainHead, ChainIssuer, ChainKey, ChainLog

AT_ONCE = 500  # calls in one exchange; Besu takes 1,024 unless told otherwise

_Call = tuple[str, tuple[Any, ...]]
_Fact = TypeVar("_Fact")


class ManyReader(EthReader):
    """One look at the chain for some bills of one deployment. Not for use by several threads.

    :meth:`look` fetches; whatever is asked for beyond that is asked of the chain as ever. Raises
    as ``EthReader`` does.
    """

    def __init__(self, rpc: JsonRpc) -> None:
        self._answers = _Answers(rpc)
        super().__init__(self._answers)
        self._known: dict[tuple[Any, ...], Any] = {}

    def look(self, pinned: Deployment, bills: Sequence[BillFile]) -> None:
        """Fetch what a verification of each bill will ask for."""
        batches = {bill.inclusion.batch_id for bill in bills}
        keys = {bill.header.number.key for bill in bills}
        blocks = {bill.anchor.block_number for bill in bills}
        registry, ledger = pinned.bill_registry, pinned.reimbursement_ledger
        self._answers.fetch(
            *(_view("BillRegistry", registry, "batch", batch) for batch in batches),
            *(_view("BillRegistry", registry, "disputed", batch) for batch in batches),
            *(_view("BillRegistry", registry, "bill_life", key) for key in keys),
            *(_view("ReimbursementLedger", ledger, "amounts", key) for key in keys),
            *(("eth_getBlockByNumber", (hex(block), False)) for block in blocks),
            *(("eth_getLogs", (logs_question(pinned, block, block),)) for block in blocks),
            ("eth_blockNumber", ()),
        )
        found = [batch for known in batches if (batch := self.batch(pinned, known))]
        issuers = pinned.issuer_registry
        self._answers.fetch(
            *(_view("IssuerRegistry", issuers, "key", a) for a in {b.signer for b in found}),
            *(
                _view("IssuerRegistry", issuers, "issuer", uscc.encode())
                for uscc in {b.issuer for b in found}
                if uscc.isascii()
            ),
        )

    # What several bills share is decoded once.

    def chain_id(self) -> int:
        return self._once(("chain_id",), super().chain_id)

    def head(self) -> ChainHead:
        return self._once(("head",), super().head)

    def block(self, number: int) -> ChainBlock | None:
        return self._once(("block", number), super().block, number)

    def instance(self, deployment: Deployment) -> bytes | None:
        return self._once(("instance", deployment), super().instance, deployment)

    def batch(self, deployment: Deployment, batch_id: int) -> ChainBatch | None:
        key = ("batch", deployment, batch_id)
        return self._once(key, super().batch, deployment, batch_id)

    def key(self, deployment: Deployment, address: str) -> ChainKey | None:
        return self._once(("key", deployment, address), super().key, deployment, address)

    def issuer(self, deployment: Deployment, uscc: str) -> ChainIssuer | None:
        return self._once(("issuer", deployment, uscc), super().issuer, deployment, uscc)

    def disputed(self, deployment: Deployment, batch_id: int) -> bool:
        key = ("disputed", deployment, batch_id)
        return self._once(key, super().disputed, deployment, batch_id)

    def logs(self, deployment: Deployment, from_block: int, to_block: int) -> list[ChainLog]:
        """As ``EthReader.logs``."""
        key = ("logs", deployment, from_block, to_block)
        return self._once(key, super().logs, deployment, from_block, to_block)

    def _once(self, key: tuple[Any, ...], ask: Callable[..., _Fact], *args: Any) -> _Fact:
        if key not in self._known:
            self._known[key] = ask(*args)
        known: _Fact = self._known[key]
        return known


class _Answers:
    """Implements ``RpcCaller``: what was fetched, else the chain itself."""

    def __init__(self, rpc: JsonRpc) -> None:
        self.where = rpc.where
        self._rpc = rpc
        self._outcomes: dict[bytes, Any] = {}

    def fetch(self, *calls: _Call) -> None:
        for start in range(0, len(calls), AT_ONCE):
            part = calls[start : start + AT_ONCE]
            for call, outcome in zip(part, self._rpc.batch(part), strict=True):
                self._outcomes[orjson.dumps(call)] = outcome

    def call(self, method: str, *params: Any) -> Any:
        key = orjson.dumps((method, params))
        if key not in self._outcomes:
            return self._rpc.call(method, *params)
        outcome = self._outcomes[key]
        if isinstance(outcome, RpcError):
            raise outcome
        return outcome

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        return self._rpc.batch(calls)


def _view(contract: str, address: str, function: str, *args: Any) -> _Call:
    return "eth_call", (view_question(contract, address, function, *args), "latest")
