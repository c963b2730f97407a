"""What is proved without a platform: bundles and lists made from a chain, judged without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from frontend_api.bootstrap.verifier import clock
from frontend_api.chain.block_proofs import Prover, bundle_of
from frontend_api.chain.reader import EthReader
from frontend_api.chain.trust import DeploymentRecord, TrustStore
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.offline_code import read_codes
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.commitment.roots_list import RootsList
from frontend_api.documents import (
    DocumentMaker,
    extract_bill_file,
    extract_bundle,
    photo_codes,
    read_signatures,
)
from frontend_api.domain.errors import NotFound
from frontend_api.indexer.roots import roots_of
from frontend_api.kinds import load_kinds
from frontend_api.verify import (
    Check,
    Document,
    SignatureTrust,
    TrustedBlocks,
    VerificationReport,
    check_bundle,
    verify_bundle,
    verify_carrying,
    verify_code,
    verify_listed,
)


def prove(reader: EthReader, bill_file: BillFile) -> ProofBundle:
    """The bill's proof bundle, its state being the chain's newest. Raises Unavailable."""
    return bundle_of(reader.rpc, bill_file)


def prover(reader: EthReader, at: int | None = None) -> Prover:
    """Makes the bundles of many bills, as of block ``at`` or the newest."""
    return Prover(reader.rpc, at)


def list_roots(reader: EthReader, record: DeploymentRecord, until: int | None = None) -> RootsList:
    """Every batch of a deployment up to block ``until``, or the newest. Raises Unavailable."""
    return roots_of(reader, record.deployment, record.deployed_at_block, until)


@dataclass(frozen=True, slots=True)
class OfflineVerifier:
    """Checks bundles and codes with what the verifier brings along, and no network at all."""

    trusted: TrustStore
    blocks: TrustedBlocks
    documents: DocumentMaker = field(default_factory=lambda: DocumentMaker(load_kinds()))

    def verify_bundle(self, bundle: bytes) -> VerificationReport:
        """The report on a proof bundle. Raises InputError if it is none."""
        return verify_bundle(bundle, self.trusted, self.blocks, clock())

    def verify_codes(self, texts: Sequence[str], roots: RootsList) -> VerificationReport:
        """The report on what a bill's codes say. Raises InputError if they are none."""
        return verify_code(read_codes(texts), roots, clock())

    def verify_file(self, data: bytes, roots: RootsList) -> VerificationReport:
        """The report on a PDF, or on a bill file's JSON. Raises InputError if it is neither."""
        if not data.startswith(b"%PDF-"):
            return verify_listed(data, roots, clock())
        document, bundle = self._document(data), extract_bundle(data)
        report = verify_listed(document.bill_file, roots, clock(), document=document)
        if bundle is None:
            return report
        # The block up to which the list goes is trusted like the list.
        blocks = replace(self.blocks, hashes=self.blocks.hashes | {roots.head.hash})
        return replace(self, blocks=blocks).with_bundle(report, document.bill_file, bundle)

    def with_bundle(
        self, report: VerificationReport, bill_file: bytes, bundle: bytes
    ) -> VerificationReport:
        """The report on a bill file with the check of the proof bundle that came with it."""
        file = BillFile.from_bytes(bill_file)
        found = check_bundle(bundle, file, self.trusted, lambda _: self.blocks, report.checked_at)
        check = Check(len(report.verdicts) + 1, "bundle", found)
        return replace(report, verdicts=(*report.verdicts, check))

    def verify_document(self, pdf: bytes) -> VerificationReport:
        """The report on a PDF, by the proof bundle that it carries.

        Raises NotFound if it carries none, InputError for what is no PDF of a bill.
        """
        document, bundle = self._document(pdf), extract_bundle(pdf)
        if bundle is None:
            raise NotFound(
                "the PDF carries no proof bundle: verify it with a chain, or with a list of roots"
            )
        return verify_carrying(document, bundle, self.trusted, self.blocks, clock())

    def _document(self, pdf: bytes) -> Document:
        signatures = SignatureTrust(read_signatures, self.trusted.document_cas)
        return Document(pdf, extract_bill_file(pdf), self.documents.same_face, signatures)

    def verify_photo(self, picture: bytes, roots: RootsList) -> VerificationReport:
        """The report on the codes in a PNG or JPEG. Raises InputError as :meth:`verify_codes`."""
        return self.verify_codes(photo_codes(picture), roots)
