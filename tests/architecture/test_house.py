"""The house rules, run as a newcomer would run them. A tool that is missing is a failure."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import frontend_api
from frontend_api.domain.errors import PiaolianError
from frontend_api.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BIN = Path(sys.executable).parent
MAX_LINES = 450  # of one file; longer ones have two subjects
SOURCES = ("frontend_api", "scripts", "contracts", "benchmarks")
CODE = ("frontend_api", "scripts", "tests", "benchmarks")


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--no-cache", *CODE],
        ["ruff", "format", "--no-cache", "--check", *CODE],
        ["mypy"],
        ["lint-imports", "--no-cache"],
    ],
    ids=" ".join,
)
def test_tool__over_the_whole_project__finds_nothing(command: list[str]) -> None:
    tool = BIN / command[0]
    assert tool.exists(), f"{command[0]} is not installed beside {sys.executable}"
    run = subprocess.run(
        [str(tool), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert paths
    return [path for path in paths if path.is_file()]


def _texts() -> Iterator[tuple[Path, str]]:
    for path in _tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            yield path, data.decode("utf-8")


def test_files__of_the_product__have_one_subject_each() -> None:
    kinds = {".py", ".vy", ".vyi", ".typ", ".js", ".css", ".html"}
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _tracked()
        if path.suffix in kinds and path.relative_to(ROOT).parts[0] in SOURCES
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > MAX_LINES
    }  # fmt: skip
    assert long == {}


def test_lock_files__every_package__by_hash_and_without_an_address() -> None:
    for name in sorted(path.name for path in ROOT.glob("requirements*.lock")):
        text = (ROOT / name).read_text()
        assert not re.search(r"https?://|file:|index-url|find-links", text), name
        blocks = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
        assert blocks
        assert [b.split()[0] for b in blocks if "--hash=sha256:" not in b] == [], name
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    installed = {name: entry for name, entry in packages.items() if name}
    assert installed
    assert [name for name, entry in installed.items() if "resolved" in entry] == []
    assert [name for name, entry in installed.items() if "integrity" not in entry] == []


def test_files__none__knows_the_machine_it_was_written_on() -> None:
    places = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/[\w.-]+/")
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path, text in _texts()
        if (match := places.search(text))
    }
    assert found == {}


def test_files__none__holds_a_private_key_or_an_unfinished_mark() -> None:
    marks = re.compile(r"BEGIN [A-Z ]*PRIVATE KEY|\bTO" r"DO\b|\bFIX" r"ME\b|\bXX" r"X\b")
    found = [
        str(path.relative_to(ROOT)) for path, text in _texts()
        if path.suffix not in (".lock", ".json") and marks.search(text)
    ]  # fmt: skip
    assert found == []


def test_tests__every_one__asserts_something_itself_or_through_a_helper() -> None:
    tests: dict[str, ast.FunctionDef] = {}
    functions: dict[str, list[ast.FunctionDef]] = {}
    for path in (p for p in _tracked() if p.is_relative_to(ROOT / "tests") and p.suffix == ".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                functions.setdefault(node.name, []).append(node)
                if path.name.startswith("test_") and node.name.startswith("test_"):
                    tests[f"{path.relative_to(ROOT)}::{node.name}"] = node
    # The last two raise when they refuse: their success stands beside a refusal.
    checking = {"raises", "reverts", "call_and_validate", "lock", "require_fast_signing"}
    for _ in range(5):  # helpers of helpers
        checking |= {
            name for name, nodes in functions.items() if any(_checks(n, checking) for n in nodes)
        }
    assert tests
    assert [where for where, node in tests.items() if not _checks(node, checking)] == []


def _checks(function: ast.FunctionDef, checking: set[str]) -> bool:
    """Whether it asserts, or calls something that does."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else ast.unparse(called)
            if name in checking:
                return True
    return False


def _rows(page: str) -> list[list[str]]:
    lines = (DOCS / page).read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines if line.startswith("| `")
    ]  # fmt: skip


def test_settings_page__every_setting__with_its_variable_and_default() -> None:
    rows = {row[0].strip("`"): row for row in _rows("settings.md") if len(row) == 4}
    assert set(rows) == set(Settings.model_fields)
    for name, field in Settings.model_fields.items():
        assert rows[name][1] == f"`PIAOLIAN_{name.upper()}`"
        default = "none" if field.default is None else f"`{field.default}`"
        assert rows[name][2] == default, name
        assert rows[name][3], name


def test_settings_page__every_variable_that_is_read__named() -> None:
    used = {
        name
        for path, text in _texts()
        if path.relative_to(ROOT).parts[0] in ("frontend_api", "scripts") and path.suffix == ".py"
        for name in re.findall(r"\bPIAOLIAN_[A-Z]+(?:_[A-Z]+)*\b", text)
    }
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert used
    assert {name for name in used if f"`{name}`" not in page} == set()


def _errors(root: type[PiaolianError]) -> Iterator[type[PiaolianError]]:
    yield root
    for child in root.__subclasses__():
        yield from _errors(child)


def test_errors_page__every_code__once_and_none_that_is_not_raised() -> None:
    for module in pkgutil.walk_packages(frontend_api.__path__, "frontend_api."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    codes = {error.code for error in _errors(PiaolianError)}
    text = (DOCS / "errors.md").read_text(encoding="utf-8")
    of_errors, of_fields = text.split("Codes of single fields")
    assert set(re.findall(r"^\| `([a-z-]+)`", of_errors, re.MULTILINE)) == codes
    listed = re.findall(r"^\| `([a-z-]+)`", of_fields, re.MULTILINE)
    assert len(listed) == len(set(listed))
    assert _field_codes() - set(listed) == set()


def _field_codes() -> set[str]:
    """Second argument of every FieldProblem, and the table of JSON Schema's rules."""
    codes: set[str] = set()
    for name in ("domain", "commitment", "flow"):
        for path in (ROOT / "frontend_api" / name).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and len(node.args) > 1:
                    called, second = ast.unparse(node.func), node.args[1]
                    if called.endswith(("FieldProblem", ".problem")) and isinstance(
                        second, ast.Constant
                    ):
                        codes.add(str(second.value))
    from frontend_api.domain import field_errors

    return codes | set(field_errors._CODES.values())


def test_docs__every_link_to_a_file__leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in (*DOCS.rglob("*.md"), ROOT / "README.md")
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_docs__every_named_source_file__exists() -> None:
    named = re.compile(r"`((?:frontend_api|tests|scripts|contracts)/[\w/]+\.\w+)`")
    missing = [
        f"{page.name}: {name}"
        for page in DOCS.glob("*.md")
        for name in named.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    ]
    assert missing == []


def test_second_implementation__imports__the_standard_library_alone() -> None:
    folder = ROOT / "tests" / "unit" / "commitment"
    for name in ("mini_protocol.py", "mini_keccak.py"):
        tree = ast.parse((folder / name).read_text(encoding="utf-8"))
        imported = {
            alias.name.partition(".")[0]
            for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
        } | {
            str(node.module).partition(".")[0]
            for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        }  # fmt: skip
        assert imported - set(sys.stdlib_module_names) - {"mini_keccak"} == set()
