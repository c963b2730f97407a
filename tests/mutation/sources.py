"""The sources as the compiler sees them: their trees, who uses whom, who calls whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from contracts.support import world
from vyper import ast as vy

from .mutant import Edit, Mutant, mutants_of
from .operators import edits_of

CONTRACTS = ("BillRegistry", "ConsentRegistry", "IssuerRegistry", "ReimbursementLedger")
HARNESSES = ("harness/Rfc6962Harness",)


@dataclass(frozen=True)
class Sources:
    """All contracts and modules; files are named from the folder of the contracts."""

    folder: Path
    trees: dict[str, Any]
    users: dict[str, tuple[str, ...]]
    """Which deployable contracts, harnesses included, are made of a file."""
    code: str
    """Digest of the compiled contracts."""

    def text(self, file: str) -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def files_of(self, contract: str) -> list[str]:
        return sorted(file for file, users in self.users.items() if contract in users)

    @cached_property
    def mutants(self) -> list[Mutant]:
        found: list[Mutant] = []
        for file in sorted(self.trees):
            text = self.text(file)
            found += mutants_of(file, text, _edits(text, self.trees[file]))
        return found

    @cached_property
    def callers(self) -> dict[str, set[str]]:
        """By name: which functions mention a function or a constant, in whichever file."""
        mentions: dict[str, set[str]] = defaultdict(set)
        for tree in self.trees.values():
            for name, root in _parts(tree):
                for node in root.get_descendants((vy.Name, vy.Attribute)):
                    mentions[node.attr if isinstance(node, vy.Attribute) else node.id].add(name)
        return mentions

    def functions_with(self, name: str) -> set[str]:
        """A function and those that call it; of a constant, those whose code depends on it.

        The callers, because a function that begins with a call leaves no trace when that reverts.
        """
        found, front = {name}, [name]
        for constant in front:
            if constant in self.constants:
                front += sorted(self.callers[constant] - found)
                found |= self.callers[constant]
        return found if name in self.constants else found | self.callers[name]

    @cached_property
    def constants(self) -> set[str]:
        return {
            name
            for tree in self.trees.values()
            for name, root in _parts(tree)
            if isinstance(root, vy.VariableDecl)
        }

    def distance_to(self, name: str) -> dict[str, int]:
        """How many calls away from a function or constant each function is that leads to it."""
        found, front = {name: 0}, [name]
        for callee in front:
            for caller in self.callers[callee] - found.keys():
                found[caller] = found[callee] + 1
                front.append(caller)
        return found


def load() -> Sources:
    """Compiles everything once, as the tests do."""
    trees: dict[str, Any] = {}
    users: dict[str, set[str]] = defaultdict(set)
    folder = world.CONTRACTS.resolve()
    code = sha256()
    for contract in (*CONTRACTS, *HARNESSES):
        data = world.deployer_of(contract).compiler_data
        code.update(code_of(data)[0] + code_of(data)[1])
        for tree in _imported(data.annotated_vyper_module):
            file = Path(tree.resolved_path).relative_to(folder).as_posix()
            users[file].add(contract)
            if not file.startswith("harness/"):
                trees[file] = tree
    made = {file: tuple(sorted(names)) for file, names in users.items()}
    return Sources(folder, trees, made, code.hexdigest())


def code_of(data: Any) -> tuple[bytes, bytes]:
    """Runtime code, and creation code without the checksum of the sources at its end: the last
    two bytes tell how long that is."""
    created: bytes = data.bytecode
    return data.bytecode_runtime, created[: -int.from_bytes(created[-2:])]


def _imported(root: Any) -> Iterator[Any]:
    """A module and all modules below it; interfaces hold no code."""
    found, front = {root.resolved_path}, [root]
    for tree in front:
        yield tree
        for statement in tree._metadata["type"].import_stmts:
            imported = statement._metadata["import_info"].typ
            module = getattr(imported, "module_node", None)
            if module is not None and module.resolved_path not in found:
                found.add(module.resolved_path)
                front.append(module)


def _parts(tree: Any) -> Iterator[tuple[str, Any]]:
    """Functions and constants, with their names. A getter made by the compiler has no text."""
    for node in tree.get_children((vy.FunctionDef, vy.VariableDecl)):
        if isinstance(node, vy.FunctionDef):
            if node.decorator_list or node.name == "__init__":
                yield node.name, node
        elif node.is_constant:
            yield node.target.id, node


def _edits(text: str, tree: Any) -> Iterator[tuple[str, Edit]]:
    for name, node in _parts(tree):
        roots = [node.value] if isinstance(node, vy.VariableDecl) else node.body
        for root in roots:
            for edit in edits_of(text, root):
                yield name, edit
