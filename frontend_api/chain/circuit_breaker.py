"""A node that did not answer once is not asked again: for many questions to a silent chain."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from frontend_api.chain.rpc import RpcCaller
from frontend_api.domain.errors import ChainUnreachable

_Answer = TypeVar("_Answer")


class CircuitBreaker:
    """Asks ``rpc`` until it is unreachable, and says so ever after. Implements ``RpcCaller``."""

    def __init__(self, rpc: RpcCaller) -> None:
        self.where = rpc.where
        self._rpc = rpc
        self._why: str | None = None

    def call(self, method: str, *params: Any) -> Any:
        """As of the node. Raises ChainUnreachable, RpcError."""
        return self._asked(lambda: self._rpc.call(method, *params))

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """As of the node. Raises ChainUnreachable."""
        return self._asked(lambda: self._rpc.batch(calls))

    def _asked(self, ask: Callable[[], _Answer]) -> _Answer:
        if self._why is not None:
            raise ChainUnreachable(self._why)
        try:
            return ask()
        except ChainUnreachable as e:
            self._why = str(e)
            raise
