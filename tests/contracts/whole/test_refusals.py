"""Every reason that a contract can give is in docs/refusals.md, and reaches the platform's user."""

import re
from pathlib import Path

import pytest
from eth_abi import encode
from vyper import ast as vy
from vyper.ast.parse import parse_to_ast

from frontend_api.chain.reverts import refusal_of
from frontend_api.chain.rpc import RpcError
from frontend_api.domain.errors import RefusedByContract
from frontend_api.rest.problems import problem_of

from ..support.events import ERROR_STRING
from ..support.world import CONTRACTS

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "refusals.md"
FORM = re.compile(r"[a-z-]+( [a-z-]+)?: [a-z' -]+")
# The function that asserts for others: its reason is given to it.
CHECK = "_require"


def checks(path: Path) -> list[vy.VyperNode]:
    """What stands for the reason of each check: of every assert, raise, and call of the check."""
    tree = parse_to_ast(path.read_text(encoding="utf-8"))
    found = [node.msg for node in tree.get_descendants(vy.Assert)]
    found += [node.exc for node in tree.get_descendants(vy.Raise)]
    found += [
        call.args[1]
        for call in tree.get_descendants(vy.Call)
        if isinstance(call.func, vy.Attribute)
        and (getattr(call.func.value, "id", ""), call.func.attr) == ("checks", CHECK)
    ]
    return found


def reasons() -> list[str]:
    sources = [
        path
        for path in sorted(CONTRACTS.rglob("*.vy"))
        if path.stem != "checks" and path.parent.name != "harness"
    ]
    found = [node for path in sources for node in checks(path)]
    assert found
    assert all(isinstance(node, vy.Str) for node in found), "a check without a reason"
    return sorted({node.value for node in found})


def test_refusals__every_check__has_a_reason_of_the_house_form():
    assert [reason for reason in reasons() if not FORM.fullmatch(reason)] == []


def test_refusals__document__has_every_reason_once_in_order():
    rows = re.findall(r"^\| ([a-z][^|]*) \| ([^|]+) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    told = [reason for reason, _ in rows if reason != "reason"]
    assert told == reasons()


@pytest.mark.parametrize("reason", reasons())
def test_refusals__each__reaches_the_users_problem_word_for_word(reason):
    """Deliberately generic: one error of the platform for all of them, with the contract's word."""
    data = ERROR_STRING + encode(["string"], [reason])
    refusal = refusal_of(RpcError(3, "execution reverted", "0x" + data.hex()))
    assert isinstance(refusal, RefusedByContract)
    problem = problem_of(refusal)
    assert (problem.code, problem.status, problem.reason) == ("refused-by-contract", 409, reason)
