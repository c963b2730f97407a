"""Judging a package: its files by the manifests, every bill by its proofs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from frontend_api.bootstrap.archive.layout import (
    BILLS,
    BUNDLE,
    FORMAT,
    INDEX,
    PARTS,
    ROOTS,
    Blocks,
    blocks_of,
    derived,
    entry,
    metadata_version,
)
from frontend_api.bootstrap.archive.report import Fault, PackageReport
from frontend_api.bootstrap.archive.witness import OwnWord, Witness
from frontend_api.commitment.bill_file import MAX_BYTES, BillFile
from frontend_api.commitment.canonical import canonical_json, read_json
from frontend_api.commitment.proof_bundle import MAX_BYTES as MAX_BUNDLE_BYTES
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.commitment.roots_list import RootsList
from frontend_api.commitment.strict import bytes32
from frontend_api.documents import extract_bill_file
from frontend_api.documents.attachment import MAX_PDF_BYTES
from frontend_api.documents.bag import PAYLOAD, BagSource, bag_digest, bag_info, faults_of, open_bag
from frontend_api.domain.errors import InputError, MalformedInput, PiaolianError
from frontend_api.domain.kind import Kind
from frontend_api.verify import Check, Verdict, VerificationReport

_MOST_LIST = 1 << 30  # bytes of the index, and of the list of roots
_FOLDER = re.compile(re.escape(PAYLOAD + BILLS) + "([^/]*)")
# What only a chain knows: no fault of a package that is judged without one.
_CHAINS_ALONE = ("live-then", "on-paper-then", "amount-needs-chain")


def verify_package(
    path: Path, witness: Witness, kinds: Mapping[str, Kind], digest: str | None = None
) -> PackageReport:
    """Judge a package: its files by the manifests, every bill by witness and proof.

    ``digest`` is what was noted when it was made: without it, nothing tells that a bill was taken
    out and every list written anew. A package that cannot be read is one fault.
    """
    try:
        bag = open_bag(path)
        report = PackageReport(bag_digest(bag))
        vouched = digest is not None and digest.lower() == report.digest
        _Judge(bag, witness, kinds, report).judge(vouched=vouched)
    except InputError as e:
        report = PackageReport("", faults=[Fault(Verdict.INVALID, "unreadable", path.name, str(e))])
    if digest is not None and digest.lower() != report.digest:
        detail = f"is {report.digest or 'none'}, noted was {digest}"
        report.faults.append(Fault(Verdict.INVALID, "digest-differs", path.name, detail))
    return report


@dataclass(frozen=True, slots=True)
class _Index:
    """What a package's index says; of one that is none, nothing.

    ``lacking`` are the folders of the bills of which it says that the chain gave no bundle.
    """

    bills: tuple[Any, ...] = ()
    blocks: Any = None
    lacking: frozenset[str] = frozenset()

    @classmethod
    def of(cls, bills: list[Any], blocks: Any) -> _Index:
        """From the members of the JSON."""
        lacking = frozenset(
            f"{told.get('bill_code')}-{told.get('bill_no')}"
            for told in bills
            if isinstance(told, dict)
            and isinstance(told.get("lacks"), dict)
            and list(told["lacks"]) == [BUNDLE]
        )
        return cls(tuple(bills), blocks, lacking)


@dataclass(slots=True)
class _Judge:
    """Looks at one bill after the other; ``entries`` and ``blocks`` are what an index of them would
    say."""

    bag: BagSource
    witness: Witness
    kinds: Mapping[str, Kind]
    report: PackageReport
    names: set[str] = field(default_factory=set)
    same_metadata: bool = False
    index: _Index = field(default_factory=_Index)
    entries: list[dict[str, Any]] = field(default_factory=list)
    blocks: Blocks = field(default_factory=dict)

    def judge(self, *, vouched: bool) -> None:
        """Put everything into the report. Raises InputError for what cannot be read at all."""
        for found in faults_of(self.bag):
            self._blame(Fault(Verdict.INVALID, found.what, found.name, found.detail))
        self.names = set(self.bag.names())
        self.same_metadata = "bag-info.txt" in self.names and (
            bag_info(self.bag).get("Piaolian-Metadata") == metadata_version()
        )
        # A digest vouches for what its manifests list, not for a file that differs from them.
        vouched = vouched and not self.report.faults
        well_formed = self._read_index()
        self._hear(vouched=vouched)
        for folder in sorted({m[1] for name in self.names if (m := _FOLDER.match(name))}):
            self._judge_bill(folder)
        if well_formed:
            self._compare_index()

    def _blame(self, *faults: Fault) -> None:
        self.report.faults += faults

    # --- what the package says of itself ---------------------------------------------------------

    def _read_index(self) -> bool:
        if PAYLOAD + INDEX not in self.names:
            self._blame(Fault(Verdict.INVALID, "missing", INDEX))
            return False
        try:
            index = read_json(self.bag.read(PAYLOAD + INDEX, _MOST_LIST))
        except InputError as e:
            self._blame(Fault(Verdict.INVALID, "malformed", INDEX, str(e)))
            return False
        listed = index.get("bills") if isinstance(index, dict) else None
        if not isinstance(listed, list) or index.get("format") != FORMAT:
            self._blame(Fault(Verdict.INVALID, "malformed", INDEX, f"is no index of {FORMAT}"))
            return False
        self.index = _Index.of(listed, index.get("blocks"))
        return True

    def _hear(self, *, vouched: bool) -> None:
        try:
            if PAYLOAD + ROOTS not in self.names:
                raise MalformedInput("is not there")
            roots = RootsList.from_bytes(self.bag.read(PAYLOAD + ROOTS, _MOST_LIST))
        except InputError as e:
            self._blame(Fault(Verdict.INVALID, "malformed", ROOTS, str(e)))
            return
        blocks = self.index.blocks if isinstance(self.index.blocks, dict) else {}
        hashes = frozenset(_hashes(blocks.values()))
        self._blame(*self.witness.hear(OwnWord(roots, hashes, vouched)))

    def _compare_index(self) -> None:
        """The index lists exactly the bills, and the blocks, that are there."""
        there = {canonical_json(made) for made in self.entries}
        told = [canonical_json(_without_lack(made)) for made in self.index.bills]
        for made in told:
            if made not in there:
                self._blame(Fault(Verdict.INVALID, "bill-missing", INDEX, made.decode()))
        if (
            not there <= set(told)
            or len(told) != len(set(told))
            or self.index.blocks != self.blocks
        ):
            detail = "from the bills that are there"
            self._blame(Fault(Verdict.INVALID, "index-differs", INDEX, detail))

    # --- one bill --------------------------------------------------------------------------------

    def _judge_bill(self, folder: str) -> None:
        unchecked: Counter[str] = Counter()
        faults = list(self._faults_of(folder, unchecked))
        self._blame(*faults)
        self.report.unchecked += unchecked
        worst = {fault.verdict for fault in faults}
        if Verdict.INVALID in worst:
            verdict = Verdict.INVALID
        else:
            # Of a bundle that the chain did not give it is told; the bill is judged without it.
            open_questions = unchecked.keys() - {"bundle-lacking"}
            verdict = Verdict.UNKNOWN if worst or open_questions else Verdict.VALID
        self.report.bills[verdict] += 1

    def _faults_of(self, folder: str, unchecked: Counter[str]) -> Iterator[Fault]:
        where = f"{PAYLOAD}{BILLS}{folder}/"
        proved = where + BUNDLE in self.names
        wanted = PARTS if proved or folder in self.index.lacking else (*PARTS, BUNDLE)
        lacking = [part for part in wanted if where + part not in self.names]
        if lacking:
            yield Fault(Verdict.INVALID, "bill-incomplete", folder, ", ".join(lacking))
            return
        try:
            data = self.bag.read(where + "bill.json", MAX_BYTES)
            pdf = self.bag.read(where + "bill.pdf", MAX_PDF_BYTES)
            bundle = self.bag.read(where + BUNDLE, MAX_BUNDLE_BYTES) if proved else None
            file, inside = BillFile.from_bytes(data), extract_bill_file(pdf)
            report = self.witness.report(pdf, data, bundle)
        except PiaolianError as e:
            yield Fault(Verdict.INVALID, "bill-unreadable", folder, str(e))
            return
        self.entries.append(entry(file))
        if bundle is None:
            unchecked["bundle-lacking"] += 1
        else:
            self._note_blocks(bundle)
        yield from self._verdicts(folder, report, unchecked)
        if str(file.header.number) != folder:
            yield Fault(Verdict.INVALID, "misplaced", folder, f"holds bill {file.header.number}")
        if inside != data:
            yield Fault(Verdict.INVALID, "bill-file-differs", folder, "from the one in the PDF")
        yield from self._derived_faults(folder, file)

    def _note_blocks(self, bundle: bytes) -> None:
        try:
            self.blocks |= blocks_of(ProofBundle.from_bytes(bundle))
        except PiaolianError:
            return  # the check of the bundle says what is wrong with it

    def _verdicts(
        self, folder: str, report: VerificationReport, unchecked: Counter[str]
    ) -> Iterator[Fault]:
        for check in report.verdicts:
            if check.name == "live" and check.verdict is Verdict.INVALID:
                self.report.ended[check.reason] += 1
            elif check.verdict is Verdict.UNKNOWN and _left_open(check):
                unchecked[check.reason] += 1
            elif check.verdict in (Verdict.INVALID, Verdict.UNKNOWN):
                yield Fault(check.verdict, check.reason, folder, check.words("en"))

    def _derived_faults(self, folder: str, file: BillFile) -> Iterator[Fault]:
        """Metadata and proof, made again from the bill file."""
        kind = next((self.kinds.get(str(f.value)) for f in file.fields if f.path == "/kind"), None)
        try:
            made = derived(file, kind) if kind else {}
        except (ValueError, KeyError, TypeError) as e:
            yield Fault(Verdict.INVALID, "bill-unreadable", folder, str(e))
            return
        for part in ("metadata.xml", "proof.json"):
            name = f"{folder}/{part}"
            if not made or (part == "metadata.xml" and not self.same_metadata):
                yield Fault(Verdict.UNKNOWN, "not-compared", name, "another version made it")
            elif self.bag.read(PAYLOAD + BILLS + name, MAX_PDF_BYTES) != made[part]:
                yield Fault(Verdict.INVALID, "differs-from-bill", name)


def _left_open(check: Check) -> bool:
    return check.name == "bundle" or check.reason in _CHAINS_ALONE


def _without_lack(told: Any) -> Any:
    if not isinstance(told, dict):
        return told
    return {name: value for name, value in told.items() if name != "lacks"}


def _hashes(texts: Any) -> Iterator[bytes]:
    for text in texts:
        try:
            yield bytes32(text)
        except (ValueError, TypeError):
            continue
