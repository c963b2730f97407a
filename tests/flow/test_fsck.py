"""fsck and reindex on real parts: what was altered is named, what cannot be asked is not blamed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from frontend_api.bootstrap import Services, build, open_books, reindex
from frontend_api.domain.errors import ChainUnreachable
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.fsck import Tally, Wishes, check_books
from frontend_api.flow.fsck_findings import WORDS, Finding, Level
from frontend_api.flow.issue import issue_bill
from frontend_api.flow.read import bill_file_of
from frontend_api.settings import load

pytestmark = pytest.mark.chain

NOBODY = "http://127.0.0.1:9"
BILLS = 6


@pytest.fixture(scope="module")
def anchored(platform: Any) -> list[int]:
    """Keys of some bills that the chain has."""
    services, keys = platform.services, []
    for _ in range(BILLS):
        request = platform.sample("donation")
        who = services.caller(platform.issuer_key("donation")).owner
        key = issue_bill(services.desk, who, request["business_no"], request).number.key
        assert services.engine.wait_for(lambda k=key: _on_chain(services, k), 20)
        keys.append(key)
    return keys


def _on_chain(services: Services, key: int) -> bool:
    stored = services.desk.bills.find(key)
    return stored is not None and stored.anchored is not None


@pytest.fixture
def home(platform: Any, anchored: list[int], tmp_path: Path) -> Path:
    """A copy of the platform's home, to be spoilt; its chain is the running one."""
    assert len(anchored) == BILLS
    for name in ("master.key", "deployment.json", "settings.json"):
        shutil.copy(platform.home / name, tmp_path)
    source = sqlite3.connect(platform.home / "piaolian.sqlite3")
    with sqlite3.connect(tmp_path / "piaolian.sqlite3") as copy:
        source.backup(copy)
    source.close()
    return tmp_path


@pytest.fixture
def spoil(home: Path) -> Callable[..., None]:
    def run(statement: str, *values: object) -> None:
        with sqlite3.connect(home / "piaolian.sqlite3") as c:
            assert c.execute(statement, values).rowcount == 1

    return run


@pytest.fixture
def services(home: Path, platform: Any) -> Iterator[Services]:
    services = build(load(home), platform.chain.url)
    yield services
    services.close()


def fsck(
    services: Services, wishes: Wishes | None = None, unasked: ChainUnreachable | None = None
) -> tuple[list[Finding], int]:
    tally = Tally()
    with open_books(services, unasked) as books:
        checks = check_books(services.desk, services.press, books, wishes or Wishes(5), tally)
        found = list(checks)
    for finding in found:
        assert all(finding.words(language) for language in ("zh", "en"))
    return found, tally.exit_code()


def name(key: int) -> str:
    return str(BillNumber(key))


def test_fsck__nothing_altered__clean_and_everything_was_looked_at(services: Services) -> None:
    tally = Tally()
    with open_books(services) as books:
        found = list(check_books(services.desk, services.press, books, Wishes(None), tally))
    assert (found, tally.exit_code()) == ([], 0)
    assert tally.checked["bills"] >= BILLS
    assert tally.checked["documents"] == tally.checked["bills"]
    assert tally.checked["batches in the contract"] == tally.checked["batches"] > 0


@pytest.mark.parametrize(
    ("column", "value", "field"),
    [
        ("amount_fen", 1, "amount_fen"),
        ("at_source_fen", 7, "at_source_fen"),
        ("currency", "USD", "currency"),
        ("issuer", "12460000DEM0000012", "issuer"),
        ("kind", "parking", "kind"),
        ("business_no", "another", "business_no"),
        ("issued_at", 1_700_000_000, "issued_at"),
        ("holder", b"h" * 32, "holder"),
        ("holder", b"short", "holder"),
        ("content_root", b"c" * 32, "content_root"),
        ("leaf", b"l" * 32, "leaf"),
        ("leaf", "text", "leaf"),
        ("sealed_seed", b"s" * 60, "sealed_seed"),
        ("sealed_content", b"s" * 60, "sealed_content"),
        ("segment_id", 999, "segment_id"),
    ],
)
def test_fsck__altered_bill__mismatch_names_bill_and_column(
    services: Services, spoil: Callable[..., None], anchored: list[int],
    column: str, value: object, field: str,
) -> None:  # fmt: skip
    spoil(f"UPDATE bills SET {column} = ? WHERE bill_key = ?", value, anchored[2])
    found, code = fsck(services, Wishes(None))
    assert code == 1
    first = {(f.level, f.subject, f.field) for f in found if f.reason.startswith("bill-")}
    assert (Level.MISMATCH, name(anchored[2]), field) in first
    others = {name(key) for key in anchored if key != anchored[2]}
    assert not others & {f.subject for f in found}


def test_fsck__bill_gone__missing_by_its_number(
    services: Services, spoil: Callable[..., None], anchored: list[int]
) -> None:
    spoil("DELETE FROM bills WHERE bill_key = ?", anchored[1])
    found, code = fsck(services)
    named = {(f.level, f.reason) for f in found if f.subject == name(anchored[1])}
    assert (Level.MISSING, "bill-missing") in named
    assert "key-without-bill" in {f.reason for f in found}
    assert code == 1


@pytest.mark.parametrize(
    ("statement", "reason", "field"),
    [
        ("UPDATE batches SET root = ? WHERE batch_id = ?", "batch-altered", "root"),
        ("UPDATE anchors SET root = ? WHERE batch_id = ?", "row-altered", "root"),
        ("UPDATE idempotency SET idempotency_key = ?, bill_key = 1 WHERE bill_key = ?",
         "key-without-bill", ""),
        ("UPDATE events SET args = ? WHERE event = 'Anchored' AND args LIKE '%' || ? || '%'",
         "row-altered", "args"),
        ("UPDATE transactions SET raw = ? WHERE purpose = 'ANCHOR' AND subject = ?",
         "transaction-altered", "hash"),
    ],
)  # fmt: skip
def test_fsck__altered_beside_the_bills__named(
    services: Services, spoil: Callable[..., None], anchored: list[int],
    statement: str, reason: str, field: str,
) -> None:  # fmt: skip
    spoil(
        statement, b"x" * 32, anchored[3] if reason != "transaction-altered" else str(anchored[3])
    )
    found, code = fsck(services)
    assert (reason, field) in {(f.reason, f.field) for f in found}
    assert code == 1


@pytest.mark.parametrize("by", [-1, 10**7], ids=["back", "far ahead"])
def test_fsck__counter_moved__named(
    services: Services, spoil: Callable[..., None], anchored: list[int], by: int
) -> None:
    segment = services.desk.bills.find(anchored[0])
    assert segment is not None
    spoil(
        "UPDATE counters SET next_key = next_key + ? WHERE segment_id = ?", by, segment.segment_id
    )
    found, code = fsck(services)
    assert [(f.reason, f.subject) for f in found] == [("counter-wrong", str(segment.segment_id))]
    assert code == 1


def test_fsck__chain_does_not_answer__uncompared_and_never_a_mismatch(
    home: Path, spoil: Callable[..., None], anchored: list[int]
) -> None:
    services = build(load(home), NOBODY)
    found, code = fsck(services)
    assert ([f.level for f in found], code) == ([Level.UNCOMPARED], 2)
    spoil("UPDATE bills SET amount_fen = 1 WHERE bill_key = ?", anchored[0])
    found, code = fsck(services)
    assert code == 1  # what lies here can be judged without a chain
    assert found[0].level is Level.UNCOMPARED
    assert {f.subject for f in found[1:]} == {name(anchored[0])}
    services.close()


def test_fsck__chain_of_another_history__uncompared(
    services: Services, spoil: Callable[..., None]
) -> None:
    spoil("UPDATE cursor SET block_hash = ?", b"h" * 32)
    found, code = fsck(services)
    assert ([f.level for f in found], code) == ([Level.UNCOMPARED], 2)


def _keep_with_proof(services: Services, folder: Path, key: int) -> bytes:
    """The document that carries its proof bundle in place of the plain one."""
    stored = services.desk.bills.find(key)
    assert stored is not None
    file = bill_file_of(services.desk, stored)
    made = services.pdf(file, None, services.prove(file))
    (folder / f"{stored.bill.number}.pdf").write_bytes(made)
    return made


def test_fsck__kept_document_with_its_proof__altered_or_under_another_number__named(
    services: Services, anchored: list[int], tmp_path: Path
) -> None:
    made = _keep_with_proof(services, tmp_path, anchored[2])
    wrong = tmp_path / f"{name(anchored[1])}.pdf"
    wrong.write_bytes(made)
    broken = tmp_path / f"{name(anchored[2])}.pdf"
    broken.write_bytes(made.replace(b"/EmbeddedFile", b"/EmbeddedFilf"))
    found, code = fsck(services, Wishes(0, tmp_path))
    assert code == 1
    altered = {f.subject for f in found if f.reason == "document-altered"}
    assert altered == {wrong.name, broken.name}


def test_fsck__kept_documents__deleted_altered_and_foreign_ones_named(
    services: Services, anchored: list[int], tmp_path: Path
) -> None:
    folder = tmp_path / "kept"
    folder.mkdir()
    with open_books(services) as books:
        keys = [row.bill_key for row in books.records.bills()]
    for key in keys:
        stored = services.desk.bills.find(key)
        assert stored is not None
        file = folder / f"{stored.bill.number}.pdf"
        file.write_bytes(services.pdf(bill_file_of(services.desk, stored)))
    assert fsck(services, Wishes(0, folder)) == ([], 0)
    _keep_with_proof(services, folder, anchored[2])
    assert fsck(services, Wishes(0, folder)) == ([], 0)
    (folder / f"{name(anchored[0])}.pdf").unlink()
    altered = folder / f"{name(anchored[1])}.pdf"
    altered.write_bytes(altered.read_bytes().replace(b"obj", b"obJ", 1))
    (folder / "letter.pdf").write_bytes(b"")
    found, code = fsck(services, Wishes(0, folder))
    assert {(f.reason, f.subject) for f in found} == {
        ("document-missing", name(anchored[0])),
        ("document-altered", altered.name),
        ("document-unknown", "letter.pdf"),
    }
    assert code == 1


def test_reindex__projections_lost_or_altered__made_anew_from_the_chain(
    services: Services, spoil: Callable[..., None], anchored: list[int]
) -> None:
    spoil("DELETE FROM anchors WHERE batch_id = ?", anchored[0])
    spoil("UPDATE events SET args = '{}' WHERE args LIKE '%' || ? || '%'", anchored[1])
    assert fsck(services)[1] == 1
    reindex(services, from_chain=True)
    assert fsck(services) == ([], 0)


def test_reindex__stored_events_alone__asks_no_chain(
    home: Path, spoil: Callable[..., None]
) -> None:
    services = build(load(home), NOBODY)
    spoil("DELETE FROM anchors WHERE batch_id = (SELECT min(batch_id) FROM anchors)")
    with pytest.raises(ChainUnreachable):
        reindex(services, from_chain=True)
    reindex(services, from_chain=False)
    assert [f.level for f in fsck(services)[0]] == [Level.UNCOMPARED]
    services.close()


def test_reindex__killed_at_any_moment__old_or_new_and_always_readable(
    home: Path, services: Services, platform: Any, anchored: list[int]
) -> None:
    command = [
        Path(sys.executable).with_name("piaolian"), "--home", str(home), "reindex", "--stored",
    ]  # fmt: skip
    for attempt in range(6):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while not list(home.glob("aside-*")) and process.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        time.sleep(0.03 * attempt)
        process.kill()
        process.wait()
        stored = services.desk.bills.find(anchored[0])
        assert stored is not None
        assert stored.anchored is not None
    assert fsck(services) == ([], 0)
    assert platform.services.engine.fault is None


def _command(home: Path, platform: Any, *args: str, rpc: str | None = None) -> Any:
    return subprocess.run(
        [Path(sys.executable).with_name("piaolian"), "--home", str(home), *args],
        capture_output=True, text=True, check=False, timeout=120,
        env={**os.environ, "PIAOLIAN_RPC_URL": rpc or platform.chain.url},
    )  # fmt: skip


def test_command__exit_codes_and_words_for_a_clerk(
    home: Path, platform: Any, spoil: Callable[..., None], anchored: list[int]
) -> None:
    clean = _command(home, platform, "fsck")
    assert (clean.returncode, clean.stderr) == (0, "")
    assert "账目一致。" in clean.stdout
    assert "The books are right." in clean.stdout
    down = _command(home, platform, "fsck", rpc=NOBODY)
    assert down.returncode == 2
    assert "UNCOMPARED" in down.stdout
    assert "MISMATCH" not in down.stdout
    spoil("UPDATE bills SET amount_fen = 1 WHERE bill_key = ?", anchored[0])
    wrong = _command(home, platform, "fsck")
    assert wrong.returncode == 1
    assert f"票据 {name(anchored[0])} 的“amount_fen”：数据库中是 1" in wrong.stdout
    assert f"Bill {name(anchored[0])}, amount_fen: the database has 1" in wrong.stdout
    lines = [
        json.loads(line) for line in _command(home, platform, "fsck", "--json").stdout.splitlines()
    ]
    assert lines[-1]["summary"]["exit_code"] == 1
    assert lines[0]["subject"] == name(anchored[0])
    assert set(lines[0]["words"]) == {"zh", "en"}


def test_commands__code_on_the_chain_is_not_as_recorded__said_and_still_readable(
    home: Path, platform: Any, anchored: list[int]
) -> None:
    record = home / "deployment.json"
    contract = json.loads(record.read_text())
    contract["contracts"]["BillRegistry"]["code_hash"] = "0x" + "ab" * 32
    record.write_text(json.dumps(contract))
    words = "the code of BillRegistry at"
    doctor = _command(home, platform, "doctor")
    assert doctor.returncode == 1
    assert words in doctor.stdout
    status = _command(home, platform, "status")
    assert (status.returncode, words in status.stdout) == (0, True)
    assert "Nothing is written; reading goes on" in status.stdout
    read = _command(home, platform, "status", name(anchored[0]))
    assert (read.returncode, "ISSUED" in read.stdout) == (0, True)
    compared = _command(home, platform, "fsck")
    assert (compared.returncode, "MISMATCH" in compared.stdout) == (2, False)


def test_command__database_cannot_be_read__2_and_no_verdict(home: Path, platform: Any) -> None:
    (home / "piaolian.sqlite3").write_bytes(b"not a database" * 100)
    done = _command(home, platform, "fsck")
    assert (done.returncode, done.stdout) == (2, "")
    assert "database" in done.stderr


def test_words__every_reason__in_both_languages_with_the_same_facts() -> None:
    for zh, en in WORDS.values():
        facts = [{part for part in ("{subject}", "{field}", "{stored}", "{found}") if part in text}
                 for text in (zh, en)]  # fmt: skip
        assert facts[0] == facts[1]
