"""The table of invariants in docs/contracts.md is what contracts and tests say of themselves."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CONTRACTS = ROOT / "contracts"
TESTS = ROOT / "tests" / "contracts"
DOCUMENT = ROOT / "docs" / "contracts.md"

NUMBERS = range(1, 31)
TAG = re.compile(r"@custom:invariant(.*?)(?=@custom:|\"\"\")", re.DOTALL)
NAMED = re.compile(r"\bINV-(\d+)")
ROW = re.compile(r"^\| (\d+) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)


def kept() -> dict[int, list[str]]:
    """Where each invariant is kept: the sources whose @custom:invariant names it."""
    found = defaultdict(set)
    for path in CONTRACTS.rglob("*.vy"):
        for block in TAG.findall(path.read_text(encoding="utf-8")):
            for number in NAMED.findall(block):
                found[int(number)].add(path.stem)
    return {number: sorted(names) for number, names in found.items()}


def cited() -> dict[int, list[str]]:
    """Which tests cite each invariant: the test files with a docstring that names it."""
    found = defaultdict(set)
    for path in TESTS.rglob("test_*.py"):
        if path != Path(__file__):
            for number in NAMED.findall(" ".join(docstrings(path))):
                found[int(number)].add(f"{path.parent.name}/{path.stem.removeprefix('test_')}")
    return {number: sorted(names) for number, names in found.items()}


def docstrings(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.Module, ast.FunctionDef, ast.ClassDef)
    return [
        text
        for node in ast.walk(tree)
        if isinstance(node, kinds)
        for text in [ast.get_docstring(node)]
        if text
    ]


def documented() -> dict[int, tuple[list[str], list[str]]]:
    rows = ROW.findall(DOCUMENT.read_text(encoding="utf-8"))
    return {
        int(number): (sources.split(", "), tests.split(", ")) for number, _, sources, tests in rows
    }


@pytest.mark.parametrize("number", NUMBERS)
def test_invariants__each__is_kept_and_cited_as_the_document_says(number):
    assert documented()[number] == (kept()[number], cited()[number])


def test_invariants__document__names_these_and_no_others():
    assert list(documented()) == list(NUMBERS)
    assert set(kept()) | set(cited()) == set(NUMBERS)
