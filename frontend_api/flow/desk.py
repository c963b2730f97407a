"""The desk: all that a command of the flow has at hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from frontend_api.commitment.receipt import ReceiptOffice
from frontend_api.commitment.tree import MerkleTree
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.kind import Kind
from frontend_api.domain.request import RequestRules
from frontend_api.ports import (
    BatchStore,
    BillStore,
    Calls,
    Clock,
    Commands,
    Keys,
    Outbox,
    Vault,
    Views,
)


@dataclass(frozen=True, slots=True)
class Platform:
    """Facts of one running platform that stand on its bills.

    ``public_url`` is where the QR leads, without a slash at the end; ``sample`` marks every
    bill 样票.
    """

    deployment: Deployment
    public_url: str
    supervisor_name: str
    sample: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """Ports and rules.

    ``layout_of`` gives the version of the face of a kind, ``tree_of`` the tree of an anchored
    batch (its id, its size), ``new_seed`` 32 random bytes; ``require_writable`` raises WrongChain
    when writing is stopped; ``poke`` wakes whoever carries transactions to the chain. Receipts
    promise an anchor within ``promise_seconds``.
    """

    platform: Platform
    kinds: Mapping[str, Kind]
    rules: RequestRules
    bills: BillStore
    batches: BatchStore
    outbox: Outbox
    commands: Commands
    views: Views
    keys: Keys
    vault: Vault
    calls: Calls
    clock: Clock
    layout_of: Callable[[str], str]
    tree_of: Callable[[int, int], MerkleTree]
    new_seed: Callable[[], bytes]
    require_writable: Callable[[], None]
    poke: Callable[[], None]
    receipts: ReceiptOffice
    promise_seconds: int
