"""Archive packages (归档信息包): an issuer's bills with metadata and proofs, made and judged.

Laid out as a BagIt bag. Each bill has a folder with its PDF, its bill file, its metadata by the
names of DA/T 95-2022, and its proof without content; ``index.json`` lists them all.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from frontend_api.bootstrap.platform import Services
from frontend_api.bootstrap.verifier import Verifier
from frontend_api.chain.reader import EthReader
from frontend_api.commitment.bill_file import MAX_BYTES, BillFile
from frontend_api.commitment.canonical import canonical_json, read_json
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.presentation import presentation_of
from frontend_api.commitment.strict import hex_of
from frontend_api.documents import extract_bill_file
from frontend_api.documents.attachment import MAX_PDF_BYTES
from frontend_api.documents.bag import (
    BagSource,
    bag_digest,
    bag_info,
    faults_of,
    open_bag,
    write_bag,
)
from frontend_api.documents.fiscal_xml import FIELDS_FILE, fiscal_xml
from frontend_api.domain.errors import ChainUnreachable, InputError, NotFound, PiaolianError
from frontend_api.domain.kind import Kind
from frontend_api.flow.read import bill_file_of
from frontend_api.ports import BillQuery, StoredBill
from frontend_api.verify import Verdict, VerificationReport

FORMAT = "piaolian-archive/1"
BILLS, INDEX, RECORD = "data/bills/", "data/index.json", "data/deployment.json"
PARTS = ("bill.json", "bill.pdf", "metadata.xml", "proof.json")
_CHINA = timezone(timedelta(hours=8))
_PAGE = 500
_MOST_INDEX = 1 << 30


@dataclass(frozen=True, slots=True)
class Range:
    """Which bills: from a bill key to another, or from a day of issue to another, both included."""

    first_key: int = 0
    last_key: int = 10**18
    first_day: date = date.min
    last_day: date = date.max

    def holds(self, stored: StoredBill) -> bool:
        """Whether the bill is one of them; days are those of Beijing."""
        header = stored.bill.header
        day = datetime.fromtimestamp(header.issued_at, _CHINA).date()
        inside = self.first_key <= header.number.key <= self.last_key
        return inside and self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Made:
    """A package that was made: how many bills, how many the chain does not have yet, its digest."""

    bills: int
    waiting: int
    digest: str


def make_package(services: Services, issuer: str, wanted: Range, out: Path, now: int) -> Made:
    """Write the package of an issuer's anchored bills to ``out`` (a folder, or a ZIP).

    Raises NotFound if there is none, StateConflict if ``out`` is there.
    """
    known = services.desk.views.issuer(issuer)
    if known is None:
        raise NotFound(f"no issuer {issuer} is admitted here")
    chosen = [s for s in _bills_of(services, issuer) if wanted.holds(s)]
    anchored = [s for s in chosen if s.anchored]
    if not anchored:
        raise NotFound("no bill that the chain has is in this range")
    info = {
        "Source-Organization": known.name,
        "External-Identifier": issuer,
        "Bagging-Date": f"{datetime.fromtimestamp(now, _CHINA):%Y-%m-%d}",
        "External-Description": "Electronic bills with metadata and proofs 电子票据归档信息包",
        "Piaolian-Format": FORMAT,
        "Piaolian-Metadata": _metadata_version(),
    }
    digest = write_bag(out, _files(services, issuer, anchored), info)
    return Made(len(anchored), len(chosen) - len(anchored), digest)


def _bills_of(services: Services, issuer: str) -> list[StoredBill]:
    """By number, the lowest first."""
    found: list[StoredBill] = []
    before: int | None = None
    while page := services.desk.bills.page(BillQuery(issuer, _PAGE, before)):
        found += page
        before = page[-1].bill.number.key
    return found[::-1]


def _files(
    services: Services, issuer: str, bills: Iterable[StoredBill]
) -> Iterator[tuple[str, bytes]]:
    entries = []
    for stored in bills:
        file = bill_file_of(services.desk, stored)
        folder = f"bills/{stored.bill.number}/"
        parts = {**_derived(file, services.kinds[stored.kind]), "bill.pdf": services.pdf(file)}
        for name in PARTS:
            yield folder + name, parts[name]
        entries.append(_entry(file))
    yield "deployment.json", services.settings.deployment_file.read_bytes()
    index = {
        "format": FORMAT,
        "issuer": issuer,
        "instance": hex_of(services.record.deployment.instance),
        "bills": entries,
    }
    yield "index.json", canonical_json(index)


def _derived(file: BillFile, kind: Kind) -> dict[str, bytes]:
    """What follows from the bill file alone."""
    return {
        "bill.json": file.to_bytes(),
        "metadata.xml": fiscal_xml(file, kind),
        "proof.json": presentation_of(file, (), ()).to_bytes(),
    }


def _entry(file: BillFile) -> dict[str, Any]:
    return {
        "bill_code": file.header.number.code,
        "bill_no": file.header.number.number,
        "amount_fen": file.header.amount_fen,
        "leaf": hex_of(bill_leaf(file.header, file.deployment.instance)),
        "batch_id": str(file.inclusion.batch_id),
    }


def _metadata_version() -> str:
    return hashlib.sha256(FIELDS_FILE.read_bytes()).hexdigest()[:12]


# --- judging -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fault:
    """Something about a package: UNKNOWN if it could not be found out, else INVALID."""

    verdict: Verdict
    what: str
    name: str
    detail: str = ""


@dataclass(slots=True)
class PackageReport:
    """How many bills have which verdict, and every fault; ``digest`` is the package's own.

    ``ended`` counts by reason what is out of use now, such as voided bills: an archive keeps them,
    and they are no fault of it.
    """

    digest: str
    bills: Counter[Verdict] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    @property
    def overall(self) -> Verdict:
        """INVALID if anything is, UNKNOWN if anything is, else VALID."""
        found = {fault.verdict for fault in self.faults} | {v for v, n in self.bills.items() if n}
        for worst in (Verdict.INVALID, Verdict.UNKNOWN):
            if worst in found:
                return worst
        return Verdict.VALID

    def exit_code(self) -> int:
        """0 if all is VALID, 1 if anything is INVALID, else 2."""
        return {Verdict.VALID: 0, Verdict.INVALID: 1}.get(self.overall, 2)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "format": "piaolian-archive-report/1",
            "overall": self.overall,
            "digest": self.digest,
            "bills": {verdict.value: self.bills[verdict] for verdict in Verdict},
            "ended": dict(sorted(self.ended.items())),
            "faults": [
                {"verdict": f.verdict, "what": f.what, "name": f.name, "detail": f.detail}
                for f in self.faults
            ],
        }


def verify_package(
    path: Path, verifier: Verifier, kinds: Mapping[str, Kind], digest: str | None = None
) -> PackageReport:
    """Judge a package: its files by the manifests, every bill by chain and proof.

    ``digest`` is what was noted when it was made: without it, nothing tells that a bill was taken
    out and every list written anew. A package that cannot be read is one fault.
    """
    try:
        bag = open_bag(path)
        report = PackageReport(bag_digest(bag))
        _judge(bag, verifier, kinds, report)
    except InputError as e:
        report = PackageReport("", faults=[Fault(Verdict.INVALID, "unreadable", path.name, str(e))])
    if digest is not None and digest.lower() != report.digest:
        detail = f"is {report.digest or 'none'}, noted was {digest}"
        report.faults.append(Fault(Verdict.INVALID, "digest-differs", path.name, detail))
    return report


def _judge(
    bag: BagSource, verifier: Verifier, kinds: Mapping[str, Kind], report: PackageReport
) -> None:
    for found in faults_of(bag):
        report.faults.append(Fault(Verdict.INVALID, found.what, found.name, found.detail))
    names = set(bag.names())
    folders = sorted({name[len(BILLS) :].split("/")[0] for name in names if name.startswith(BILLS)})
    same_metadata = "bag-info.txt" in names and (
        bag_info(bag).get("Piaolian-Metadata") == _metadata_version()
    )
    judge = _Judge(bag, verifier, kinds, same_metadata, names)
    for folder in folders:
        faults = list(judge.faults_of(folder))
        report.faults += faults
        worst = {fault.verdict for fault in faults}
        verdict = Verdict.INVALID if Verdict.INVALID in worst else Verdict.UNKNOWN
        report.bills[verdict if worst else Verdict.VALID] += 1
    report.ended = judge.ended
    report.faults += _index_faults(bag, judge.entries)


class _Silent(EthReader):
    """A chain that did not answer once: it is not asked again for every further bill."""

    def __init__(self, why: str) -> None:
        self._why = why

    def chain_id(self) -> int:
        raise ChainUnreachable(self._why)


@dataclass(slots=True)
class _Judge:
    """Looks at one bill after the other; ``entries`` is what an index of them would say."""

    bag: BagSource
    verifier: Verifier
    kinds: Mapping[str, Kind]
    same_metadata: bool
    names: set[str]
    entries: list[dict[str, Any]] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)

    def faults_of(self, folder: str) -> Iterator[Fault]:
        where = f"{BILLS}{folder}/"
        lacking = [part for part in PARTS if where + part not in self.names]
        if lacking:
            yield Fault(Verdict.INVALID, "bill-incomplete", folder, ", ".join(lacking))
            return
        try:
            data = self.bag.read(where + "bill.json", MAX_BYTES)
            pdf = self.bag.read(where + "bill.pdf", MAX_PDF_BYTES)
            file, inside = BillFile.from_bytes(data), extract_bill_file(pdf)
            report = self.verifier.verify_upload(pdf)
        except PiaolianError as e:
            yield Fault(Verdict.INVALID, "bill-unreadable", folder, str(e))
            return
        self.entries.append(_entry(file))
        yield from self._verdicts(folder, report)
        if str(file.header.number) != folder:
            yield Fault(Verdict.INVALID, "misplaced", folder, f"holds bill {file.header.number}")
        if inside != data:
            yield Fault(Verdict.INVALID, "bill-file-differs", folder, "from the one in the PDF")
        yield from self._derived_faults(folder, file)

    def _verdicts(self, folder: str, report: VerificationReport) -> Iterator[Fault]:
        for check in report.verdicts:
            if check.name == "live" and check.verdict is Verdict.INVALID:
                self.ended[check.reason] += 1
            elif check.verdict in (Verdict.INVALID, Verdict.UNKNOWN):
                yield Fault(check.verdict, check.reason, folder, check.words("en"))
            if check.reason == "chain-unreachable":
                silent = _Silent(str(check.finding.facts.get("detail", "")))
                self.verifier = replace(self.verifier, reader=silent)

    def _derived_faults(self, folder: str, file: BillFile) -> Iterator[Fault]:
        """Metadata and proof, made again from the bill file."""
        kind = next((self.kinds.get(str(f.value)) for f in file.fields if f.path == "/kind"), None)
        try:
            made = _derived(file, kind) if kind else {}
        except (ValueError, KeyError, TypeError) as e:
            yield Fault(Verdict.INVALID, "bill-unreadable", folder, str(e))
            return
        for part in ("metadata.xml", "proof.json"):
            name = f"{folder}/{part}"
            if not made or (part == "metadata.xml" and not self.same_metadata):
                yield Fault(Verdict.UNKNOWN, "not-compared", name, "another version made it")
            elif self.bag.read(BILLS + name, MAX_PDF_BYTES) != made[part]:
                yield Fault(Verdict.INVALID, "differs-from-bill", name)


def _index_faults(bag: BagSource, entries: list[dict[str, Any]]) -> Iterator[Fault]:
    """The index lists exactly the bills that are there."""
    if INDEX not in bag.names():
        yield Fault(Verdict.INVALID, "missing", INDEX)
        return
    try:
        index = read_json(bag.read(INDEX, _MOST_INDEX))
    except InputError as e:
        yield Fault(Verdict.INVALID, "malformed", INDEX, str(e))
        return
    listed = index.get("bills") if isinstance(index, dict) else None
    if not isinstance(listed, list) or index.get("format") != FORMAT:
        yield Fault(Verdict.INVALID, "malformed", INDEX, f"is no index of {FORMAT}")
        return
    there = {canonical_json(entry) for entry in entries}
    told = [canonical_json(entry) for entry in listed]
    for entry in told:
        if entry not in there:
            yield Fault(Verdict.INVALID, "bill-missing", INDEX, entry.decode())
    if not there <= set(told) or len(told) != len(set(told)):
        yield Fault(Verdict.INVALID, "index-differs", INDEX, "from the bills that are there")
