"""The operators: each looks at one node of Vyper's syntax tree and tells what could be wrong there.

The tree is the compiler's own, with the types it found; the changes are made in the source text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from vyper import ast as vy
from vyper.semantics.types.bytestrings import BytesT, StringT
from vyper.semantics.types.primitives import AddressT, BoolT, BytesM_T, IntegerT
from vyper.semantics.types.user import FlagT

from .mutant import Edit, Span, text_at

NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
ARITHMETIC = {
    "+": "-", "-": "+", "*": "//", "//": "*", "**": "*",
    "<<": ">>", ">>": "<<", "|": "&", "&": "|",
}  # fmt: skip
RELATION = re.compile(r"==|!=|<=|>=|<|>")
SIGN = re.compile(r"\*\*|//|<<|>>|[-+*|&]")
TYPE_ARGUMENTS = {"convert", "empty", "slice", "range", "keccak256", "sha256", "ecrecover"}

Operator = Callable[[str, Any], Iterator[tuple[Span, str]]]


def comparison(source: str, node: Any) -> Iterator[tuple[Span, str]]:
    """`a == b` becomes `a != b`; `a < b` becomes `a >= b`."""
    if isinstance(node, vy.Compare):
        yield from _swapped(source, node, RELATION, NEGATED)


def boundary(source: str, node: Any) -> Iterator[tuple[Span, str]]:
    """`a < b` becomes `a <= b`; a number becomes one more, and one less."""
    if isinstance(node, vy.Compare):
        yield from _swapped(source, node, RELATION, SHIFTED)
    if isinstance(node, vy.Int):
        yield Span.of(node), str(node.value + 1)
        if node.value > 0:
            yield Span.of(node), str(node.value - 1)


def logic(source: str, node: Any) -> Iterator[tuple[Span, str]]:
    """`and` becomes `or`; an operand or a `not` goes; a condition is always so, or never."""
    if isinstance(node, vy.BoolOp):
        word, other = ("and", "or") if isinstance(node.op, vy.And) else ("or", "and")
        operands = [f"({_text(source, value)})" for value in node.values]
        yield Span.of(node), f"({f' {other} '.join(operands)})"
        for index in range(len(operands)):
            rest = operands[:index] + operands[index + 1 :]
            yield Span.of(node), f"({f' {word} '.join(rest)})"
    if isinstance(node, vy.UnaryOp) and isinstance(node.op, vy.Not):
        yield Span.of(node), f"({_text(source, node.operand)})"
    if isinstance(node, (vy.If, vy.IfExp)):
        yield Span.of(node.test), "True"
        yield Span.of(node.test), "False"


def assertion(_: str, node: Any) -> Iterator[tuple[Span, str]]:
    """An `assert` goes, or a call of the function that asserts for others."""
    if isinstance(node, vy.Assert) or _asserts(node):
        yield Span.of(node), "pass"


def statement(_: str, node: Any) -> Iterator[tuple[Span, str]]:
    """A call of a guard, an assignment, a `log`, an `if` with all it holds, a `break` goes."""
    kinds = (vy.Expr, vy.Assign, vy.AugAssign, vy.Log, vy.If, vy.For, vy.Break, vy.Return)
    if isinstance(node, kinds) and node.get_ancestor(vy.FunctionDef) and not _asserts(node):
        yield Span.of(node), "pass"


def state(source: str, node: Any) -> Iterator[tuple[Span, str]]:
    """What is stored or told by an event is zero, or another member of its flag; `+=` is `-=`."""
    if isinstance(node, vy.keyword):
        yield from _zeroed(source, node.value)
    if isinstance(node, vy.Assign):
        yield from _zeroed(source, node.value)
    if isinstance(node, vy.AugAssign):
        yield from _swapped_between(source, node.target, node.value, SIGN, ARITHMETIC)
    if isinstance(node, vy.Attribute):
        yield from _other_member(source, node)


def sender(_: str, node: Any) -> Iterator[tuple[Span, str]]:
    """`msg.sender` becomes `tx.origin`, and the contract itself."""
    if isinstance(node, vy.Attribute) and node.attr == "sender" and _is_name(node.value, "msg"):
        yield Span.of(node), "tx.origin"
        yield Span.of(node), "self"


def arithmetic(source: str, node: Any) -> Iterator[tuple[Span, str]]:
    """`+` becomes `-`, `<<` becomes `>>`, `|` becomes `&`, `min` becomes `max`."""
    if isinstance(node, vy.BinOp):
        yield from _swapped_between(source, node.left, node.right, SIGN, ARITHMETIC)
    if isinstance(node, vy.Name) and node.id in ("min", "max"):
        yield Span.of(node), "max" if node.id == "min" else "min"


def result(source: str, node: Any) -> Iterator[tuple[Span, str]]:
    """A function returns zero, or the opposite truth."""
    if isinstance(node, vy.Return) and node.value is not None:
        values = node.value.elements if isinstance(node.value, vy.Tuple) else [node.value]
        for value in values:
            yield from _zeroed(source, value)


def argument(source: str, node: Any) -> Iterator[tuple[Span, str]]:
    """Two neighbouring arguments of the same type change places."""
    if not isinstance(node, vy.Call) or getattr(node.func, "id", None) in TYPE_ARGUMENTS:
        return
    for left, right in zip(node.args, node.args[1:], strict=False):
        if _type(left) is not None and _same_type(left, right):
            span = Span(left.lineno, left.col_offset, right.end_lineno, right.end_col_offset)
            yield span, f"{_text(source, right)}, {_text(source, left)}"


OPERATORS: tuple[Operator, ...] = (
    comparison, boundary, logic, assertion, statement, state, sender, arithmetic, result, argument,
)  # fmt: skip
NAMES = tuple(operator.__name__ for operator in OPERATORS)


def edits_of(source: str, root: Any) -> Iterator[Edit]:
    """All that the operators would change below a node, in the order of the source."""
    nodes = [root, *root.get_descendants()]
    for node in sorted((n for n in nodes if _has_place(n)), key=lambda n: (n.lineno, n.col_offset)):
        for operator in OPERATORS:
            for span, text in operator(source, node):
                yield Edit(operator.__name__, span, text)


def _has_place(node: Any) -> bool:
    return isinstance(getattr(node, "lineno", None), int) and not _inside_annotation(node)


def _inside_annotation(node: Any) -> bool:
    """Types say how much room there is; the compiler checks them."""
    while (parent := node.get_ancestor()) is not None:
        if node in (getattr(parent, "annotation", None), getattr(parent, "returns", None)):
            return True
        node = parent
    return False


def _asserts(node: Any) -> bool:
    """A call of `checks._require(condition, reason)`."""
    called = node.value.func if isinstance(node, vy.Expr) and hasattr(node.value, "func") else None
    return getattr(called, "attr", None) == "_require"


def _text(source: str, node: Any) -> str:
    return text_at(source, Span.of(node))


def _type(node: Any) -> Any:
    return node._metadata.get("type")


def _same_type(left: Any, right: Any) -> bool:
    return str(_type(left)) == str(_type(right))


def _is_name(node: Any, name: str) -> bool:
    return isinstance(node, vy.Name) and node.id == name


def _swapped(
    source: str, node: Any, sign: re.Pattern[str], table: dict[str, str]
) -> Iterator[tuple[Span, str]]:
    yield from _swapped_between(source, node.left, node.right, sign, table)


def _swapped_between(
    source: str, left: Any, right: Any, sign: re.Pattern[str], table: dict[str, str]
) -> Iterator[tuple[Span, str]]:
    """Replaces the operator sign between two operands."""
    span = Span(left.end_lineno, left.end_col_offset, right.lineno, right.col_offset)
    between = text_at(source, span)
    match = sign.search(between)
    if match and match.group() in table:
        yield span, between[: match.start()] + table[match.group()] + between[match.end() :]


def _zeroed(source: str, node: Any) -> Iterator[tuple[Span, str]]:
    kind, span = _type(node), Span.of(node)
    if isinstance(kind, BoolT):
        yield span, f"not ({_text(source, node)})"
    elif isinstance(kind, (IntegerT, AddressT, BytesM_T, StringT, BytesT)):
        if not (isinstance(node, vy.Constant) and not node.value):
            yield span, f"empty({kind})"
    elif isinstance(kind, FlagT) and not _is_member(node):
        text = _text(source, node)
        yield span, f"({text} ^ {text})"


def _other_member(source: str, node: Any) -> Iterator[tuple[Span, str]]:
    if _is_member(node):
        members = list(_type(node)._flag_members)
        other = members[(members.index(node.attr) + 1) % len(members)]
        yield Span.of(node), f"{_text(source, node.value)}.{other}"


def _is_member(node: Any) -> bool:
    kind = _type(node)
    return (
        isinstance(node, vy.Attribute)
        and isinstance(kind, FlagT)
        and node.attr in kind._flag_members
        and isinstance(node.value, (vy.Attribute, vy.Name))
    )
