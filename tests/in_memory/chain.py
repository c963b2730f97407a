"""A chain in memory: takes signed transactions, mines when told, can lose its newest blocks."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import rlp
from eth_account import Account
from eth_utils import keccak

from frontend_api.commitment.batch712 import batch_digest
from frontend_api.domain.anchor import Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import ChainUnreachable, RefusedByContract
from frontend_api.domain.grant import Grant
from frontend_api.domain.numbers import NUMBERS_PER_CODE
from frontend_api.domain.states import PayerKind, Role
from frontend_api.ports import Call, ChainBlock, ChainHead, ChainLog, Receipt, SignedBatch
from in_memory.values import DEPLOYMENT, NOW

PAYER_KIND_FLAGS = {PayerKind.STATUTORY: 1, PayerKind.COMMERCIAL: 2}


class JsonCalls:
    """Implements ``ports.Calls``: the call's data are its name and arguments, readable."""

    def anchor(
        self, segment_id: int, first_key: int, count: int, root: bytes, sum_fen: int
    ) -> Call:
        return _call("anchor", segment_id, first_key, count, root, sum_fen)

    def anchor_signed(self, batches: Sequence[SignedBatch]) -> Call:
        return _call("anchor_signed", [[getattr(b, m) for m in b.__slots__] for b in batches])

    def void(self, bill_key: int, batch_id: int, reason: int) -> Call:
        return _call("void", bill_key, batch_id, reason)

    def grant_signed(self, grant: Grant, signature: bytes) -> Call:
        return _call("grant_signed", _of(grant), signature)

    def lock(
        self,
        header: BillHeader,
        inclusion: Inclusion,  # noqa: ARG002 - a port's argument
        grant: Grant,
        claim_id: bytes,
        amount_fen: int,
        expires_at: int,
    ) -> Call:
        return _call("lock", header.number.key, _of(grant), claim_id, amount_fen, expires_at)

    def settle(
        self, bill_key: int, batch_id: int, claim_id: bytes, approved_fen: int, voucher: bytes
    ) -> Call:
        return _call("settle", bill_key, batch_id, claim_id, approved_fen, voucher)

    def reject(self, bill_key: int, claim_id: bytes, reason: int) -> Call:
        return _call("reject", bill_key, claim_id, reason)

    def admit_issuer(self, uscc: str, name: str, region: int) -> Call:
        return _call("admit_issuer", uscc, name, region)

    def admit_payer(self, uscc: str, name: str, kind: PayerKind, region: int) -> Call:
        return _call("admit_payer", uscc, name, kind, region)

    def register_key(self, address: str, owner: str, role: Role) -> Call:
        return _call("register_key", address, owner, role)

    def open_series(self, bill_code: str, kind: str, region: int) -> Call:
        return _call("open_series", bill_code, kind, region)

    def grant_numbers(self, issuer: str, bill_code: str, count: int) -> Call:
        return _call("grant_numbers", issuer, bill_code, count)


def _of(grant: Grant) -> dict[str, Any]:
    return {name: getattr(grant, name) for name in Grant.__slots__}


def _call(name: str, *args: Any) -> Call:
    data = json.dumps([name, *args], default=lambda v: "0x" + v.hex()).encode()
    return Call(DEPLOYMENT.bill_registry, data, 100_000)


@dataclass
class Block:
    """A mined block with the raw transactions in it."""

    number: int
    hash: bytes
    time: int
    logs: list[ChainLog] = field(default_factory=list)
    receipts: dict[bytes, tuple[str, bool]] = field(default_factory=dict)


class MemoryChain:
    """Implements ``ports.ChainSender`` and ``ports.LogReader``.

    ``journal`` tells in order what was asked; ``instant`` mines whatever is sent; ``refuse``
    names calls that revert, with the reason; ``surprise`` lets the simulation pass first.
    """

    def __init__(self, history: int = 0) -> None:
        self.blocks = [Block(0, _hash(0, history), NOW - 1000)]
        self.pool: list[bytes] = []
        self.sent: list[bytes] = []
        self.journal: list[str] = []
        self.instant = True
        self.down = False
        self.refuse: dict[str, str] = {}
        self.surprise = False
        self.events = 1  # that a transaction which went through has logged
        self._salt = history

    # --- ports.ChainSender ---

    def chain_id(self) -> int:
        self._answer("chain_id")
        return DEPLOYMENT.chain_id

    def transaction_count(self, address: str) -> int:
        self._answer("count")
        return self._counts()[address]

    def simulate(self, sender: str, call: Call) -> None:  # noqa: ARG002
        self._answer("simulate")
        reason = self.refuse.get(json.loads(call.data)[0])
        if reason and not self.surprise:
            raise RefusedByContract(reason)
        self._check(json.loads(call.data))

    def send_raw(self, raw: bytes) -> None:
        self._answer("send")
        self.sent.append(raw)
        if raw not in self.pool and self.receipt_of(keccak(raw)) is None:
            self.pool.append(raw)
        if self.instant:
            self.mine()

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        self._answer("receipt")
        return self.receipt_of(tx_hash)

    # --- ports.LogReader ---

    def head(self) -> ChainHead:
        self._answer("head")
        last = self.blocks[-1]
        return ChainHead(last.number, last.hash, last.time)

    def block(self, number: int) -> ChainBlock | None:
        self._answer("block")
        if number >= len(self.blocks):
            return None
        found = self.blocks[number]
        return ChainBlock(found.number, found.hash, found.time)

    def logs(self, deployment: Deployment, from_block: int, to_block: int) -> list[ChainLog]:
        self._answer(f"logs of {deployment.chain_id}")
        return [log for b in self.blocks[from_block : to_block + 1] for log in b.logs]

    # --- what a test does to it ---

    def mine(self) -> None:
        """Everything in the pool, a block each."""
        pool, self.pool = self.pool, []
        for raw in pool:
            sender, nonce = Account.recover_transaction(raw), int.from_bytes(rlp.decode(raw)[0])
            if nonce != self._counts()[sender]:
                continue
            call = json.loads(rlp.decode(raw)[5])
            refused = call[0] in self.refuse or self._faulty(call)
            events = [] if refused else self._run(call, sender)
            self.add(*events, transaction=keccak(raw), sender=sender, succeeded=not refused)

    def add(
        self,
        *events: tuple[str, dict[str, Any]],
        transaction: bytes = bytes(32),
        sender: str = "",
        succeeded: bool = True,
    ) -> Block:
        """A block with these events, and with a transaction if there is a sender."""
        number = len(self.blocks)
        block = Block(number, _hash(number, self._salt), self.blocks[-1].time + 1)
        block.logs = [
            ChainLog("Contract", name, args, number, block.hash, transaction, index)
            for index, (name, args) in enumerate(events)
        ]
        if sender:
            block.receipts[transaction] = (sender, succeeded)
        self.blocks.append(block)
        return block

    def lose(self, count: int) -> None:
        """Come back without the newest ``count`` blocks; what follows has other hashes."""
        del self.blocks[len(self.blocks) - count :]
        self.pool.clear()
        self._salt += 1

    def receipt_of(self, tx_hash: bytes) -> Receipt | None:
        for block in self.blocks:
            if tx_hash in block.receipts:
                return Receipt(block.receipts[tx_hash][1], block.number, self.events)
        return None

    # --- contracts ---

    def _answer(self, what: str) -> None:
        self.journal.append(what)
        if self.down:
            raise ChainUnreachable("nobody listens")

    def _counts(self) -> Counter[str]:
        return Counter(sender for b in self.blocks for sender, _ in b.receipts.values())

    def _faulty(self, call: list[Any]) -> bool:
        try:
            self._check(call)
        except RefusedByContract:
            return True
        return False

    def _check(self, call: list[Any]) -> None:
        anchored = {log.args["batch_id"] for b in self.blocks for log in b.logs
                    if log.event == "Anchored"}  # fmt: skip
        asked = [b[1] for b in call[1]] if call[0] == "anchor_signed" else call[2:3]
        if call[0].startswith("anchor") and anchored & set(asked):
            raise RefusedByContract("numbers: out of order")

    def _run(self, call: list[Any], sender: str) -> list[tuple[str, dict[str, Any]]]:
        name, *a = call
        if name == "anchor":
            return [anchored(a[0], a[1], a[2], bytes.fromhex(a[3][2:]), a[4], sender)]
        if name == "anchor_signed":
            return [anchored(*b[:3], bytes.fromhex(b[3][2:]), b[4], _signer(b)) for b in a[0]]
        if name == "void":
            return [("Voided", {"bill_key": a[0], "issuer": b"", "reason": a[2]})]
        return []


def _signer(batch: list[Any]) -> str:
    said = *batch[:3], bytes.fromhex(batch[3][2:]), *batch[4:6]
    digest = batch_digest(DEPLOYMENT, *said)
    return str(Account._recover_hash(digest, signature=bytes.fromhex(batch[6][2:])))


def _hash(number: int, salt: int) -> bytes:
    return hashlib.sha256(f"block {number} of history {salt}".encode()).digest()


# --- events as the chain reader decodes them ---


def issuer_admitted(uscc: str, name: str = "医院") -> tuple[str, dict[str, Any]]:
    return "IssuerAdmitted", {"uscc": uscc.encode(), "name": name, "region": 460000}


def payer_admitted(uscc: str, kind: PayerKind) -> tuple[str, dict[str, Any]]:
    flag = PAYER_KIND_FLAGS[kind]
    args = {"uscc": uscc.encode(), "name": "付方", "payer_kind": flag, "region": 460000}
    return "PayerAdmitted", args


def standing(event: str, uscc: str) -> tuple[str, dict[str, Any]]:
    return event, {"uscc": uscc.encode()}


def series_opened(code: str, kind: str = "plain") -> tuple[str, dict[str, Any]]:
    return "SeriesOpened", {"bill_code": int(code), "kind": kind, "region": 460000}


def numbers_granted(
    segment_id: int, issuer: str, code: str, first: int, count: int
) -> tuple[str, dict[str, Any]]:
    return "NumbersGranted", {
        "segment_id": segment_id,
        "issuer": issuer.encode(),
        "bill_code": int(code),
        "first": first,
        "count": count,
        "request_id": 0,
    }


def anchored(
    segment_id: int, first_key: int, count: int, root: bytes, sum_fen: int, signer: str = "0x1"
) -> tuple[str, dict[str, Any]]:
    return "Anchored", {
        "batch_id": first_key,
        "issuer": b"12100000400002259P",
        "segment_id": segment_id,
        "count": count,
        "root": root,
        "sum_fen": sum_fen,
        "signer": signer,
    }


def granted(bill_key: int, payer: str, holder: bytes, **change: Any) -> tuple[str, dict[str, Any]]:
    args = {
        "holder": holder,
        "bill_key": bill_key,
        "payer": payer.encode(),
        "purpose": b"reimbursement".ljust(32, b"\0"),
        "field_set": bytes(32),
        "cap_fen": 5_000,
        "expires_at": NOW + 1000,
        "no_statutory": False,
        "nonce": 2**256 - 1,
        **change,
    }
    return "Granted", {"grant_id": hashlib.sha256(repr(args).encode()).digest(), **args}


def first_numbers_of(code: str) -> int:
    """The key of the first bill of a code."""
    return int(code) * NUMBERS_PER_CODE + 1
