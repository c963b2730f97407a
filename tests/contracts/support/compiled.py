"""The contracts, compiled for other rules than those that their sources name."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from vyper.cli.vyper_compile import compile_files

from .events import CONTRACTS
from .world import CONTRACTS as SOURCES

OWN_RULES = "# pragma evm-version cancun"


@cache
def compiled(hardfork: str) -> dict[str, dict[str, bytes]]:
    """Contract → "bytecode" that creates it, and "bytecode_runtime" that then stays."""
    with TemporaryDirectory() as folder:
        copy = Path(folder).resolve() / "contracts"
        shutil.copytree(SOURCES, copy)
        for name in CONTRACTS:
            source = copy / f"{name}.vy"
            text = source.read_text(encoding="utf-8")
            assert text.count(OWN_RULES) == 1
            text = text.replace(OWN_RULES, f"# pragma evm-version {hardfork}")
            source.write_text(text, encoding="utf-8")
        files = [copy / f"{name}.vy" for name in CONTRACTS]
        formats = ["bytecode", "bytecode_runtime"]
        output = compile_files(files, formats, paths=[str(copy)])
        return {
            Path(path).stem: {key: bytes.fromhex(code[2:]) for key, code in found.items()}
            for path, found in output.items()
        }
