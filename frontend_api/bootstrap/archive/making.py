"""Making a package: what the books and the chain have of an issuer's bills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from frontend_api.bootstrap.archive.layout import (
    BILLS,
    BUNDLE,
    FORMAT,
    INDEX,
    PARTS,
    RECORD,
    ROOTS,
    Blocks,
    blocks_of,
    derived,
    entry,
    metadata_version,
)
from frontend_api.bootstrap.offline import list_roots, prover
from frontend_api.bootstrap.platform import Services
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.commitment.strict import hex_of
from frontend_api.documents.bag import write_bag
from frontend_api.domain.errors import NotFound, Unavailable
from frontend_api.flow.read import bill_file_of
from frontend_api.ports import BillQuery, StoredBill

_CHINA = timezone(timedelta(hours=8))
_PAGE = 500  # bills read at once, and proved at once


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
    """A package that was made: how many bills, how many the chain does not have yet, of how many it
    gave no proof bundle, its digest."""

    bills: int
    waiting: int
    unproved: int
    digest: str


def make_package(services: Services, issuer: str, wanted: Range, out: Path, now: int) -> Made:
    """Write the package of an issuer's anchored bills to ``out`` (a folder, or a ZIP).

    Raises NotFound if there is none, StateConflict if ``out`` is there, ChainUnreachable without a
    chain: bills are proved when they are archived.
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
        "Piaolian-Metadata": metadata_version(),
    }
    contents = _Contents(services)
    digest = write_bag(out, contents.files(issuer, anchored), info)
    return Made(len(anchored), len(chosen) - len(anchored), contents.unproved, digest)


def _bills_of(services: Services, issuer: str) -> list[StoredBill]:
    """By number, the lowest first."""
    found: list[StoredBill] = []
    before: int | None = None
    while page := services.desk.bills.page(BillQuery(issuer, _PAGE, before)):
        found += page
        before = page[-1].bill.number.key
    return found[::-1]


@dataclass(slots=True)
class _Contents:
    """The payload, file by file, and what its index says of it."""

    services: Services
    unproved: int = 0
    entries: list[dict[str, Any]] = field(default_factory=list)
    blocks: Blocks = field(default_factory=dict)

    def files(self, issuer: str, bills: Sequence[StoredBill]) -> Iterator[tuple[str, bytes]]:
        services = self.services
        roots = list_roots(services.reader, services.record)
        # The state of all is that of the list's block, so that one block speaks for the package.
        proofs = prover(services.reader, roots.head.number)
        for start in range(0, len(bills), _PAGE):
            page = bills[start : start + _PAGE]
            files = [bill_file_of(services.desk, stored) for stored in page]
            for stored, file, bundle in zip(page, files, proofs.bundles(files), strict=True):
                yield from self._bill(stored, file, bundle)
        yield RECORD, services.settings.deployment_file.read_bytes()
        yield ROOTS, roots.to_bytes()
        index = {
            "format": FORMAT,
            "issuer": issuer,
            "instance": hex_of(services.record.deployment.instance),
            "blocks": self.blocks,
            "bills": self.entries,
        }
        yield INDEX, canonical_json(index)

    def _bill(
        self, stored: StoredBill, file: BillFile, bundle: ProofBundle | Unavailable
    ) -> Iterator[tuple[str, bytes]]:
        folder = f"{BILLS}{stored.bill.number}/"
        kind = self.services.kinds[stored.kind]
        parts = {**derived(file, kind), "bill.pdf": self.services.pdf(file)}
        for name in PARTS:
            yield folder + name, parts[name]
        if isinstance(bundle, Unavailable):
            self.unproved += 1
            self.entries.append(entry(file) | {"lacks": {BUNDLE: str(bundle)}})
            return
        yield folder + BUNDLE, bundle.to_bytes()
        self.blocks |= blocks_of(bundle)
        self.entries.append(entry(file))
