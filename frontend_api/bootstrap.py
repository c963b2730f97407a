"""The only place where adapters are built and wired to the flow."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from frontend_api.chain.anvil import AnvilChain, url_of_running
from frontend_api.chain.anvil_process import find_anvil, free_port
from frontend_api.chain.calls import ContractCalls
from frontend_api.chain.guard import check_chain
from frontend_api.chain.lane import Lanes
from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import JsonRpc
from frontend_api.chain.signing import require_fast_signing
from frontend_api.chain.trust import DeploymentRecord, TrustStore, read_record
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.tree import MerkleTree
from frontend_api.crew import ProcessCrew, Setup, cores, crew
from frontend_api.documents import DocumentMaker, extract_bill_file
from frontend_api.domain.errors import MalformedInput, StateConflict
from frontend_api.domain.kind import Kind
from frontend_api.domain.request import RequestRules
from frontend_api.flow.anchor import anchor_waiting, retry_refused
from frontend_api.flow.bulk_intake import Intake
from frontend_api.flow.bulk_jobs import Imports
from frontend_api.flow.desk import Desk, Platform
from frontend_api.flow.engine import Engine
from frontend_api.indexer import Indexer
from frontend_api.kinds import load_kinds
from frontend_api.ports import Caller
from frontend_api.samples import generate, sample_institutions
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
from frontend_api.verify import VerificationReport, verify

__all__ = [
    "AnvilChain",
    "Services",
    "Verifier",
    "build",
    "build_verifier",
    "chain_of",
    "check_chain",
    "client_of",
    "clock",
    "extract_bill_file",
    "find_anvil",
    "free_port",
    "generate",
    "load_kinds",
    "open_database",
    "open_keys",
    "read_record",
    "require_fast_signing",
    "running",
    "sample_institutions",
]

_TREES_KEPT = 16  # trees of the batches last asked for; a tree of 10,000 bills is 1.3 MB


def clock() -> int:
    """Seconds since the epoch."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks documents against a chain and the pinned deployments; needs no database."""

    reader: EthReader
    trusted: TrustStore
    documents: DocumentMaker

    def verify_bill_file(self, bill_file: BillFile | bytes) -> VerificationReport:
        """The report on a bill file. Raises MalformedInput or InvalidFields if it is none."""
        return verify(bill_file, self.reader, self.trusted, now=clock())

    def verify_upload(self, data: bytes) -> VerificationReport:
        """The report on a PDF, or on a bill file's JSON. Raises InputError if it is neither."""
        if not data.startswith(b"%PDF-"):
            if not data.lstrip().startswith(b"{"):
                raise MalformedInput("is neither a PDF nor a bill file (JSON)")
            return self.verify_bill_file(data)
        return verify(
            extract_bill_file(data),
            self.reader,
            self.trusted,
            now=clock(),
            pdf=data,
            face=self.documents.same_face,
        )


@dataclass(frozen=True, slots=True)
class Services:
    """One running platform, ready for rest, web and cli."""

    settings: Settings
    record: DeploymentRecord
    kinds: dict[str, Kind]
    desk: Desk
    engine: Engine
    api_keys: SqlApiKeys
    keys: SqlKeys
    reader: EthReader
    documents: DocumentMaker
    verifier: Verifier
    imports: Imports
    close: Callable[[], None]

    def caller(self, key: str) -> Caller:
        """Whose API key it is. Raises NotAuthenticated."""
        return self.api_keys.caller(key)

    def pdf(self, bill_file: BillFile) -> bytes:
        """The bill's PDF."""
        return self.documents.pdf(bill_file)


def client_of(rpc_url: str) -> EthReader:
    """A reader of the chain at an address."""
    return EthReader(JsonRpc(rpc_url))


def build_verifier(rpc_url: str, trusted: list[Path]) -> Verifier:
    """A verifier that stands alone: an RPC address, and deployment records that it trusts."""
    reader = client_of(rpc_url)
    return Verifier(reader, TrustStore(trusted), DocumentMaker(load_kinds()))


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
    reader = client_of(rpc_url)
    bills, outbox = SqlBills(database), SqlOutbox(database, clock)
    keys = SqlKeys(database, vault, clock)
    lanes = Lanes(reader, outbox, keys, clock)
    indexer = Indexer(reader, SqlProjections(database), record.deployment, record.deployed_at_block)
    kinds = load_kinds()
    documents = DocumentMaker(kinds)

    def prepare() -> None:
        check_chain(reader, record.deployment)
        indexer.rewind_if_changed()
        lanes.recover()

    engine = Engine(
        prepare=prepare,
        steps=(
            indexer.step,
            lambda: anchor_waiting(desk),
            lambda: retry_refused(desk),
            lanes.step,
            indexer.step,
        ),
        in_flight=lanes.in_flight,
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
    )
    trusted = TrustStore([settings.deployment_file])
    return Services(
        settings=settings,
        record=record,
        kinds=kinds,
        desk=desk,
        engine=engine,
        api_keys=SqlApiKeys(database, clock),
        keys=keys,
        reader=reader,
        documents=documents,
        verifier=Verifier(reader, trusted, documents),
        imports=_imports(settings, database, desk),
        close=database.close,
    )


def _imports(settings: Settings, database: Database, desk: Desk) -> Imports:
    def workers() -> AbstractContextManager[ProcessCrew]:
        master_key = (settings.home / "master.key").read_bytes()
        # One more than cores: while one waits for the disk or its turn, another works.
        size = settings.import_workers or cores() + 1
        return crew(Setup(database.url, master_key, desk.platform), size)

    intake = Intake(
        files=FolderOfImports(settings.home / "imports"),
        store=SqlImports(database, clock),
        kinds=desk.kinds,
        to_rows=write_rows,
        row_limit=settings.body_limit,
    )
    return Imports(intake, workers, desk.require_writable, desk.poke)


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
    """A platform whose engine runs, unless another process of this home already runs one."""
    services = build(settings, rpc_url)
    try:
        with _only_engine(settings.home) as ours:
            if ours:
                services.engine.start()
            try:
                yield services
            finally:
                if ours:
                    services.engine.stop()
    finally:
        services.close()


@contextmanager
def _only_engine(home: Path) -> Iterator[bool]:
    """One writer a key: the lock dies with its process, however that ends."""
    home.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(home / "engine.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
