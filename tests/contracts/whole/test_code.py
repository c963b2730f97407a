"""What the compiled code is and is not."""

import importlib.util
from pathlib import Path

import boa
import pytest
from eth_utils import keccak

from ..support.events import CONTRACTS, abi_of
from ..support.world import CONTRACTS as FOLDER
from ..support.world import deployer_of

# INV-27 and INV-22: no upgrade, no self-destruction, no deciding by the transaction's origin.
FORBIDDEN = {"DELEGATECALL", "CALLCODE", "SELFDESTRUCT", "CREATE", "CREATE2", "ORIGIN"}

contracts = pytest.mark.parametrize("contract", CONTRACTS)


@contracts
def test_code__instructions__none_that_would_let_it_be_replaced(contract):
    """INV-22, INV-27. The assembly is read, not the bytes: constants may hold any byte."""
    assert not FORBIDDEN & instructions_of(deployer_of(contract))


def test_code__forbidden_instruction__would_be_seen():
    """The check above is not blind."""
    source = "@external\n@view\ndef who() -> address:\n    return tx.origin\n"
    assert instructions_of(boa.loads_partial(source)) & FORBIDDEN == {"ORIGIN"}


def instructions_of(deployer) -> set[str]:
    return {item for item in deployer.compiler_data.assembly_runtime if isinstance(item, str)}


@contracts
def test_code__file_length__readable(contract):
    assert len((FOLDER / f"{contract}.vy").read_text(encoding="utf-8").splitlines()) <= 450


def test_abi__exported_files__equal_the_compilers():
    script = Path(FOLDER).parent / "scripts" / "export_abi.py"
    spec = importlib.util.spec_from_file_location("export_abi", script)
    export_abi = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(export_abi)
    assert set(export_abi.CONTRACTS) == set(CONTRACTS)
    assert export_abi.out_of_date() == []


@contracts
def test_abi__functions_and_events__no_two_share_a_name_or_selector(contract):
    entries = [entry for entry in abi_of(contract) if entry["type"] != "constructor"]
    names = [(entry["type"], entry["name"]) for entry in entries]
    assert len(names) == len(set(names))
    functions = [entry for entry in entries if entry["type"] == "function"]
    selectors = {keccak(text=signature(entry))[:4] for entry in functions}
    assert len(selectors) == len(functions)


def signature(entry: dict) -> str:
    return f"{entry['name']}({','.join(type_of(member) for member in entry['inputs'])})"


def type_of(member: dict) -> str:
    if not member["type"].startswith("tuple"):
        return member["type"]
    inner = ",".join(type_of(each) for each in member["components"])
    return f"({inner}){member['type'].removeprefix('tuple')}"
