"""The chain's part of a proof bundle: receipt and storage proofs, checked before they are given.

Nodes are asked for what every one of them knows (blocks, receipts, ``eth_getProof``); the receipts'
trie is built here. What does not lead to the block's hash is never handed out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, islice, repeat
from typing import Any

from frontend_api.chain.rpc import MalformedReply, RpcCaller, RpcError
from frontend_api.commitment.batch_evidence import account_parts, storage_keys
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.eip712 import keccak
from frontend_api.commitment.mpt import (
    index_key,
    needed_nodes,
    proof_of,
    proofs_of,
    proved_values,
    trie_over,
)
from frontend_api.commitment.proof_bundle import ProofBundle, ReceiptProof, StateProof
from frontend_api.commitment.rlp_form import rlp_of
from frontend_api.domain.anchor import Anchor
from frontend_api.domain.errors import ChainUnreachable, ProofRejected, Unavailable

_ATTEMPTS = 5  # a node that keeps no old state answers only while its newest block stays
_TOGETHER = 128  # bills in one question for storage; an answer of some 400 kB
# In the order of the header's RLP; what stands after the fifteenth came with later forks.
_MEMBERS = (
    ("parentHash", False), ("sha3Uncles", False), ("miner", False), ("stateRoot", False),
    ("transactionsRoot", False), ("receiptsRoot", False), ("logsBloom", False),
    ("difficulty", True), ("number", True), ("gasLimit", True), ("gasUsed", True),
    ("timestamp", True), ("extraData", False), ("mixHash", False), ("nonce", False),
    ("baseFeePerGas", True), ("withdrawalsRoot", False), ("blobGasUsed", True),
    ("excessBlobGas", True), ("parentBeaconBlockRoot", False), ("requestsHash", False),
)  # fmt: skip
_ALWAYS = 15


class Prover:
    """Makes bundles of many bills: what those of one batch share is asked for once.

    The state is that of block ``at`` (None: of the newest) for all of them; a node that does not
    keep it so long is asked for its newest then. For one thread.
    """

    def __init__(self, rpc: RpcCaller, at: int | None = None) -> None:
        self._rpc = rpc
        self._block: BlockHeader | None = None
        self._at = at
        self._receipt: tuple[Anchor, ReceiptProof] | None = None  # the last one

    def bundles(self, files: Sequence[BillFile]) -> Iterator[ProofBundle | Unavailable]:
        """For each bill the whole of it with its proofs, or why the node does not give them.

        Neighbours of a batch should stand together. Raises ChainUnreachable.
        """
        for _, of_batch in groupby(files, key=lambda f: (f.inclusion.batch_id, f.anchor)):
            while group := list(islice(of_batch, _TOGETHER)):
                try:
                    yield from self._proved(group)
                except ChainUnreachable:
                    raise
                except Unavailable as e:
                    yield from repeat(e, len(group))

    def _proved(self, files: Sequence[BillFile]) -> list[ProofBundle]:
        """Of bills of one batch."""
        try:
            receipt = self._receipt_of(files[0])
            states = self._state_proofs(files)
        except RpcError as e:
            raise Unavailable(
                f"the chain's node does not give what a proof needs (error {e.number})"
            ) from e
        except (KeyError, ValueError, TypeError, AttributeError, IndexError) as e:
            raise MalformedReply(
                f"what answers at {self._rpc.where} does not speak as a chain's node does: {e!r}"
            ) from e
        return [ProofBundle.of(f, receipt, s) for f, s in zip(files, states, strict=True)]

    def _receipt_of(self, file: BillFile) -> ReceiptProof:
        if self._receipt is None or self._receipt[0] != file.anchor:
            self._receipt = file.anchor, _receipt_proof(self._rpc, file)
        return self._receipt[1]

    def _state_proofs(self, files: Sequence[BillFile]) -> list[StateProof]:
        for _ in range(_ATTEMPTS):
            try:
                block = self._block or self._fetched()
                found = _states_at(self._rpc, files, block)
            except (RpcError, ProofRejected) as e:  # the chain went on in between
                self._block, self._at, fault = None, None, e
            else:
                self._block = block
                return found
        raise Unavailable("the chain's node does not prove its newest state: ask again") from fault

    def _fetched(self) -> BlockHeader:
        wanted = "latest" if self._at is None else hex(self._at)
        return header_of(self._rpc.call("eth_getBlockByNumber", wanted, False))


def bundle_of(rpc: RpcCaller, file: BillFile) -> ProofBundle:
    """The whole bill with its proofs, the state being the newest.

    Raises ChainUnreachable, and Unavailable when the node's answers prove nothing.
    """
    [made] = Prover(rpc).bundles([file])
    if isinstance(made, Unavailable):
        raise made
    return made


def header_of(block: dict[str, Any]) -> BlockHeader:
    """The header of a block as nodes answer it. Raises Unavailable if its hash is another one."""
    members = []
    for place, (name, is_number) in enumerate(_MEMBERS):
        if place >= _ALWAYS and block.get(name) is None:
            continue
        text = block[name]
        members.append(_number(text) if is_number else _bytes(text))
    header = BlockHeader(tuple(members))
    try:
        header.require_form()
        same = header.hash == _bytes(block["hash"])
    except ProofRejected:
        same = False
    if not same:
        raise Unavailable(
            "the chain's node shows a block whose members do not make its hash: "
            "it keeps a kind of block that is not known here"
        )
    return header


def _receipt_proof(rpc: RpcCaller, file: BillFile) -> ReceiptProof:
    block = rpc.call("eth_getBlockByHash", _hex(file.anchor.block_hash), False)
    if block is None:
        raise Unavailable("the chain's node does not have the block that carries the bill")
    header = header_of(block)
    hashes = block["transactions"]
    answers = rpc.batch([("eth_getTransactionReceipt", [tx]) for tx in hashes])
    for answer in answers:
        if isinstance(answer, RpcError):
            raise answer
    trie = trie_over([_receipt(answer) for answer in answers])
    if trie.root_hash != header.receipts_root:
        raise Unavailable("the chain's node shows receipts that are not those of the block")
    index = hashes.index(_hex(file.anchor.transaction))
    return ReceiptProof(header.to_rlp(), index, tuple(needed_nodes(trie, [index_key(index)])))


def _states_at(rpc: RpcCaller, files: Sequence[BillFile], block: BlockHeader) -> list[StateProof]:
    """The words of one batch and of bills in it, asked for in one call."""
    registry = files[0].deployment.bill_registry
    slots = [storage_keys(f.inclusion.batch_id, f.header.number.key) for f in files]
    distinct = [_hex(slot) for slot in dict.fromkeys(chain.from_iterable(slots))]
    answer = rpc.call("eth_getProof", registry, distinct, hex(block.number))
    account_key = keccak(_bytes(registry))
    account = proof_of(block.state_root, [account_key], map(_bytes, answer["accountProof"]))
    [value] = proved_values(block.state_root, [account_key], account)
    root, _ = account_parts(value)
    given = {_bytes(node) for slot in answer["storageProof"] for node in slot["proof"]}
    storages = proofs_of(root, [[keccak(slot) for slot in four] for four in slots], given)
    return [StateProof(block.to_rlp(), tuple(account), tuple(storage)) for storage in storages]


def _receipt(raw: dict[str, Any]) -> bytes:
    """A receipt's bytes in the trie (EIP-2718, EIP-658)."""
    logs = [
        [_bytes(log["address"]), [_bytes(t) for t in log["topics"]], _bytes(log["data"])]
        for log in raw["logs"]
    ]
    parts = [
        _number(raw["status"]), _number(raw["cumulativeGasUsed"]), _bytes(raw["logsBloom"]), logs,
    ]  # fmt: skip
    return _number(raw.get("type", "0x0")) + rlp_of(parts)


def _number(text: str) -> bytes:
    value = int(text, 16)
    return value.to_bytes((value.bit_length() + 7) // 8)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
