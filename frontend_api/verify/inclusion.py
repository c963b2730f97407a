"""(2) inclusion: the audit path leads from the bill's leaf to the root of a batch."""

from __future__ import annotations

from typing import Protocol

from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.tree import root_from_path
from frontend_api.domain.anchor import Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import ProofRejected
from frontend_api.verify.report import Finding, invalid, unknown, valid

MAX_BATCH = 2**32 - 1  # the contracts count a batch in 32 bits


class Placed(Protocol):
    """A bill's header, its place in a batch, and the deployment that it names."""

    @property
    def header(self) -> BillHeader: ...

    @property
    def inclusion(self) -> Inclusion: ...

    @property
    def deployment(self) -> Deployment: ...


def check_inclusion(file: Placed, pinned: Deployment | None) -> tuple[Finding, bytes | None]:
    """The finding, and the root that the proof leads to under the *pinned* instance.

    The root is only compared with the chain's in check (3). Without a pin there is no root: an
    instance out of the file proves nothing.
    """
    proof = file.inclusion
    if proof.index != file.header.number.key - proof.batch_id or proof.size > MAX_BATCH:
        return invalid("wrong-place"), None
    instance = (pinned or file.deployment).instance
    try:
        leaf = bill_leaf(file.header, instance)
        root = root_from_path(leaf, proof.index, proof.size, proof.path)
    except ProofRejected as e:
        return invalid("proof-malformed", detail=str(e)), None
    if pinned is None:
        return unknown("not-pinned"), None
    facts = {
        "batch_id": str(proof.batch_id),
        "position": proof.index + 1,
        "size": proof.size,
        "root": "0x" + root.hex(),
    }
    return valid("included", **facts), root
