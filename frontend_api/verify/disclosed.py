"""(1) integrity of a bundle: what is disclosed belongs to the header, and agrees with it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from frontend_api.commitment.canonical import MAX_DEPTH
from frontend_api.commitment.fields import content_root
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.domain.errors import MalformedInput
from frontend_api.verify.agreement import IN_HEADER, disagreement
from frontend_api.verify.integrity import sum_fault, whole_content
from frontend_api.verify.report import Finding, invalid, valid


def check_disclosed(bundle: ProofBundle) -> Finding:
    """Judge the fields; needs no chain and no pin. Of withheld fields only the digest counts."""
    shown = bundle.disclosed
    withheld = len(bundle.fields) - len(shown)
    if withheld:
        return _check_part(bundle, withheld)
    content = whole_content(shown, bundle.header)
    if isinstance(content, Finding):
        return content
    name = disagreement(content, bundle.header, IN_HEADER)
    if name:
        return invalid("content-disagrees", field=name)
    return sum_fault(content, bundle.header) or valid("intact")


def _check_part(bundle: ProofBundle, withheld: int) -> Finding:
    shown = bundle.disclosed
    try:
        paths = [field.path.encode() for field in shown]
        root = content_root(bundle.digests())
    except (UnicodeEncodeError, MalformedInput) as e:
        return invalid("content-malformed", detail=str(e))
    if any(a >= b for a, b in pairwise(paths)):
        return invalid("fields-disordered")
    if any(
        isinstance(field.value, dict | list) and not field.path.rpartition("/")[2].isdecimal()
        for field in shown
    ):
        # A value that is an object would show fields that were not committed to one by one.
        return invalid("content-malformed", detail="a field holds other fields")
    if any(field.path.count("/") > MAX_DEPTH for field in shown):
        return invalid("content-malformed", detail=f"nested deeper than {MAX_DEPTH} levels")
    if root != bundle.header.content_root:
        return invalid("content-altered")
    stated = stated_of(bundle)
    name = disagreement(stated, bundle.header, [n for n in IN_HEADER if n in stated])
    if name:
        return invalid("content-disagrees", field=name)
    return valid("disclosed", shown=len(shown), withheld=withheld)


def stated_of(bundle: ProofBundle) -> dict[str, Any]:
    """The disclosed members of the content's first level, by name."""
    return {f.path[1:]: f.value for f in bundle.disclosed if f.path.count("/") == 1}
