"""States of a bill: separate dimensions, never one big enum (docs/glossary.md)."""

from __future__ import annotations

from enum import StrEnum


class Anchoring(StrEnum):
    """Where a bill stands on its way to the chain."""

    ACCEPTED = "ACCEPTED"
    ANCHORED = "ANCHORED"


class Validity(StrEnum):
    """Whether a bill counts (票据有效性)."""

    ISSUED = "ISSUED"
    VOIDED = "VOIDED"
    REVERSED = "REVERSED"
    RED_LETTER = "RED_LETTER"
    DISPUTED = "DISPUTED"


class ClaimState(StrEnum):
    """A payer's claim on a bill (报销状态)."""

    RESERVED = "RESERVED"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"
    RECOVERED = "RECOVERED"


class PayerKind(StrEnum):
    """Who reimburses (报销单位类型); statutory payers decide first."""

    STATUTORY = "STATUTORY"
    COMMERCIAL = "COMMERCIAL"
    EMPLOYER = "EMPLOYER"
    PROVIDENT_FUND = "PROVIDENT_FUND"


class Role(StrEnum):
    """Whose credential or key it is.

    A relayer only carries what others signed; the keys of RECEIPT and DOCUMENT sign promises
    and documents, and send nothing.
    """

    SUPERVISOR = "SUPERVISOR"
    ISSUER = "ISSUER"
    PAYER = "PAYER"
    RELAYER = "RELAYER"
    RECEIPT = "RECEIPT"
    DOCUMENT = "DOCUMENT"
