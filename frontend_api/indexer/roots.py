"""The list of batch roots, out of a deployment's events alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from frontend_api.commitment.roots_list import ListedBatch, ListedBlock, RootsList
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import HistoryChanged
from frontend_api.ports import ChainLog, LogReader

_PAGE = 4_000  # blocks; Besu answers at most 5,000


def roots_of(
    reader: LogReader, deployment: Deployment, first_block: int, until: int | None = None
) -> RootsList:
    """Every batch up to block ``until`` (None: the newest), and what has ended bills by then.

    Raises ChainUnreachable, and HistoryChanged when the chain changes meanwhile, or is not that
    far.
    """
    head = reader.head() if until is None else reader.block(until)
    if head is None:
        raise HistoryChanged(f"block {until} is not on the chain")
    book = _Book(_clock(reader))
    for start in range(first_block, head.number + 1, _PAGE):
        book.read(reader.logs(deployment, start, min(start + _PAGE - 1, head.number)))
    last = reader.block(head.number)
    if last is None or last.hash != head.hash:
        raise HistoryChanged("the chain changed while its events were read: ask again")
    return RootsList(
        deployment=deployment,
        head=ListedBlock(head.number, head.hash, head.time),
        batches={batch.batch_id: batch for batch in book.batches()},
        ended=book.ended,
        attested=frozenset(book.attested),
    )


def _clock(reader: LogReader) -> Callable[[int], int]:
    """Block times by number, each asked for once."""
    known: dict[int, int] = {}

    def time_of(number: int) -> int:
        if number not in known:
            block = reader.block(number)
            if block is None:
                raise HistoryChanged(f"block {number} is not on the chain any more")
            known[number] = block.time
        return known[number]

    return time_of


@dataclass
class _Book:
    """What the events told so far."""

    time_of: Callable[[int], int]
    anchored: list[tuple[Mapping[str, Any], int]] = field(default_factory=list)
    disowned: dict[str, int] = field(default_factory=dict)
    vouched: set[int] = field(default_factory=set)
    attested: set[int] = field(default_factory=set)
    ended: dict[int, tuple[str, int]] = field(default_factory=dict)

    def read(self, logs: Iterable[ChainLog]) -> None:
        tellers: Mapping[str, Callable[[Mapping[str, Any], int], None]] = {
            "Anchored": lambda a, n: self.anchored.append((a, self.time_of(n))),
            "Voided": lambda a, n: self._end(a["bill_key"], "VOIDED", n),
            "Reversed": self._reversed,
            "SwappedToPaper": lambda a, n: self._end(a["bill_key"], "ON_PAPER", n),
            "PaperRecovered": lambda a, _: self._recovered(a["bill_key"]),
            "KeyDisowned": lambda a, _: self._disowned(a["key"], a["compromised_since"]),
            "BatchAttested": lambda a, _: self.vouched.add(a["batch_id"]),
            "BillAttested": lambda a, _: self.attested.add(a["bill_key"]),
        }
        for log in logs:
            if log.event in tellers:
                tellers[log.event](log.args, log.block_number)

    def batches(self) -> Iterable[ListedBatch]:
        """The batches, judged by all that was told of their keys."""
        for args, at in self.anchored:
            since = self.disowned.get(args["signer"])
            yield ListedBatch(
                batch_id=args["batch_id"],
                count=args["count"],
                root=args["root"],
                issuer=args["issuer"].decode("ascii", "replace"),
                anchored_at=at,
                disputed=since is not None and at >= since and args["batch_id"] not in self.vouched,
            )

    def _reversed(self, args: Mapping[str, Any], number: int) -> None:
        self._end(args["bill_key"], "REVERSED", number)
        self._end(args["red_key"], "RED", number)

    def _end(self, bill_key: int, state: str, number: int) -> None:
        self.ended[bill_key] = state, self.time_of(number)

    def _recovered(self, bill_key: int) -> None:
        self.ended.pop(bill_key, None)

    def _disowned(self, key: str, since: int) -> None:
        self.disowned[key] = min(since, self.disowned.get(key, since))
