"""A node that did not answer once is not asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from frontend_api.chain.circuit_breaker import CircuitBreaker
from frontend_api.chain.rpc import RpcCaller, RpcError
from frontend_api.domain.errors import ChainUnreachable


@dataclass
class Node:
    """Answers with its own count, or raises. Implements ``RpcCaller``."""

    asked: int = 0
    fault: Exception | None = None
    where: str = "http://node"

    def call(self, method: str, *params: Any) -> Any:
        self.asked += 1
        if self.fault:
            raise self.fault
        return (method, params, self.asked)

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        return [self.call(method, *params) for method, params in calls]


def test_breaker__node_answers__passes_everything_on() -> None:
    node = Node()
    breaker = CircuitBreaker(node)
    assert breaker.where == node.where
    assert breaker.call("eth_chainId", 1) == ("eth_chainId", (1,), 1)
    assert breaker.batch([("a", []), ("b", [])]) == [("a", (), 2), ("b", (), 3)]


@pytest.mark.parametrize("ask", [lambda b: b.call("a"), lambda b: b.batch([("a", [])])])
def test_breaker__node_silent_once__says_so_ever_after(ask: Callable[[RpcCaller], Any]) -> None:
    node = Node(fault=ChainUnreachable("no answer"))
    breaker = CircuitBreaker(node)
    with pytest.raises(ChainUnreachable, match="no answer"):
        ask(breaker)
    node.fault = None
    for again in (lambda: breaker.call("a"), lambda: breaker.batch([("a", [])])):
        with pytest.raises(ChainUnreachable, match="no answer"):
            again()
    assert node.asked == 1


def test_breaker__node_refuses_a_question__is_asked_the_next() -> None:
    node = Node(fault=RpcError(-32000, "missing trie node"))
    breaker = CircuitBreaker(node)
    with pytest.raises(RpcError):
        breaker.call("eth_getProof")
    node.fault = None
    assert breaker.call("eth_chainId")[-1] == 2
