"""What a forger does to a package after altering it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.domain.errors import InputError


def _blocks(folder: Path) -> list[int]:
    """Numbers of the blocks that a bill's bundle speaks of."""
    try:
        made = ProofBundle.from_bytes((folder / "bundle.json").read_bytes())
    except (OSError, InputError):
        return []
    return [BlockHeader.from_rlp(part.block).number for part in (made.receipt, made.state)]


def mend(root: Path) -> None:
    """A forger's best effort: every list is written anew, and fits."""
    index = json.loads((root / "data/index.json").read_bytes())
    there = {p.name for p in (root / "data/bills").iterdir()}
    index["bills"] = [b for b in index["bills"] if f"{b['bill_code']}-{b['bill_no']}" in there]
    numbers = {str(n) for folder in (root / "data/bills").iterdir() for n in _blocks(folder)}
    index["blocks"] = {n: block for n, block in index["blocks"].items() if n in numbers}
    (root / "data/index.json").write_text(
        json.dumps(index, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    )
    here = [p for p in (root / "data").rglob("*") if p.is_file()]
    payload = sorted(p.relative_to(root).as_posix() for p in here)
    for name, files in (
        ("manifest-sha256.txt", payload),
        ("tagmanifest-sha256.txt", ["bagit.txt", "bag-info.txt", "manifest-sha256.txt"]),
    ):
        lines = [f"{hashlib.sha256((root / f).read_bytes()).hexdigest()}  {f}\n" for f in files]
        (root / name).write_text("".join(lines))
