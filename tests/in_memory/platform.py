"""A platform on a chain in memory: the real flow, store, lanes and indexer, wired by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frontend_api.chain.lane import Lanes
from frontend_api.commitment.eip712 import DigestSigner
from frontend_api.commitment.receipt import ReceiptOffice
from frontend_api.commitment.tree import MerkleTree
from frontend_api.domain.numbers import BillNumber
from frontend_api.domain.request import RequestRules
from frontend_api.domain.states import PayerKind, Role
from frontend_api.flow.anchor import anchor_waiting, retry_refused
from frontend_api.flow.desk import Desk, Platform
from frontend_api.flow.engine import Engine
from frontend_api.flow.issue import issue_bill
from frontend_api.indexer import Indexer
from frontend_api.ports import Caller
from frontend_api.store.batches import SqlBatches
from frontend_api.store.bills import SqlBills
from frontend_api.store.credentials import SqlKeys
from frontend_api.store.database import Database
from frontend_api.store.outbox import SqlOutbox
from frontend_api.store.projections import SqlProjections
from frontend_api.store.vault import AesVault
from frontend_api.store.views import SqlViews
from in_memory.chain import (
    JsonCalls,
    MemoryChain,
    issuer_admitted,
    numbers_granted,
    payer_admitted,
    series_opened,
)
from in_memory.values import BUREAU, CODE, DEPLOYMENT, INSURER, KIND, SCHOOL, Clock, body

ISSUER = Caller(Role.ISSUER, SCHOOL, "大学")
PAYER = Caller(Role.PAYER, BUREAU, "医保局")
OTHER_PAYER = Caller(Role.PAYER, INSURER, "保险公司")
SUPERVISOR = Caller(Role.SUPERVISOR, "", "财政厅")


class MemoryPlatform:
    """One home on one chain; a second one on the same folder is the same home after a crash."""

    def __init__(self, home: Path, chain: MemoryChain, clock: Clock) -> None:
        self.chain, self.clock = chain, clock
        self.database = Database.at(home / "piaolian.sqlite3")
        self.database.migrate()
        self.vault = AesVault.at(home / "master.key")
        self.keys = SqlKeys(self.database, self.vault, clock)
        self.outbox = SqlOutbox(self.database, clock)
        self.bills = SqlBills(self.database)
        self.batches = SqlBatches(self.database, clock)
        self.views = SqlViews(self.database)
        self.lanes = Lanes(chain, self.outbox, self.keys, clock, DEPLOYMENT.chain_id)
        self.indexer = Indexer(chain, SqlProjections(self.database), DEPLOYMENT, 0)
        self.pokes = 0
        self.seeds = (bytes([n]) * 32 for n in range(1, 255))
        self.engine = Engine(
            prepare=self._prepare,
            steps=(
                self.indexer.step,
                lambda: anchor_waiting(self.desk) > 0,
                lambda: retry_refused(self.desk),
                self.lanes.step,
                self.indexer.step,
            ),
            in_flight=self.lanes.in_flight,
        )
        self.desk = Desk(
            platform=Platform(DEPLOYMENT, "https://piaolian.example", "财政厅", sample=True),
            kinds={"plain": KIND},
            rules=RequestRules({"plain": KIND}),
            bills=self.bills,
            batches=self.batches,
            outbox=self.outbox,
            commands=self.outbox,
            views=self.views,
            keys=self.keys,
            vault=self.vault,
            calls=JsonCalls(),
            clock=clock,
            layout_of=lambda kind: f"{kind}/1",
            tree_of=lambda first, count: MerkleTree.over(self.bills.leaves(first, count)),
            new_seed=lambda: next(self.seeds),
            require_writable=self.engine.require_writable,
            poke=self._poke,
            receipts=ReceiptOffice(DEPLOYMENT, DigestSigner(b"\x07" * 32)),
            promise_seconds=86_400,
        )

    def run(self, turns: int = 12) -> None:
        """Let the engine work, in this thread."""
        for _ in range(turns):
            self.engine.turn()
            self.clock.now += 1

    def issue(self, key: str = "k-1", business_no: str = "B-1", **change: object) -> BillNumber:
        """An accepted bill's number."""
        return issue_bill(self.desk, SCHOOL, key, body(business_no, **change)).number

    def _prepare(self) -> None:
        self.chain.chain_id()
        self.indexer.rewind_if_changed()
        self.lanes.recover()

    def _poke(self) -> None:
        self.pokes += 1


@contextmanager
def opened(home: Path, chain: MemoryChain, clock: Clock) -> Iterator[MemoryPlatform]:
    """The home, closed at the end."""
    platform = MemoryPlatform(home, chain, clock)
    try:
        yield platform
    finally:
        platform.database.close()


def admit(platform: MemoryPlatform, count: int = 100) -> None:
    """One issuer with a key and numbers, two payers with keys, a relayer, a supervisor."""
    platform.chain.add(
        issuer_admitted(SCHOOL, "大学"),
        payer_admitted(BUREAU, PayerKind.STATUTORY),
        payer_admitted(INSURER, PayerKind.COMMERCIAL),
    )
    platform.chain.add(series_opened(CODE), numbers_granted(1, SCHOOL, CODE, 1, count))
    for owner, role in (
        (SCHOOL, Role.ISSUER),
        (BUREAU, Role.PAYER),
        (INSURER, Role.PAYER),
        ("", Role.RELAYER),
        ("", Role.SUPERVISOR),
    ):
        platform.keys.create(owner, role)
    platform.engine.turn()
