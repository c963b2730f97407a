"""Follows the chain block by block; what it wrote can always be rebuilt from the events."""

from __future__ import annotations

import structlog

from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import HistoryChanged, WrongChain
from frontend_api.ports import ChainBlock, ChainHead, ChainLog, LogReader, Projections

_PAGE = 4_000  # blocks a step; Besu answers at most 5,000

_log = structlog.get_logger(__name__)


class UpTo:
    """A chain as it was when ``last`` was its newest block: a ``LogReader`` that stops there."""

    def __init__(self, reader: LogReader, last: ChainBlock) -> None:
        self._reader = reader
        self._last = last

    def head(self) -> ChainHead:
        """Block ``last``. Raises HistoryChanged when the chain does not have it."""
        found = self._reader.block(self._last.number)
        if found is None or found.hash != self._last.hash:
            raise HistoryChanged(f"block {self._last.number} is not on the chain any more")
        return ChainHead(found.number, found.hash, found.time)

    def block(self, number: int) -> ChainBlock | None:
        return self._reader.block(number)

    def logs(self, deployment: Deployment, from_block: int, to_block: int) -> list[ChainLog]:
        return self._reader.logs(deployment, from_block, to_block)


class Indexer:
    """Moves the projections from the cursor towards the head, a page a step."""

    def __init__(
        self,
        reader: LogReader,
        projections: Projections,
        deployment: Deployment,
        first_block: int,
    ) -> None:
        self._reader = reader
        self._projections = projections
        self._deployment = deployment
        self._first_block = first_block

    def step(self) -> bool:
        """Read one page; True if there was one. Raises ChainUnreachable, HistoryChanged."""
        head = self._reader.head()
        cursor = self._projections.cursor()
        if cursor and (head.number, head.hash) == (cursor.number, cursor.hash):
            return False
        if cursor and not self._holds(cursor):
            raise HistoryChanged(f"block {cursor.number} is not on the chain any more")
        start = cursor.number + 1 if cursor else self._first_block
        if head.number < start:
            return False
        last = start + _PAGE - 1
        newest = ChainBlock(head.number, head.hash, head.time)
        upto = newest if head.number <= last else self._reader.block(last)
        if upto is None:
            return False
        logs = self._reader.logs(self._deployment, start, upto.number)
        blocks = self._blocks(logs)
        if blocks is None:
            return False  # the chain moved while we read: the next step sees one history
        self._projections.apply([(log, blocks[log.block_number].time) for log in logs], upto)
        return True

    def require_same_history(self) -> None:
        """Raises WrongChain if the chain does not have the last block that was read here.

        For a network whose blocks are final: it has not to forget, but to come back.
        """
        cursor = self._projections.cursor()
        if cursor and not self._holds(cursor):
            raise WrongChain(
                f"the chain does not have block {cursor.number} as this platform has seen it: the "
                "node is behind, or the chain was restored from before. Nothing is written; "
                "reading goes on. It resumes by itself when the node has caught up; if the chain "
                "is to stay as it is, run `piaolian reindex`"
            )

    def rewind_if_changed(self) -> bool:
        """Whether the chain came back with another or an older history; forgets what it lost."""
        cursor = self._projections.cursor()
        if cursor is None or self._holds(cursor):
            return False
        kept = next((b for b in self._projections.event_blocks() if self._holds(b)), None)
        _log.warning(
            "chain_history_changed", cursor=cursor.number, kept=kept.number if kept else None
        )
        self._projections.rewind(kept)
        return True

    def _holds(self, known: ChainBlock) -> bool:
        block = self._reader.block(known.number)
        return block is not None and block.hash == known.hash

    def _blocks(self, logs: list[ChainLog]) -> dict[int, ChainBlock] | None:
        blocks: dict[int, ChainBlock] = {}
        for log in logs:
            block = blocks.get(log.block_number) or self._reader.block(log.block_number)
            if block is None or block.hash != log.block_hash:
                return None
            blocks[log.block_number] = block
        return blocks
