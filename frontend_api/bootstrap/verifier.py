"""A verifier that stands alone: a chain, pinned deployments, and no database."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import DEFAULT_TIMEOUT, JsonRpc
from frontend_api.chain.trust import TrustStore
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.presentation import is_presentation
from frontend_api.documents import (
    CheckedFile,
    DocumentMaker,
    OfdMaker,
    ReportMaker,
    extract_bill_file,
    extract_bundle,
    extract_from_ofd,
    read_signatures,
)
from frontend_api.domain.errors import (
    MalformedInput,
)
from frontend_api.kinds import load_kinds
from frontend_api.verify import (
    Check,
    SignatureTrust,
    TrustedBlocks,
    Verdict,
    VerificationReport,
    blocks_on_chain,
    check_bundle,
    verify,
    verify_presentation,
    verify_receipt,
)

ZIP_START = b"PK\x03\x04"
_JWT_START = b"eyJ"  # an object in base64url


def clock() -> int:
    """Seconds since the epoch."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Verifier:
    """Checks documents against a chain and the pinned deployments; needs no database."""

    reader: EthReader
    trusted: TrustStore
    documents: DocumentMaker
    reports: ReportMaker = field(default_factory=ReportMaker)
    ofds: OfdMaker = field(default_factory=lambda: OfdMaker(load_kinds()))

    def verify_bill_file(self, bill_file: BillFile | bytes) -> VerificationReport:
        """The report on a bill file. Raises MalformedInput or InvalidFields if it is none."""
        return verify(bill_file, self.reader, self.trusted, now=clock())

    def verify_receipt(self, receipt: bytes) -> VerificationReport:
        """The report on a receipt's promise. Raises MalformedInput or InvalidFields."""
        return verify_receipt(receipt, self.reader, self.trusted, now=clock())

    def verify_upload(self, data: bytes) -> VerificationReport:
        """The report on a PDF, OFD, bill file or presentation. Raises InputError if it is none."""
        if data.startswith(ZIP_START):
            inside = extract_from_ofd(data)
            face = self.ofds.same_face
            return verify(inside, self.reader, self.trusted, clock(), pdf=data, face=face)
        if not data.startswith(b"%PDF-"):
            if data.startswith(_JWT_START):
                raise MalformedInput(
                    "is a credential (SD-JWT): any library checks it with the issuer's published "
                    "keys; for the chain's word on the bill, verify a presentation or the bill"
                )
            if not data.lstrip().startswith(b"{"):
                raise MalformedInput("is neither a PDF nor a bill file (JSON), nor an OFD")
            if is_presentation(data):
                return verify_presentation(data, self.reader, self.trusted, now=clock())
            return self.verify_bill_file(data)
        return self._verify_pdf(data)

    def _verify_pdf(self, data: bytes) -> VerificationReport:
        inside, bundle = extract_bill_file(data), extract_bundle(data)
        report = verify(
            inside,
            self.reader,
            self.trusted,
            now=clock(),
            pdf=data,
            face=self.documents.same_face,
            signatures=SignatureTrust(read_signatures, self.trusted.document_cas),
        )
        return report if bundle is None else self.with_bundle(report, inside, bundle)

    def with_bundle(
        self, report: VerificationReport, bill_file: bytes, bundle: bytes
    ) -> VerificationReport:
        """The report on a bill file with the check of the proof bundle that came with it."""
        # Only a chain that has the bill is asked for the bundle's blocks: another has others.
        has_bill = report.verdict("anchored").verdict is Verdict.VALID
        blocks_for = blocks_on_chain(self.reader) if has_bill else lambda _: TrustedBlocks()
        file = BillFile.from_bytes(bill_file)
        finding = check_bundle(bundle, file, self.trusted, blocks_for, report.checked_at)
        return replace(report, verdicts=(*report.verdicts, Check(9, "bundle", finding)))

    def report_pdf(self, report: VerificationReport, name: str, data: bytes) -> bytes:
        """The report on ``data`` as PDF, to be printed; ``name`` may be empty."""
        return self.reports.pdf(report, CheckedFile(name, data))


def client_of(rpc_url: str, seconds: float = DEFAULT_TIMEOUT) -> EthReader:
    """A reader of the chain at an address; no answer within ``seconds`` is ChainUnreachable."""
    return EthReader(JsonRpc(rpc_url, seconds))


def build_verifier(rpc_url: str, trusted: list[Path]) -> Verifier:
    """A verifier that stands alone: an RPC address, and deployment records that it trusts."""
    reader = client_of(rpc_url)
    return Verifier(reader, TrustStore(trusted), DocumentMaker(load_kinds()))
