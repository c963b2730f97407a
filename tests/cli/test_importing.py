"""``piaolian import`` as a person uses it: templates, tables, words for what cannot be taken."""

from __future__ import annotations

import csv
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from in_memory.xlsx_files import sheet, write_xlsx

pytestmark = pytest.mark.chain

PIAOLIAN = Path(sys.executable).with_name("piaolian")


def run(*args: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PIAOLIAN, *map(str, args)], capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL, timeout=120,
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    """The template of a kind, its example of a moment ago."""
    text = run("import", "--template", "medical_outpatient").stdout
    header, example = csv.reader(text.removeprefix("\ufeff").splitlines())
    now = datetime.now(UTC) - timedelta(minutes=1)
    example[header.index("issued_at")] = now.isoformat(timespec="seconds")
    return [header, example]


def numbered(rows: list[list[str]], *names: str) -> list[list[str]]:
    header, example = rows
    at = header.index("business_no")
    return [header, *([*example[:at], name, *example[at + 1 :]] for name in names)]


def test_template__filled_in_as_csv__imported_with_progress(platform, rows, tmp_path):
    file = tmp_path / "bills.csv"
    with file.open("w", newline="", encoding="utf-8-sig") as out:
        csv.writer(out).writerows(numbered(rows, "CLI-1", "CLI-2"))
    done = run("--home", platform.home, "import", file)
    assert done.returncode == 0, done.stderr
    assert "2 accepted, 0 were there, 2 anchored" in done.stdout
    assert "2/2" in done.stderr
    assert "/s" in done.stderr
    assert list(tmp_path.iterdir()) == [file]


def test_template__filled_in_as_spreadsheet__same_bills_are_known(platform, rows, tmp_path):
    file = write_xlsx(tmp_path / "bills.XLSX", sheet(numbered(rows, "CLI-3", "CLI-3", "CLI-4")))
    done = run("--home", platform.home, "import", file)
    assert done.returncode == 0, done.stderr
    assert "2 accepted, 1 were there, 3 anchored" in done.stdout


def test_import__ending_that_is_not_known__says_which_are(platform, tmp_path):
    file = tmp_path / "bills.txt"
    file.write_text("{}")
    done = run("--home", platform.home, "import", file)
    assert done.returncode == 1
    assert ".csv" in done.stderr
    assert "Traceback" not in done.stderr


def test_import__no_file_and_no_template__says_what_to_give():
    done = run("import")
    assert done.returncode == 1
    assert "--template" in done.stderr


def test_import__table_without_kind__refused_as_a_whole(platform, tmp_path):
    file = tmp_path / "bills.csv"
    file.write_text("business_no,total\nB-1,100\n")
    done = run("--home", platform.home, "import", file)
    assert done.returncode == 1
    assert "kind" in done.stderr
