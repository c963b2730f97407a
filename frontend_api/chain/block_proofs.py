"""The chain's part of a proof bundle: receipt and storage proofs, checked before they are given.

Nodes are asked for what every one of them knows (blocks, receipts, ``eth_getProof``); the receipts'
trie is built here. What does not lead to the block's hash is never handed out.
"""

from __future__ import annotations

from typing import Any

from frontend_api.chain.rpc import MalformedReply, RpcCaller, RpcError
from frontend_api.commitment.batch_evidence import account_parts, storage_keys
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.eip712 import keccak
from frontend_api.commitment.mpt import index_key, needed_nodes, proof_of, proved_values, trie_over
from frontend_api.commitment.proof_bundle import ProofBundle, ReceiptProof, StateProof
from frontend_api.commitment.rlp_form import rlp_of
from frontend_api.domain.errors import ProofRejected, Unavailable

_ATTEMPTS = 5  # a node that keeps no old state answers only while its newest block stays
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


def bundle_of(rpc: RpcCaller, file: BillFile) -> ProofBundle:
    """The whole bill with its proofs, the state being the newest.

    Raises ChainUnreachable, and Unavailable when the node's answers prove nothing.
    """
    try:
        return ProofBundle.of(file, _receipt_proof(rpc, file), _state_proof(rpc, file))
    except RpcError as e:
        raise Unavailable(
            f"the chain's node does not give what a proof needs (error {e.number})"
        ) from e
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as e:
        raise MalformedReply(
            f"what answers at {rpc.where} does not speak as a chain's node does: {e!r}"
        ) from e


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


def _state_proof(rpc: RpcCaller, file: BillFile) -> StateProof:
    for _ in range(_ATTEMPTS):
        block = header_of(rpc.call("eth_getBlockByNumber", "latest", False))
        try:
            return _state_at(rpc, file, block)
        except (RpcError, ProofRejected) as e:  # the chain went on in between
            fault = e
    raise Unavailable("the chain's node does not prove its newest state: ask again") from fault


def _state_at(rpc: RpcCaller, file: BillFile, block: BlockHeader) -> StateProof:
    registry = file.deployment.bill_registry
    slots = storage_keys(file.inclusion.batch_id, file.header.number.key)
    answer = rpc.call("eth_getProof", registry, [_hex(s) for s in slots], hex(block.number))
    account_key = keccak(_bytes(registry))
    account = proof_of(block.state_root, [account_key], map(_bytes, answer["accountProof"]))
    [value] = proved_values(block.state_root, [account_key], account)
    root, _ = account_parts(value)
    given = [_bytes(node) for slot in answer["storageProof"] for node in slot["proof"]]
    storage = proof_of(root, [keccak(slot) for slot in slots], given)
    return StateProof(block.to_rlp(), tuple(account), tuple(storage))


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
