"""Whoever integrates reads the interfaces: they tell of every function, event, flag and struct."""

import re
from functools import cache
from pathlib import Path

import pytest
from vyper import ast as vy
from vyper.ast.parse import parse_to_ast

from ..support.events import CONTRACTS, abi_of
from ..support.world import CONTRACTS as SOURCES

INTERFACES = sorted((SOURCES / "interfaces").glob("*.vyi"))
TAG = re.compile(r"^@(\w+)(?: (\w+))?", re.MULTILINE)

interfaces = pytest.mark.parametrize("path", INTERFACES, ids=lambda path: path.stem)


@cache
def parsed(path: Path):
    return parse_to_ast(path.read_text(encoding="utf-8"))


def functions(path: Path):
    return parsed(path).get_children(vy.FunctionDef)


def tags(function) -> list[tuple[str, str]]:
    """Tag and first word of each line of the prose that begins with one."""
    text = function.doc_string.value if function.doc_string else ""
    return TAG.findall(re.sub(r"^ +", "", text, flags=re.MULTILINE))


def missing(function) -> list[str]:
    """What the prose of a function leaves out, or tells of something that is not there."""
    told = tags(function)
    named = [name for tag, name in told if tag == "param"]
    arguments = [argument.arg for argument in function.args.args]
    gaps = [] if [tag for tag, _ in told][:1] == ["notice"] else ["@notice"]
    if named != arguments:
        gaps.append(f"@param {named} of {arguments}")
    if (function.returns is not None) != any(tag == "return" for tag, _ in told):
        gaps.append("@return")
    return gaps


@interfaces
def test_natspec__every_function__tells_of_itself_its_arguments_and_its_answer(path):
    gaps = {f.name: found for f in functions(path) if (found := missing(f))}
    assert gaps == {}


@pytest.mark.parametrize("contract", CONTRACTS)
def test_natspec__constructor__tells_of_its_arguments(contract):
    (constructor,) = (f for f in functions(SOURCES / f"{contract}.vy") if f.name == "__init__")
    assert missing(constructor) == []


@interfaces
def test_natspec__file__has_a_title_a_licence_and_a_notice(path):
    text = parsed(path).doc_string.value
    assert {"title", "license", "notice"} <= {tag for tag, _ in TAG.findall(text)}


@interfaces
def test_natspec__every_event_flag_and_struct__has_words_of_its_own(path):
    """A comment above it, or beside one of its members."""
    lines = path.read_text(encoding="utf-8").splitlines()
    bare = [
        node.name
        for node in parsed(path).get_children((vy.EventDef, vy.FlagDef, vy.StructDef))
        if not lines[node.lineno - 2].startswith("#")
        and not any("#" in line for line in lines[node.lineno - 1 : node.end_lineno])
    ]
    assert bare == []


@pytest.mark.parametrize("contract", CONTRACTS)
def test_natspec__abi__every_function_and_event_stands_in_an_interface(contract):
    told = {
        node.name
        for path in INTERFACES
        for node in parsed(path).get_children((vy.FunctionDef, vy.EventDef))
    }
    entries = [entry for entry in abi_of(contract) if entry["type"] != "constructor"]
    assert {entry["name"] for entry in entries} <= told
