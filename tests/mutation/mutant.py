"""A mutant: one source file of the contracts with one small change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Span:
    """A stretch of source text; lines count from 1, columns from 0, the end is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def of(cls, node: Any) -> Span:
        return cls(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)


@dataclass(frozen=True)
class Edit:
    """What an operator wants changed, and into what."""

    operator: str
    span: Span
    text: str


@dataclass(frozen=True)
class Mutant:
    """A change with the place where it was made; `nth` tells equal changes of a function apart."""

    file: str
    function: str
    operator: str
    line: int
    before: str
    after: str
    nth: int
    source: str

    @property
    def name(self) -> str:
        """The same as long as the changed lines are the same, wherever they stand in the file."""
        parts = (self.file, self.function, self.operator, self.before, self.after, str(self.nth))
        return "\n".join(parts)

    @property
    def digest(self) -> str:
        return sha256(f"{self.file}\n{self.source}".encode()).hexdigest()


def text_at(source: str, span: Span) -> str:
    lines = source.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return "\n".join(lines)


def apply(source: str, edit: Edit) -> str:
    lines = source.split("\n")
    span = edit.span
    head = lines[span.line - 1][: span.column]
    tail = lines[span.end_line - 1][span.end_column :]
    lines[span.line - 1 : span.end_line] = [head + edit.text + tail]
    return "\n".join(lines)


def mutants_of(file: str, source: str, edits: Iterable[tuple[str, Edit]]) -> list[Mutant]:
    """The mutants of a file from (function, edit) pairs; equal texts once, the first one wins."""
    found: list[Mutant] = []
    texts = {source}
    seen: dict[tuple[str, ...], int] = {}
    for function, edit in edits:
        mutated = apply(source, edit)
        if mutated in texts:
            continue
        texts.add(mutated)
        before, after = _changed_lines(source, mutated, edit)
        same = (function, edit.operator, before, after)
        seen[same] = seen.get(same, 0) + 1
        found.append(
            Mutant(
                file, function, edit.operator, edit.span.line, before, after, seen[same], mutated
            )
        )
    return found


def _changed_lines(source: str, mutated: str, edit: Edit) -> tuple[str, str]:
    old, new = source.split("\n"), mutated.split("\n")
    end = edit.span.end_line
    start = edit.span.line - 1
    return _joined(old[start:end]), _joined(new[start : end + len(new) - len(old)])


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)
