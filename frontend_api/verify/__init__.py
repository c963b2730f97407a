"""Verification: from a bill file and a chain to a report. Needs no database and no platform.

Nine checks, a verdict each; the numbers are repeated in the code:

1. ``integrity``  every field's digest leads to the content root in the header, the fields stand
   once and in canonical order, and the content says what the header says.
2. ``inclusion``  the bill's leaf, under the instance of the *pinned* deployment, and the audit
   path lead to a root; the place in the batch is that of the number.
3. ``anchored``   the pinned contracts hold the batch with that root and size, in the very block
   and transaction that the file names.
4. ``authority``  the file names the pinned contracts; the key that anchored was good at block time;
   its owner is the issuer on the bill, under the registered name.
5. ``live``       the bill was not voided and is not disputed.
6. ``amount``     what is settled, reserved and left, within the face amount.
7. ``face``       the page shows what the data says; only if a PDF was given.
8. ``signature``  issuer and supervisor signed the PDF under a pinned certificate authority; only
   if it is signed, or the pinned record says that it should be.
9. ``bundle``     the proof bundle in the PDF is of this bill, and its proofs hold in blocks that
   the chain has; only if the PDF carries one.

Of a bill that is shown in part (a presentation), (1) judges that part; (2) to (6) are the same.

Trust comes from pinned deployment records alone: whatever contracts, chain or instance the document
names are compared with them and never asked. A chain that cannot be reached, or is another one,
makes the checks that need it UNKNOWN and never INVALID; checks (1) and (2) still run.
"""

from frontend_api.verify.carried import blocks_on_chain, check_bundle, verify_carrying
from frontend_api.verify.document import Document
from frontend_api.verify.facts import BillReader, ChainFacts, Unasked, fetch_facts
from frontend_api.verify.offline import verify_bundle
from frontend_api.verify.offline_code import verify_code, verify_listed
from frontend_api.verify.presentation import verify_presentation
from frontend_api.verify.receipt import verify_receipt
from frontend_api.verify.report import (
    Check,
    Finding,
    Verdict,
    VerificationReport,
    unreadable_report,
)
from frontend_api.verify.signature import SignatureTrust
from frontend_api.verify.trusted_blocks import TrustedBlocks
from frontend_api.verify.verifier import verify

__all__ = [
    "BillReader",
    "ChainFacts",
    "Check",
    "Document",
    "Finding",
    "SignatureTrust",
    "TrustedBlocks",
    "Unasked",
    "Verdict",
    "VerificationReport",
    "blocks_on_chain",
    "check_bundle",
    "fetch_facts",
    "unreadable_report",
    "verify",
    "verify_bundle",
    "verify_carrying",
    "verify_code",
    "verify_listed",
    "verify_presentation",
    "verify_receipt",
]
