"""BagIt packages: written whole or not at all, and every alteration of a file is named."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from frontend_api.documents.bag import (
    BagFault,
    bag_digest,
    bag_info,
    faults_of,
    open_bag,
    write_bag,
)
from frontend_api.domain.errors import MalformedInput, StateConflict

FILES = (("bills/a/bill.json", b"{}"), ("bills/a/bill.pdf", b"%PDF-" * 50), ("index.json", b"[]"))
INFO = {"Source-Organization": "琼州省人民医院", "Bagging-Date": "2026-11-22"}


def faults(path: Path) -> list[BagFault]:
    return list(faults_of(open_bag(path)))


@pytest.fixture(params=["bag", "bag.zip"])
def bag(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / request.param
    write_bag(path, FILES, INFO)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "bag"
    write_bag(path, FILES, INFO)
    return path


def test_bag__as_written__without_fault_and_as_rfc_8493_has_it(bag: Path, tmp_path: Path) -> None:
    assert faults(bag) == []
    if bag.suffix:
        with zipfile.ZipFile(bag) as package:
            package.extractall(tmp_path / "out")
    root = tmp_path / "out" if bag.suffix else bag
    assert (root / "bagit.txt").read_text() == (
        "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    )
    for line in (root / "manifest-sha256.txt").read_text().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((root / name).read_bytes()).hexdigest() == digest
    assert (root / "data/bills/a/bill.json").read_bytes() == b"{}"
    assert f"Payload-Oxum: {2 + 250 + 2}.3\n" in (root / "bag-info.txt").read_text()
    assert bag_info(open_bag(bag))["Source-Organization"] == "琼州省人民医院"


def test_bag__digest__of_the_tag_manifest_and_the_same_for_folder_and_zip(tmp_path: Path) -> None:
    digests = {write_bag(tmp_path / name, FILES, INFO) for name in ("a", "b.zip")}
    assert digests == {bag_digest(open_bag(tmp_path / "a"))}
    other = write_bag(tmp_path / "c", FILES[:2], INFO)
    assert other not in digests


def test_bag__zip_written_twice__same_bytes(tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_bag(tmp_path / name, FILES, INFO)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("name", ["bag", "bag.zip"])
def test_bag__cut_off_while_written__leaves_nothing(tmp_path: Path, name: str) -> None:
    def broken() -> Iterator[tuple[str, bytes]]:
        yield FILES[0]
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_bag(tmp_path / name, broken(), INFO)
    assert list(tmp_path.iterdir()) == []
    write_bag(tmp_path / name, FILES, INFO)
    with pytest.raises(StateConflict, match="there already"):
        write_bag(tmp_path / name, FILES, INFO)


def _mend(root: Path, manifest: str = "manifest-sha256.txt") -> None:
    """What a forger does afterwards: the tag manifest fits again."""
    lines = [
        f"{hashlib.sha256((root / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("bagit.txt", "bag-info.txt", manifest)
    ]
    (root / "tagmanifest-sha256.txt").write_text("".join(lines))


def _append(name: str, data: str) -> Callable[[Path], None]:
    def alter(root: Path) -> None:
        (root / name).write_bytes((root / name).read_bytes() + data.encode())
        if name.startswith("manifest"):
            _mend(root)

    return alter


ALTERATIONS: tuple[tuple[str, Callable[[Path], None], tuple[str, str]], ...] = (
    ("file gone", lambda r: (r / "data/index.json").unlink(), ("missing", "data/index.json")),
    ("file altered", _append("data/index.json", " "), ("altered", "data/index.json")),
    ("file added", lambda r: (r / "data/x").write_text("x"), ("extra", "data/x")),
    ("file added at the root", lambda r: (r / "x").write_text("x"), ("extra", "x")),
    ("files change places", lambda r: (
        (r / "data/index.json").rename(r / "t"),
        (r / "data/bills/a/bill.json").rename(r / "data/index.json"),
        (r / "t").rename(r / "data/bills/a/bill.json")), ("altered", "data/bills/a/bill.json")),
    ("info altered", _append("bag-info.txt", "x: y\n"), ("altered", "bag-info.txt")),
    ("manifest altered", lambda r: (r / "manifest-sha256.txt").write_text(""),
     ("altered", "manifest-sha256.txt")),
    ("manifest gone", lambda r: (r / "manifest-sha256.txt").unlink(),
     ("missing", "manifest-sha256.txt")),
    ("declaration gone", lambda r: (r / "bagit.txt").unlink(), ("missing", "bagit.txt")),
    ("other version", lambda r: (r / "bagit.txt").write_text("BagIt-Version: 0.97\n"),
     ("malformed", "bagit.txt")),
    ("line that is none", _append("manifest-sha256.txt", "hello\n"),
     ("malformed", "manifest-sha256.txt")),
    ("line twice", _append("manifest-sha256.txt", "0" * 64 + "  data/index.json\n"),
     ("malformed", "manifest-sha256.txt")),
    ("line cut off", _append("manifest-sha256.txt", "0" * 64),
     ("malformed", "manifest-sha256.txt")),
    ("line that climbs", _append("manifest-sha256.txt", "0" * 64 + "  data/../../etc/passwd\n"),
     ("missing", "data/../../etc/passwd")),
    ("line outside of data", _append("manifest-sha256.txt", "0" * 64 + "  /etc/passwd\n"),
     ("malformed", "manifest-sha256.txt")),
)  # fmt: skip


@pytest.mark.parametrize(("alter", "fault"), [a[1:] for a in ALTERATIONS],
                         ids=[a[0] for a in ALTERATIONS])  # fmt: skip
def test_bag__altered__fault_named(folder: Path, alter, fault: tuple[str, str]) -> None:
    alter(folder)
    assert fault in [(f.what, f.name) for f in faults(folder)]


def test_bag__link_inside__refused(folder: Path) -> None:
    (folder / "data" / "link").symlink_to("/etc/passwd")
    with pytest.raises(MalformedInput, match="link"):
        open_bag(folder)


def test_bag__zip_with_a_name_twice__refused(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "x.zip"
    shutil.make_archive(str(tmp_path / "x"), "zip", folder)
    assert faults(path) == []
    with zipfile.ZipFile(path, "a") as package, pytest.warns(UserWarning, match="Duplicate"):
        package.writestr("data/index.json", b"other")
    with pytest.raises(MalformedInput, match="twice"):
        open_bag(path)


def test_bag__neither_folder_nor_zip__refused(tmp_path: Path) -> None:
    path = tmp_path / "letter"
    path.write_text("Dear Sir")
    with pytest.raises(MalformedInput, match="not a ZIP"):
        open_bag(path)
