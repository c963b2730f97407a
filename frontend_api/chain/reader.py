"""One chain over JSON-RPC: implements ``ports.ChainReader``, ``LogReader`` and ``ChainSender``.

Every read is a plain ``eth_call`` on the newest block. An answer that is not of the known form is
ChainUnreachable like no answer at all: it says nothing about a bill.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from eth_utils.crypto import keccak

from frontend_api.chain.codec import CONTRACTS, codec
from frontend_api.chain.reverts import SendProblem, refusal_of, send_problem
from frontend_api.chain.rpc import MalformedReply, RpcCaller, RpcError
from frontend_api.domain.anchor import Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import ProofRejected, RefusedByContract, WrongChain
from frontend_api.domain.flags import RED, REVERSED, ROLES, STANDINGS, SWAPPED, VOIDED
from frontend_api.domain.numbers import NUMBERS_PER_CODE
from frontend_api.ports import (
    Call,
    ChainAmounts,
    ChainBatch,
    ChainBillState,
    ChainBlock,
    ChainHead,
    ChainIssuer,
    ChainKey,
    ChainLog,
    Receipt,
)

LOG_PAGE = 5_000  # blocks; Besu answers a longer range with an error

_Read = TypeVar("_Read")
# The bytes are in the pool, or their nonce is settled: following by hash tells the rest.
_HARMLESS = (SendProblem.ALREADY_KNOWN, SendProblem.NONCE_USED, SendProblem.RIVAL)


class EthReader:
    """One chain, read over ``rpc``. Thread-safe.

    Every method raises ChainUnreachable, and RpcError when the node refuses the question itself;
    those that ask a contract raise WrongChain when there is none at the address.
    """

    def __init__(self, rpc: RpcCaller) -> None:
        self.rpc = rpc

    # --- the chain -------------------------------------------------------------------------------

    def chain_id(self) -> int:
        """The chain's id (EIP-155)."""
        return self._made(int, self.rpc.call("eth_chainId"), 16)

    def head(self) -> ChainHead:
        """The newest block."""
        block = self._block("latest")
        if block is None:
            raise MalformedReply(f"the chain's node at {self.rpc.where} has no newest block")
        return ChainHead(block.number, block.hash, block.time)

    def block(self, number: int) -> ChainBlock | None:
        """A block's identity; None if the chain is not that high."""
        return self._block(hex(number))

    def code_hash(self, address: str) -> bytes | None:
        """Keccak-256 of the code at an address; None if there is no code."""
        code = self._made(_bytes, self._at("latest", "eth_getCode", address))
        return bytes(keccak(code)) if code else None

    def transaction_count(self, address: str, block: str = "latest") -> int:
        """How many transactions the address has in blocks (``pending``: and in the pool)."""
        return self._made(int, self._at(block, "eth_getTransactionCount", address), 16)

    def client_version(self) -> str:
        """What the node calls itself, such as ``anvil/v1.7.1``."""
        return str(self.rpc.call("web3_clientVersion"))

    # --- the contracts ---------------------------------------------------------------------------

    def instance(self, deployment: Deployment) -> bytes | None:
        """The instance that both registries report; None if they are not there, or differ."""
        seen = set()
        for contract, address in (
            ("IssuerRegistry", deployment.issuer_registry),
            ("BillRegistry", deployment.bill_registry),
        ):
            try:
                seen.add(self._ask(contract, address, "instance"))
            except (WrongChain, RefusedByContract):
                return None
        return bytes(seen.pop()) if len(seen) == 1 else None

    def batch(self, deployment: Deployment, batch_id: int) -> ChainBatch | None:
        """A batch; None if there is none of this id."""
        b = self._ask("BillRegistry", deployment.bill_registry, "batch", batch_id)
        if not b["count"]:
            return None
        return ChainBatch(
            batch_id=b["first_key"],
            root=b["root"],
            count=b["count"],
            sum_fen=b["sum_fen"],
            segment_id=b["segment_id"],
            issuer=_uscc(b["issuer"]),
            signer=b["signer"],
            anchored_at=b["anchored_at"],
        )

    def key(self, deployment: Deployment, address: str) -> ChainKey | None:
        """A signing key's epoch; None if it was never registered."""
        k = self._ask("IssuerRegistry", deployment.issuer_registry, "key", address)
        if not k["role"]:
            return None
        return ChainKey(
            owner=_uscc(k["owner"]),
            role=self._made(ROLES.__getitem__, k["role"]),
            valid_from=k["valid_from"],
            revoked_at=k["revoked_at"],
            compromised_since=k["compromised_since"],
        )

    def issuer(self, deployment: Deployment, uscc: str) -> ChainIssuer | None:
        """An issuer; None if it was never admitted, or if ``uscc`` cannot be one."""
        if len(uscc) != 18 or not uscc.isascii():
            return None
        i = self._ask("IssuerRegistry", deployment.issuer_registry, "issuer", uscc.encode())
        if not i["status"]:
            return None
        status = self._made(STANDINGS.__getitem__, i["status"])
        return ChainIssuer(uscc=uscc, name=i["name"], region=i["region"], status=status)

    def bill_state(self, deployment: Deployment, bill_key: int) -> ChainBillState:
        """What happened to a bill since it was anchored."""
        life = self._ask("BillRegistry", deployment.bill_registry, "bill_life", bill_key)
        ending = life["validity"]
        return ChainBillState(
            voided=ending == VOIDED,
            voided_at=life["ended_at"] if ending == VOIDED else 0,
            reason=life["reason"],
            reversed_at=life["ended_at"] if ending == REVERSED else 0,
            red=ending == RED,
            on_paper=life["paper"] == SWAPPED,
            attested=life["attested"],
        )

    def disputed(self, deployment: Deployment, batch_id: int) -> bool:
        """Whether the batch is disputed; raises RefusedByContract for an unknown one."""
        return bool(self._ask("BillRegistry", deployment.bill_registry, "disputed", batch_id))

    def amounts(self, deployment: Deployment, bill_key: int) -> ChainAmounts:
        """A bill's amount ledger."""
        address = deployment.reimbursement_ledger
        return ChainAmounts(*self._ask("ReimbursementLedger", address, "amounts", bill_key))

    def holds(self, deployment: Deployment, header: BillHeader, inclusion: Inclusion) -> bool:
        """Whether the contract itself finds the header in its batch.

        Raises ProofRejected when it finds the question malformed (a path of wrong length).
        """
        code, number = divmod(header.number.key, NUMBERS_PER_CODE)
        words = (
            code, number, header.amount_fen, header.at_source_fen, header.currency.encode(),
            header.holder, header.content_root, header.issued_at,
        )  # fmt: skip
        path = list(inclusion.path)
        try:
            address = deployment.bill_registry
            return bool(
                self._ask("BillRegistry", address, "holds", words, inclusion.batch_id, path)
            )
        except (RefusedByContract, ValueError) as e:
            raise ProofRejected(f"the contract refuses the proof: {e}") from e

    # --- history ---------------------------------------------------------------------------------

    def logs(self, deployment: Deployment, from_block: int, to_block: int) -> list[ChainLog]:
        """The deployment's events from ``from_block`` to ``to_block``, both included, in order.

        Never asks past the head (an error on Besu), nor for more than ``LOG_PAGE`` blocks at once.
        """
        names = _names(deployment)
        to_block = min(to_block, self._made(int, self.rpc.call("eth_blockNumber"), 16))
        found: list[ChainLog] = []
        for start in range(from_block, to_block + 1, LOG_PAGE):
            page = logs_question(deployment, start, min(start + LOG_PAGE - 1, to_block))
            answer = self.rpc.call("eth_getLogs", page)
            found += [log for raw in answer if (log := self._made(_log, raw, names))]
        return sorted(found, key=lambda log: (log.block_number, log.log_index))

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        """The receipt of a transaction in a block; None while it is in none."""
        r = self.rpc.call("eth_getTransactionReceipt", _hex(tx_hash))
        return None if r is None else self._made(_receipt, r)

    # --- sending ---------------------------------------------------------------------------------

    def simulate(self, sender: str, call: Call) -> None:
        """Raises RefusedByContract if ``call`` would revert were ``sender`` to make it now."""
        question = {
            "from": sender, "to": call.to, "data": _hex(call.data),
            "gas": hex(call.gas), "gasPrice": "0x0",
        }  # fmt: skip
        self._eth_call(question)

    def send_raw(self, raw: bytes) -> None:
        """Hand signed bytes to the node; harmless when it has them, or had them, already.

        No error does not say that they will be in a block: follow them by hash. Raises RpcError
        when the node does not take them at all (``reverts.send_problem`` tells why).
        """
        try:
            self.rpc.call("eth_sendRawTransaction", _hex(raw))
        except RpcError as e:
            if send_problem(e) not in _HARMLESS:
                raise

    # --- internal --------------------------------------------------------------------------------

    def _ask(self, contract: str, address: str, function: str, *args: Any) -> Any:
        known = codec(contract)
        data = self._eth_call(view_question(contract, address, function, *args))
        if not data:  # the EVM's answer where there is no code
            raise WrongChain(f"there is no {contract} at {address} on the chain that answers")
        return known.decode_output(function, data)

    def _eth_call(self, question: dict[str, str]) -> bytes:
        try:
            return self._made(_bytes, self._at("latest", "eth_call", question))
        except RpcError as e:
            if refusal := refusal_of(e):
                raise refusal from e
            raise

    def _at(self, block: str, method: str, *params: Any, attempts: int = 5) -> Any:
        """A call whose last parameter is ``block``."""
        try:
            return self.rpc.call(method, *params, block)
        except RpcError as e:
            # Anvil answers so when a block is mined between its two looks at "latest".
            if "BlockOutOfRange" not in e.message or attempts == 1:
                raise
        return self._at(block, method, *params, attempts=attempts - 1)

    def _block(self, which: str) -> ChainBlock | None:
        raw = self.rpc.call("eth_getBlockByNumber", which, False)
        return None if raw is None else self._made(_block, raw)

    def _made(self, make: Callable[..., _Read], *parts: Any) -> _Read:
        try:
            return make(*parts)
        except (ValueError, TypeError, KeyError, AttributeError) as e:
            raise MalformedReply(
                f"what answers at {self.rpc.where} does not speak as a chain's node does: {e!r}"
            ) from e


def view_question(contract: str, address: str, function: str, *args: Any) -> dict[str, str]:
    """The first parameter of the ``eth_call`` that asks a contract's function."""
    return {"to": address, "data": _hex(codec(contract).encode_call(function, args))}


def logs_question(deployment: Deployment, from_block: int, to_block: int) -> dict[str, Any]:
    """The parameter of ``eth_getLogs`` for all events of a deployment, both blocks included."""
    addresses = list(_names(deployment))
    return {"fromBlock": hex(from_block), "toBlock": hex(to_block), "address": addresses}


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _uscc(data: bytes) -> str:
    return data.decode("ascii", "replace")


def _block(raw: dict[str, Any]) -> ChainBlock:
    return ChainBlock(int(raw["number"], 16), _bytes(raw["hash"]), int(raw["timestamp"], 16))


def _receipt(raw: dict[str, Any]) -> Receipt:
    return Receipt(
        succeeded=int(raw["status"], 16) == 1,
        block_number=int(raw["blockNumber"], 16),
        events=len(raw["logs"]),
    )


def _names(deployment: Deployment) -> dict[str, str]:
    """Contract names by address, in lower case as nodes write addresses."""
    addresses = (
        deployment.issuer_registry,
        deployment.bill_registry,
        deployment.consent_registry,
        deployment.reimbursement_ledger,
    )
    return {a.lower(): name for a, name in zip(addresses, CONTRACTS, strict=True)}


def _log(raw: dict[str, Any], names: dict[str, str]) -> ChainLog | None:
    name = names[raw["address"].lower()]
    decoded = codec(name).decode_event([_bytes(t) for t in raw["topics"]], _bytes(raw["data"]))
    if decoded is None or raw.get("removed"):
        return None
    return ChainLog(
        contract=name,
        event=decoded[0],
        args=decoded[1],
        block_number=int(raw["blockNumber"], 16),
        block_hash=_bytes(raw["blockHash"]),
        transaction_hash=_bytes(raw["transactionHash"]),
        log_index=int(raw["logIndex"], 16),
    )
