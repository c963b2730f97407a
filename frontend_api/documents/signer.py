"""Signing: the issuer's signature, then the supervisor's, over a document made from a bill file."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents.revision import Signable, Slot
from frontend_api.documents.seals import SUPERVISOR, Seal, Seals
from frontend_api.domain.errors import MalformedInput

_STEP = 64  # bytes: room for a signature is a multiple of it
_ROOM_FOR_TIMESTAMP = 8192

# From a signature's value to a time stamp token over it (DER).
TimeStamping = Callable[[bytes], bytes]


class DocumentSigner:
    """Signs documents. Without a time stamp, the same document gets the same bytes every time."""

    def __init__(self, seals: Seals, stamp: TimeStamping | None = None) -> None:
        self._seals = seals
        self._stamp = stamp

    def sign(self, unsigned: bytes, bill_file: BillFile, at: int = 0) -> bytes:
        """``unsigned`` with both signatures after it.

        The time they state is that of the anchor, or ``at`` (seconds) if that is later: what was
        signed was not there before. Raises SignerUnavailable, MalformedInput, NotSignable.
        """
        issuer, supervisor = _names(bill_file)
        document = Signable(unsigned)
        moment = max(at, bill_file.anchor.block_time)
        for seal in (self._seals.of(*issuer), self._seals.of(SUPERVISOR, supervisor)):
            self._add(document, seal, moment)
        return document.pdf

    def _add(self, document: Signable, seal: Seal, moment: int) -> None:
        slot = Slot(seal.name, max(moment, seal.not_before), self._room(seal))
        covered = document.prepare(slot)
        digest = hashlib.sha256(covered[0])
        digest.update(covered[1])
        value = seal.sign(seal.template.to_sign(digest.digest()))
        token = self._stamp(value) if self._stamp else b""
        document.add(slot, covered, seal.template.complete(digest.digest(), value, token))

    def _room(self, seal: Seal) -> int:
        most = len(seal.template.complete(bytes(32), bytes(seal.longest)))
        return -(-most // _STEP) * _STEP + (_ROOM_FOR_TIMESTAMP if self._stamp else 0)


def _names(bill_file: BillFile) -> tuple[tuple[str, str], str]:
    stated = {field.path: field.value for field in bill_file.fields}
    try:
        issuer = str(stated["/issuer/uscc"]), str(stated["/issuer/name"])
        return issuer, str(stated["/supervisor/name"])
    except KeyError as e:
        raise MalformedInput(f"its content names no {e}") from e
