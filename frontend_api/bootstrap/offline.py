"""What is proved without a platform: bundles and lists made from a chain, judged without one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend_api.bootstrap.verifier import clock
from frontend_api.chain.block_proofs import bundle_of
from frontend_api.chain.reader import EthReader
from frontend_api.chain.trust import DeploymentRecord, TrustStore
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.offline_code import read_codes
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.commitment.roots_list import RootsList
from frontend_api.documents import DocumentMaker, extract_bill_file, photo_codes
from frontend_api.indexer.roots import roots_of
from frontend_api.kinds import load_kinds
from frontend_api.verify import (
    TrustedBlocks,
    VerificationReport,
    verify_bundle,
    verify_code,
    verify_listed,
)


def prove(reader: EthReader, bill_file: BillFile) -> ProofBundle:
    """The bill's proof bundle, its state being the chain's newest. Raises Unavailable."""
    return bundle_of(reader.rpc, bill_file)


def list_roots(reader: EthReader, record: DeploymentRecord) -> RootsList:
    """Every batch of a deployment up to the newest block. Raises Unavailable."""
    return roots_of(reader, record.deployment, record.deployed_at_block)


@dataclass(frozen=True, slots=True)
class OfflineVerifier:
    """Checks bundles and codes with what the verifier brings along, and no network at all."""

    trusted: TrustStore
    blocks: TrustedBlocks

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
        maker = DocumentMaker(load_kinds())
        file = extract_bill_file(data)
        return verify_listed(file, roots, clock(), pdf=data, face=maker.same_face)

    def verify_photo(self, picture: bytes, roots: RootsList) -> VerificationReport:
        """The report on the codes in a PNG or JPEG. Raises InputError as :meth:`verify_codes`."""
        return self.verify_codes(photo_codes(picture), roots)
