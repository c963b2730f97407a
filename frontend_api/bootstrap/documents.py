"""The documents of a running platform: made, marked and signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from frontend_api.bootstrap.verifier import clock
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.documents import DocumentMaker
from frontend_api.documents.authority import OwnAuthority
from frontend_api.documents.kept_seals import KeptSeals
from frontend_api.documents.seals import Seals
from frontend_api.documents.signer import DocumentSigner
from frontend_api.domain.mark import Mark
from frontend_api.ports import Vault
from frontend_api.settings import Settings
from frontend_api.store.vault import AesVault

_FOLDER = "document-ca"


@dataclass(frozen=True, slots=True)
class Printer:
    """Makes documents and signs them; without a signer they stay unsigned."""

    maker: DocumentMaker
    signer: DocumentSigner | None

    def pdf(
        self, bill_file: BillFile, mark: Mark | None = None, bundle: ProofBundle | None = None
    ) -> bytes:
        """The PDF as it is handed out; with a bundle, one that proves itself offline."""
        unsigned = self.maker.pdf(bill_file, mark, bundle)
        if self.signer is None:
            return unsigned
        return self.signer.sign(unsigned, bill_file, mark.at if mark else 0)


def signer_of(settings: Settings, vault: Vault) -> DocumentSigner | None:
    """What signs this home's documents; None for a home with neither authority nor certificates."""
    seals: Seals | None = OwnAuthority.open(settings.home / _FOLDER, vault)
    if settings.document_seals:
        seals = KeptSeals(settings.document_seals, seals)
    return DocumentSigner(seals, _stamping(settings.document_tsa)) if seals else None


def _stamping(url: str | None) -> Callable[[bytes], bytes] | None:
    if url is None:
        return None
    from frontend_api.documents.stamping import HttpStamper, stamping_with

    return stamping_with(HttpStamper(url))


def new_authority(home: Path) -> str:
    """Make the home's certificate authority; the SHA-256 of its root in hexadecimal with 0x."""
    vault = AesVault.at(home / "master.key")
    return "0x" + OwnAuthority.create(home / _FOLDER, vault, clock()).fingerprint.hex()
