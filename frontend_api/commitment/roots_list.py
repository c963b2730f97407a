"""The list of batch roots (批次根清单): what a verifier of offline codes carries along.

Made of a deployment's events alone, up to one block. It ends with its own digest, by which two
copies are compared; a list that does not have it is refused.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frontend_api.commitment.bill_file import deployment_json, read_deployment
from frontend_api.commitment.canonical import canonical_json, read_json
from frontend_api.commitment.strict import StrictReader, hex_of, read_key
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import TooLarge

FORMAT = "piaolian-roots/1"
MAX_BYTES = 512 * 1024 * 1024  # about two million batches
ENDED = ("VOIDED", "REVERSED", "RED", "ON_PAPER")


@dataclass(frozen=True, slots=True)
class ListedBatch:
    """A batch; ``anchored_at`` in seconds. ``disputed``: anchored while its key was in wrong hands,
    and nobody has vouched for it."""

    batch_id: int
    count: int
    root: bytes
    issuer: str
    anchored_at: int
    disputed: bool


@dataclass(frozen=True, slots=True)
class ListedBlock:
    """The block up to which the events were read; ``time`` in seconds."""

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class RootsList:
    """All batches of one deployment by id, the bills that ended by key, and since when (seconds).

    ``attested`` are bills of disputed batches for which the supervisor vouched one by one.
    """

    deployment: Deployment
    head: ListedBlock
    batches: Mapping[int, ListedBatch]
    ended: Mapping[int, tuple[str, int]]
    attested: frozenset[int]

    def digest(self) -> bytes:
        """SHA-256 of the canonical list without its digest."""
        return hashlib.sha256(canonical_json(self._members())).digest()

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return canonical_json({**self._members(), "digest": hex_of(self.digest())})

    def _members(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "chain": deployment_json(self.deployment),
            "head": {
                "block_number": self.head.number,
                "block_hash": hex_of(self.head.hash),
                "block_time": self.head.time,
            },
            "batches": [
                {
                    "batch_id": str(batch.batch_id),
                    "count": batch.count,
                    "root": hex_of(batch.root),
                    "issuer": batch.issuer,
                    "anchored_at": batch.anchored_at,
                    "disputed": batch.disputed,
                }
                for _, batch in sorted(self.batches.items())
            ],
            "ended": [
                {"bill": str(key), "state": state, "since": since}
                for key, (state, since) in sorted(self.ended.items())
            ],
            "attested": [str(key) for key in sorted(self.attested)],
        }

    @classmethod
    def from_bytes(cls, data: bytes) -> RootsList:
        """Read a list. Raises MalformedInput, TooLarge or InvalidFields, naming the fault."""
        if len(data) > MAX_BYTES:
            raise TooLarge(f"a list of roots has at most {MAX_BYTES} bytes")
        value = read_json(data)
        root = StrictReader("", value, "a list of roots")
        root.only("format", "chain", "head", "batches", "ended", "attested", "digest")
        if root.get("format", str) != FORMAT:
            raise root.problem("format", "unknown-format", f"must be {FORMAT!r}")
        head = root.child("head").only("block_number", "block_hash", "block_time")
        found = cls(
            deployment=read_deployment(root.child("chain")),
            head=ListedBlock(
                head.uint("block_number"), head.bytes32("block_hash"), head.uint("block_time")
            ),
            batches={b.batch_id: b for b in map(_batch, _each(root, "batches"))},
            ended=dict(map(_ended, _each(root, "ended"))),
            attested=frozenset(map(_attested, _each(root, "attested"))),
        )
        if root.bytes32("digest") != found.digest():
            raise root.problem("digest", "invalid", "is not that of the list: it was altered")
        if canonical_json(value) != found.to_bytes():
            raise root.problem("batches", "wrong-order", "or what follows stands twice or unsorted")
        return found


def _each(root: StrictReader, name: str) -> list[StrictReader]:
    what = "a list of roots"
    return [
        StrictReader(f"/{name}/{index}", {"": item} if isinstance(item, str) else item, what)
        for index, item in enumerate(root.get(name, list))
    ]


def _batch(r: StrictReader) -> ListedBatch:
    r.only("batch_id", "count", "root", "issuer", "anchored_at", "disputed")
    return ListedBatch(
        batch_id=r.made("batch_id", read_key),
        count=r.uint("count"),
        root=r.bytes32("root"),
        issuer=r.get("issuer", str),
        anchored_at=r.uint("anchored_at"),
        disputed=r.get("disputed", bool),
    )


def _ended(r: StrictReader) -> tuple[int, tuple[str, int]]:
    r.only("bill", "state", "since")
    state = r.get("state", str)
    if state not in ENDED:
        raise r.problem("state", "not-a-choice", f"must be one of {', '.join(ENDED)}")
    return r.made("bill", read_key), (state, r.uint("since"))


def _attested(r: StrictReader) -> int:
    return int(r.made("", read_key))
