"""(1) integrity of a bundle, of a whole bill or of one in part."""

from __future__ import annotations

from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.verify.agreement import IN_HEADER, disagreement
from frontend_api.verify.integrity import sum_fault, whole_content
from frontend_api.verify.report import Finding, invalid, valid
from frontend_api.verify.shown import fault_of_shown


def check_disclosed(bundle: ProofBundle) -> Finding:
    """Judge the fields; needs no chain and no pin."""
    if bundle.withheld:
        return fault_of_shown(bundle.fields, bundle.header) or valid(
            "disclosed", shown=len(bundle.shown), withheld=len(bundle.withheld)
        )
    content = whole_content(bundle.shown, bundle.header)
    if isinstance(content, Finding):
        return content
    name = disagreement(content, bundle.header, IN_HEADER)
    if name:
        return invalid("content-disagrees", field=name)
    return sum_fault(content, bundle.header) or valid("intact")
