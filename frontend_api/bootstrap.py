"""The only place where adapters are built and wired to the flow."""

from __future__ import annotations

import fcntl
import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from frontend_api.accepting import AcceptingProcess
from frontend_api.chain.anvil import AnvilChain, url_of_running
from frontend_api.chain.anvil_process import find_anvil, free_port
from frontend_api.chain.calls import ContractCalls
from frontend_api.chain.guard import check_chain
from frontend_api.chain.lane import Lanes
from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import DEFAULT_TIMEOUT, JsonRpc
from frontend_api.chain.signing import require_fast_signing
from frontend_api.chain.trust import DeploymentRecord, TrustStore, read_record
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.eip712 import DigestSigner
from frontend_api.commitment.receipt import ReceiptOffice
from frontend_api.commitment.tree import MerkleTree
from frontend_api.crew import ProcessCrew, Setup, cores, crew
from frontend_api.documents import DocumentMaker, extract_bill_file
from frontend_api.domain.errors import (
    HistoryChanged,
    MalformedInput,
    PiaolianError,
    StateConflict,
)
from frontend_api.domain.kind import Kind
from frontend_api.domain.request import RequestRules
from frontend_api.domain.states import Role
from frontend_api.flow.acceptor import Acceptor
from frontend_api.flow.anchor import Anchoring, retry_refused
from frontend_api.flow.bulk_intake import Intake
from frontend_api.flow.bulk_jobs import Imports
from frontend_api.flow.desk import Desk, Platform
from frontend_api.flow.engine import Engine, Seldom
from frontend_api.flow.fsck import Books, Progress, no_progress
from frontend_api.flow.fsck_documents import Press
from frontend_api.flow.issue import Draft, Issued, accept_drafts
from frontend_api.indexer import Indexer, UpTo
from frontend_api.kinds import load_kinds
from frontend_api.ports import Caller, ChainBlock
from frontend_api.samples import generate, sample_institutions
from frontend_api.settings import Settings
from frontend_api.sheets import write_rows
from frontend_api.store.aside import aside, differences
from frontend_api.store.batches import SqlBatches
from frontend_api.store.bills import SqlBills
from frontend_api.store.credentials import SqlApiKeys, SqlKeys
from frontend_api.store.database import Database
from frontend_api.store.import_files import FolderOfImports
from frontend_api.store.imports import SqlImports
from frontend_api.store.outbox import SqlOutbox
from frontend_api.store.projections import SqlProjections, read_cursor
from frontend_api.store.records import SqlRecords
from frontend_api.store.vault import AesVault
from frontend_api.store.views import SqlViews
from frontend_api.verify import VerificationReport, verify, verify_receipt

__all__ = [
    "AnvilChain",
    "Services",
    "Verifier",
    "build",
    "build_verifier",
    "chain_of",
    "client_of",
    "clock",
    "extract_bill_file",
    "find_anvil",
    "free_port",
    "generate",
    "load_kinds",
    "open_books",
    "open_database",
    "open_keys",
    "read_record",
    "receipt_signer",
    "reindex",
    "require_fast_signing",
    "running",
    "sample_institutions",
]

_LOOK_SECONDS = 0.2  # between looks at what others did: events on the chain, batches refused
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

    def verify_receipt(self, receipt: bytes) -> VerificationReport:
        """The report on a receipt's promise. Raises MalformedInput or InvalidFields."""
        return verify_receipt(receipt, self.reader, self.trusted, now=clock())

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
    acceptor: Acceptor
    engine: Engine
    api_keys: SqlApiKeys
    keys: SqlKeys
    database: Database
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

    @property
    def press(self) -> Press:
        """Makes documents and reads them again."""
        return Press(self.documents.pdf, extract_bill_file)


def client_of(rpc_url: str, seconds: float = DEFAULT_TIMEOUT) -> EthReader:
    """A reader of the chain at an address; no answer within ``seconds`` is ChainUnreachable."""
    return EthReader(JsonRpc(rpc_url, seconds))


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

    def close() -> None:
        stop_accepting()
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
        verifier=Verifier(reader, trusted, documents),
        imports=_imports(settings, database, desk),
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
def open_books(
    services: Services, unasked: PiaolianError | None = None, progress: Progress = no_progress
) -> Iterator[Books]:
    """One view of everything that ``fsck`` compares; nothing is changed.

    ``unasked`` says why the chain cannot be asked at all. Raises StateConflict when neither chain
    nor stored events can be read.
    """
    with services.database.read() as view, aside(services.settings.home) as other:
        cursor = read_cursor(view)
        try:
            if unasked is None and cursor:
                check_chain(services.reader, services.record)
                _index(services, other, cursor, progress)
        except PiaolianError as e:
            unasked = e
        if unasked:
            SqlProjections(other).rewind(None)
            SqlProjections(other).copy_events(view, cursor)
        with other.read() as truth:
            yield Books(
                records=SqlRecords(view),
                truth=SqlRecords(truth),
                differences=differences(view, truth),
                chain=None if unasked else services.reader,
                unasked=unasked,
            )


def reindex(services: Services, from_chain: bool, progress: Progress = no_progress) -> None:
    """Make all projections anew and put them in place at once.

    From the chain's events, or from those stored here. Raises ChainUnreachable, WrongChain,
    StateConflict (a stored event was altered); the old projections then stay.
    """
    with aside(services.settings.home) as other:
        if from_chain:
            check_chain(services.reader, services.record)
            head = services.reader.head()
            _index(services, other, ChainBlock(head.number, head.hash, head.time), progress)
        else:
            with services.database.read() as view:
                SqlProjections(other).copy_events(view, read_cursor(view))
        with other.read() as source:
            SqlProjections(services.database).become(source)


def _index(services: Services, other: Database, upto: ChainBlock, progress: Progress) -> None:
    deployment, first = services.record.deployment, services.record.deployed_at_block
    projections = SqlProjections(other)
    indexer = Indexer(UpTo(services.reader, upto), projections, deployment, first)
    while indexer.step():
        read = projections.cursor()
        progress("blocks", read.number if read else 0, upto.number)
    read = projections.cursor()
    if read is None or read.hash != upto.hash:
        raise HistoryChanged("the chain moved while it was read: run the command again")


@contextmanager
def running(settings: Settings, rpc_url: str) -> Iterator[Services]:
    """A platform whose engine runs, unless another process of this home already runs one."""
    services = build(settings, rpc_url)
    try:
        with _only_engine(settings.home) as ours:
            if ours:
                services.engine.start()
            else:
                services.engine.watch()
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
