"""Tables of docs/contracts.md, read back."""

import re
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "contracts.md"


def table(header: str) -> list[list[str]]:
    """The cells of each row of the one table that has this header line."""
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text.count(f"\n{header}\n") == 1, header
    lines = text.split(f"\n{header}\n")[1].splitlines()
    rows = []
    for line in lines[1:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    assert rows
    return rows


def names(cell: str) -> list[str]:
    """The names in a cell such as ```a`, `b```."""
    found = re.findall(r"`([^`]+)`", cell)
    assert ", ".join(f"`{name}`" for name in found) == cell, cell
    return found
