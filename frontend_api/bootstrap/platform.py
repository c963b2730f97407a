"""A running platform: its adapters built and wired to the flow."""

from __future__ import annotations

import fcntl
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from frontend_api.accepting import AcceptingProcess
from frontend_api.bootstrap.documents import Printer, signer_of
from frontend_api.bootstrap.offline import prove
from frontend_api.bootstrap.verifier import Verifier, client_of, clock
from frontend_api.chain.anvil import AnvilChain, url_of_running
from frontend_api.chain.calls import ContractCalls
from frontend_api.chain.guard import check_chain
from frontend_api.chain.lane import Lanes
from frontend_api.chain.reader import EthReader
from frontend_api.chain.signing import require_fast_signing
from frontend_api.chain.trust import DeploymentRecord, TrustStore, read_record
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.eip712 import DigestSigner
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.commitment.receipt import ReceiptOffice
from frontend_api.commitment.tree import MerkleTree
from frontend_api.crew import ProcessCrew, Setup, WarmCrew, cores
from frontend_api.documents import DocumentMaker, OfdMaker, carried_bundle, extract_bill_file
from frontend_api.domain.errors import (
    PiaolianError,
    StateConflict,
)
from frontend_api.domain.kind import Kind
from frontend_api.domain.mark import Mark
from frontend_api.domain.request import RequestRules
from frontend_api.domain.states import Role
from frontend_api.flow.acceptor import Acceptor
from frontend_api.flow.anchor import Anchoring, retry_refused
from frontend_api.flow.bulk_intake import Intake
from frontend_api.flow.bulk_jobs import Imports
from frontend_api.flow.desk import Desk, Platform
from frontend_api.flow.engine import Engine, Seldom
from frontend_api.flow.fsck_documents import Press
from frontend_api.flow.issue import Draft, Issued, accept_drafts
from frontend_api.flow.marks import mark_of
from frontend_api.flow.read import bill_file_of
from frontend_api.indexer import Indexer
from frontend_api.kinds import load_kinds
from frontend_api.ports import Caller, StoredBill
from frontend_api.settings import Settings
from frontend_api.sheets import write_rows
from frontend_api.store.batches import SqlBatches
from frontend_api.store.bills import SqlBills
from frontend_api.store.credentials import SqlApiKeys, SqlKeys
from frontend_api.store.database import Database
from frontend_api.store.import_files import FolderOfImports
from frontend_api.store.imports import SqlImports
from frontend_api.store.outbox import SqlOutbox
from frontend_api.store.projections import SqlProjections
from frontend_api.store.vault import AesVault
from frontend_api.store.views import SqlViews

_LOOK_SECONDS = 0.2  # between looks at what others did: events on the chain, batches refused
_TAKE_OVER_SECONDS = 0.5  # between looks whether the process that runs the engine has ended
_TREES_KEPT = 16  # trees of the batches last asked for; a tree of 10,000 bills is 1.3 MB


@dataclass(frozen=True, slots=True)
class Services:
    """One running platform, ready for rest, web and cli."""

    settings: Settings
    record: DeploymentRecord
    kinds: dict[str, Kind]
    desk: Desk
    acceptor: Acceptor
    engine: Engine
    api_keys: SqlApiKeys
    keys: SqlKeys
    database: Database
    reader: EthReader
    documents: DocumentMaker
    printer: Printer
    verifier: Verifier
    imports: Imports
    close: Callable[[], None]

    def caller(self, key: str) -> Caller:
        """Whose API key it is. Raises NotAuthenticated."""
        return self.api_keys.caller(key)

    def pdf(
        self, bill_file: BillFile, mark: Mark | None = None, bundle: ProofBundle | None = None
    ) -> bytes:
        """The bill's PDF, signed; a mark says what happened to the bill since."""
        return self.printer.pdf(bill_file, mark, bundle)

    def document(self, stored: StoredBill, *, proof: bool = False) -> bytes:
        """The PDF of a bill as it stands now: marked with its end, if that came.

        With ``proof`` its proof bundle is inside. Raises StateConflict until the bill is anchored,
        Unavailable when the chain does not give the proofs.
        """
        file = bill_file_of(self.desk, stored)
        bundle = self.prove(file) if proof else None
        return self.pdf(file, mark_of(self.desk, stored), bundle)

    def prove(self, bill_file: BillFile) -> ProofBundle:
        """The bill's proof bundle, as of the newest block. Raises Unavailable."""
        return prove(self.reader, bill_file)

    def ofd(self, bill_file: BillFile) -> bytes:
        """The bill's OFD."""
        return OfdMaker(self.kinds).ofd(bill_file)

    @property
    def press(self) -> Press:
        """Makes documents and reads them again."""
        return Press(self.printer.pdf, extract_bill_file, carried_bundle)


def open_database(settings: Settings) -> Database:
    """The home's database, its tables up to date."""
    database = (
        Database(settings.database_url)
        if settings.database_url
        else Database.at(settings.home / "piaolian.sqlite3")
    )
    database.migrate()
    return database


def open_keys(settings: Settings) -> SqlKeys:
    """The signing keys kept in the home, before there is a chain."""
    vault = AesVault.at(settings.home / "master.key")
    return SqlKeys(open_database(settings), vault, clock)


def receipt_key(keys: SqlKeys) -> DigestSigner:
    """The key that signs receipts, made at first use."""
    return DigestSigner(keys.private_key(receipt_signer(keys)))


def receipt_signer(keys: SqlKeys) -> str:
    """Its address, as deployment records tell it."""
    return keys.find("", Role.RECEIPT) or keys.create("", Role.RECEIPT)


def build(settings: Settings, rpc_url: str) -> Services:
    """Wire a platform; nothing runs yet: see :func:`running`.

    Raises ValueError or StateConflict when the home holds no deployment record.
    """
    require_fast_signing()
    if not settings.deployment_file.exists():
        raise StateConflict(
            f"{settings.deployment_file} is missing: run `piaolian deploy` for this home first"
        )
    record = read_record(settings.deployment_file)
    database = open_database(settings)
    vault = AesVault.at(settings.home / "master.key")
    reader = client_of(rpc_url, settings.rpc_seconds)
    bills, outbox = SqlBills(database), SqlOutbox(database, clock)
    keys = SqlKeys(database, vault, clock)
    lanes = Lanes(reader, outbox, keys, clock, record.deployment.chain_id)
    indexer = Indexer(reader, SqlProjections(database), record.deployment, record.deployed_at_block)
    kinds = load_kinds()
    documents = DocumentMaker(kinds)

    # The home's own development chain may come back older, and is given what it lost; a network
    # that does not have what it had before is not written to until somebody has looked at it.
    own_chain = settings.rpc_url is None

    def compare() -> None:
        check_chain(reader, record)
        if not own_chain:
            indexer.require_same_history()

    def prepare() -> None:
        compare()
        if own_chain:
            indexer.rewind_if_changed()
        lanes.recover()

    index = Seldom(indexer.step, _LOOK_SECONDS)

    def move_lanes() -> bool:
        moved = lanes.step()
        if moved:
            index.hurry()
        return moved

    engine = Engine(
        prepare=prepare,
        steps=(
            index,
            lambda: anchoring.step(),
            Seldom(lambda: retry_refused(desk), _LOOK_SECONDS),
            move_lanes,
            index,
        ),
        in_flight=lanes.in_flight,
        due=lambda: anchoring.due(),
        compare=compare,
    )

    @lru_cache(maxsize=_TREES_KEPT)
    def tree_of(batch_id: int, count: int) -> MerkleTree:
        return MerkleTree.over(bills.leaves(batch_id, count))

    desk = Desk(
        platform=Platform(
            deployment=record.deployment,
            public_url=settings.public_url.rstrip("/"),
            supervisor_name=settings.supervisor_name,
            sample=settings.sample,
        ),
        kinds=kinds,
        rules=RequestRules(kinds),
        bills=bills,
        batches=SqlBatches(database, clock),
        outbox=outbox,
        commands=outbox,
        views=SqlViews(database),
        keys=keys,
        vault=vault,
        calls=ContractCalls(record.deployment),
        clock=clock,
        layout_of=documents.layout,
        tree_of=tree_of,
        new_seed=lambda: secrets.token_bytes(32),
        require_writable=engine.require_writable,
        poke=engine.poke,
        receipts=ReceiptOffice(record.deployment, receipt_key(keys)),
        promise_seconds=settings.promise_seconds,
    )
    anchoring = Anchoring(desk, settings.anchor_bills, settings.anchor_seconds)
    acceptor, stop_accepting = _acceptor(settings, desk)
    crew = _crew(settings, database, desk)

    def close() -> None:
        stop_accepting()
        crew.close()
        database.close()

    trusted = TrustStore([settings.deployment_file])
    return Services(
        settings=settings,
        record=record,
        kinds=kinds,
        desk=desk,
        acceptor=acceptor,
        engine=engine,
        api_keys=SqlApiKeys(database, clock),
        keys=keys,
        database=database,
        reader=reader,
        documents=documents,
        printer=Printer(documents, signer_of(settings, vault)),
        verifier=Verifier(reader, trusted, documents),
        imports=_imports(settings, database, desk, crew),
        close=close,
    )


def _acceptor(settings: Settings, desk: Desk) -> tuple[Acceptor, Callable[[], None]]:
    """The acceptor, and what stops it."""

    def here(drafts: Sequence[Draft]) -> list[Issued | PiaolianError]:
        return accept_drafts(desk, drafts)

    if not settings.accept_beside:
        acceptor = Acceptor(here)
        return acceptor, acceptor.stop
    process = AcceptingProcess(settings.model_dump_json().encode(), here)

    def beside(drafts: Sequence[Draft]) -> list[Issued | PiaolianError]:
        answers = process.accept(drafts)
        desk.poke()
        return answers

    def stop() -> None:
        acceptor.stop()
        process.close()

    acceptor = Acceptor(beside)
    return acceptor, stop


def _crew(settings: Settings, database: Database, desk: Desk) -> WarmCrew:
    def start() -> ProcessCrew:
        master_key = (settings.home / "master.key").read_bytes()
        # One more than cores: while one waits for the disk or its turn, another works.
        size = settings.import_workers or cores() + 1
        setup = Setup(database.url, master_key, desk.platform, desk.promise_seconds)
        return ProcessCrew(setup, size)

    return WarmCrew(start)


def _imports(settings: Settings, database: Database, desk: Desk, crew: WarmCrew) -> Imports:
    intake = Intake(
        files=FolderOfImports(settings.home / "imports"),
        store=SqlImports(database, clock),
        kinds=desk.kinds,
        to_rows=write_rows,
        row_limit=settings.body_limit,
    )
    return Imports(intake, crew.lent, desk.require_writable, desk.poke)


@contextmanager
def chain_of(settings: Settings) -> Iterator[str]:
    """The RPC address of the platform's chain; starts the home's own Anvil if it has no other."""
    folder = settings.home / "chain"
    url = settings.rpc_url or url_of_running(folder)
    if url:
        yield url
        return
    with AnvilChain(folder) as chain:
        yield chain.url


@contextmanager
def running(settings: Settings, rpc_url: str) -> Iterator[Services]:
    """A platform whose engine runs, here or in another process of this home."""
    services = build(settings, rpc_url)
    try:
        with _only_one(settings.home, services.engine):
            yield services
    finally:
        services.close()


@contextmanager
def _only_one(home: Path, engine: Engine) -> Iterator[None]:
    """One writer a key: the lock dies with its process, however that ends, and another takes it."""
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / "engine.lock", os.O_RDWR | os.O_CREAT, 0o600)
    ended = threading.Event()

    def started() -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        engine.start()
        return True

    def take_over() -> None:
        while not ended.wait(_TAKE_OVER_SECONDS) and not started():
            pass

    heir = threading.Thread(target=take_over, name="engine-heir", daemon=True)
    try:
        if not started():
            engine.watch()
            heir.start()
        yield
    finally:
        ended.set()
        if heir.ident:
            heir.join()
        engine.stop()
        os.close(descriptor)
