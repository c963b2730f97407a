"""Creation code of the four contracts, as the pinned compiler makes it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = ROOT / "contracts"
# The name of the variable under which forge and halmos find each.
VARIABLES = {
    "IssuerRegistry": "ISSUER_REGISTRY",
    "BillRegistry": "BILL_REGISTRY",
    "ConsentRegistry": "CONSENT_REGISTRY",
    "ReimbursementLedger": "REIMBURSEMENT_LEDGER",
}
COMPILER = Path(sys.executable).with_name("vyper")
# Push 2 (or 11), push the gas, call statically: the call of the SHA-256 precompile.
SHA256_CALL, STAND_IN_CALL = "60025afa", "600b5afa"
IMPORT = re.compile(r"^from (?:\.|modules|\.\.modules) import (\w+)$", re.MULTILINE)


def compiled(names: list[str], folder: Path = CONTRACTS) -> dict[str, str]:
    """Creation code in hex by contract."""
    sources = [str(folder / f"{name}.vy") for name in names]
    run = subprocess.run(
        [str(COMPILER), "-p", str(folder), "-f", "bytecode", *sources],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    codes = run.stdout.split()
    assert len(codes) == len(names), run.stdout
    return dict(zip(names, codes, strict=True))


def users_of(source: str) -> list[str]:
    """The contracts that a source file is part of."""
    return [name for name in VARIABLES if source in _parts(f"{name}.vy")]


def _parts(source: str) -> set[str]:
    found = {source}
    for module in IMPORT.findall((CONTRACTS / source).read_text(encoding="utf-8")):
        found |= _parts(f"modules/{module}.vy")
    return found


def environment(codes: dict[str, str]) -> dict[str, str]:
    return {VARIABLES[name]: code for name, code in codes.items()}


def with_stand_in_hash(codes: dict[str, str]) -> dict[str, str]:
    """The same code, but SHA-256 is called at an address where a proof can put another hash.

    halmos 0.3.3 cannot call that precompile at all; `foundry/properties/Symbolic.sol` says what
    stands there instead.
    """
    counts = {name: code.count(SHA256_CALL) for name, code in codes.items()}
    # One call for a leaf, one for an inner node, and no hash elsewhere.
    expected = dict.fromkeys(codes, 0) | {"BillRegistry": 2}
    assert counts == expected, counts
    return {name: code.replace(SHA256_CALL, STAND_IN_CALL) for name, code in codes.items()}
