"""The only place where adapters are built and wired to the flow."""

from frontend_api.bootstrap.documents import Printer, new_authority
from frontend_api.bootstrap.memory import return_free_memory
from frontend_api.bootstrap.offline import OfflineVerifier, list_roots
from frontend_api.bootstrap.platform import (
    Services,
    build,
    chain_of,
    open_database,
    open_keys,
    receipt_signer,
    running,
)
from frontend_api.bootstrap.printing import Printed, print_documents
from frontend_api.bootstrap.upkeep import open_books, reindex
from frontend_api.bootstrap.verifier import Verifier, build_verifier, client_of, clock
from frontend_api.chain.anvil import AnvilChain
from frontend_api.chain.anvil_process import find_anvil, free_port
from frontend_api.chain.signing import require_fast_signing
from frontend_api.chain.trust import TrustStore, read_record
from frontend_api.documents import CheckedFile, ReportMaker, extract_bill_file, extract_bundle
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate, sample_institutions
from frontend_api.verify import TrustedBlocks

__all__ = [
    "AnvilChain",
    "CheckedFile",
    "OfflineVerifier",
    "Printed",
    "Printer",
    "ReportMaker",
    "Services",
    "TrustStore",
    "TrustedBlocks",
    "Verifier",
    "build",
    "build_verifier",
    "chain_of",
    "client_of",
    "clock",
    "extract_bill_file",
    "extract_bundle",
    "find_anvil",
    "free_port",
    "generate",
    "list_roots",
    "load_kinds",
    "new_authority",
    "open_books",
    "open_database",
    "open_keys",
    "print_documents",
    "read_record",
    "receipt_signer",
    "reindex",
    "require_fast_signing",
    "return_free_memory",
    "running",
    "sample_institutions",
]
