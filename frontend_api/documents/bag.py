"""BagIt packages (RFC 8493) with SHA-256, as a folder or as a ZIP: written whole, read strictly.

A bag is the layout that archives take in: a payload below ``data/``, and manifests that tell every
file and its digest.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from frontend_api.documents.strict_zip import StrictZip
from frontend_api.domain.errors import MalformedInput, StateConflict, TooLarge

DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD = "data/"
_DECLARED, _INFO = "bagit.txt", "bag-info.txt"
_MANIFEST, _TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
_TAGS = (_DECLARED, _INFO, _MANIFEST)
_MOST_FILES = 4_000_000
_MOST_TAG = 1 << 30  # bytes of a manifest
_MOST_ZIP = 1 << 40
_LINE = re.compile(r"([0-9a-f]{64})  ([!-~][ -~]{0,254})\Z")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class BagFault:
    """What is wrong with a package: ``what`` is missing, extra, altered, or malformed."""

    what: str
    name: str
    detail: str = ""


class BagSource(Protocol):
    """A package to be read."""

    def names(self) -> list[str]: ...

    def read(self, name: str, most: int) -> bytes: ...

    def digest(self, name: str) -> bytes: ...


# --- writing -------------------------------------------------------------------------------------


def write_bag(out: Path, files: Iterable[tuple[str, bytes]], info: Mapping[str, str]) -> str:
    """Write a package to ``out``, a ZIP if it ends so; whole or not at all.

    ``files`` are named below ``data/``. Returns the SHA-256 (hexadecimal) of the tag manifest,
    which stands for every byte of the package. Raises StateConflict if ``out`` is there.
    """
    if out.exists():
        raise StateConflict(f"{out} is there already: name another place")
    part = out.with_name(f"{out.name}.part")
    sink: _Folder | _Zip = _Zip(part) if out.suffix.lower() == ".zip" else _Folder(part)
    try:
        digest = _write(sink, files, info)
        sink.close()
    except BaseException:
        sink.discard()
        raise
    part.rename(out)
    return digest


def _write(
    sink: _Folder | _Zip, files: Iterable[tuple[str, bytes]], info: Mapping[str, str]
) -> str:
    lines, octets = [], 0
    for name, data in files:
        sink.write(PAYLOAD + name, data)
        lines.append((PAYLOAD + name, hashlib.sha256(data).hexdigest()))
        octets += len(data)
    told = {**info, "Payload-Oxum": f"{octets}.{len(lines)}"}
    tags = {
        _DECLARED: DECLARATION,
        _INFO: "".join(f"{name}: {value}\n" for name, value in told.items()).encode(),
        _MANIFEST: _manifest(lines),
    }
    for name, data in tags.items():
        sink.write(name, data)
    last = _manifest([(name, hashlib.sha256(data).hexdigest()) for name, data in tags.items()])
    sink.write(_TAG_MANIFEST, last)
    return hashlib.sha256(last).hexdigest()


def _manifest(lines: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{digest}  {name}\n" for name, digest in lines).encode()


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path
        shutil.rmtree(path, ignore_errors=True)  # of a run that was cut off
        path.mkdir(parents=True)

    def write(self, name: str, data: bytes) -> None:
        file = self._path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())

    def close(self) -> None:
        """Every file is on the disk already."""

    def discard(self) -> None:
        shutil.rmtree(self._path, ignore_errors=True)


class _Zip:
    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._file = path.open("wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)

    def write(self, name: str, data: bytes) -> None:
        info = zipfile.ZipInfo(name, _FIXED_TIME)
        info.create_system, info.external_attr = 3, 0o644 << 16
        # What is packed already would not shrink; and nothing may look like a bomb.
        stored = name.endswith(".pdf")
        self._zip.writestr(info, data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)

    def close(self) -> None:
        self._zip.close()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        with suppress(OSError, ValueError):  # a full disk, which is why it is thrown away
            self._zip.close()
        self._file.close()
        self._path.unlink(missing_ok=True)


# --- reading -------------------------------------------------------------------------------------


def open_bag(path: Path) -> BagSource:
    """The package at ``path``. Raises MalformedInput, TooLarge."""
    if path.is_dir():
        return _FolderSource(path)
    return _ZipSource(path)


class _FolderSource:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._names = sorted(_files_in(path))

    def names(self) -> list[str]:
        return self._names

    def read(self, name: str, most: int) -> bytes:
        file = self._path / name
        if file.stat().st_size > most:
            raise TooLarge(f"{name!r} is larger than {most} bytes")
        return file.read_bytes()

    def digest(self, name: str) -> bytes:
        with (self._path / name).open("rb") as f:
            return hashlib.file_digest(f, "sha256").digest()


def _files_in(root: Path) -> Iterator[str]:
    for folder, folders, files in os.walk(root):
        for name in [*folders, *files]:
            path = Path(folder, name)
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise MalformedInput(f"{name!r} in the package is a link or no file")
            if name in files:
                yield path.relative_to(root).as_posix()


class _ZipSource:
    def __init__(self, path: Path) -> None:
        self._zip = StrictZip(path.open("rb"), _MOST_ZIP, _MOST_FILES)

    def names(self) -> list[str]:
        return self._zip.names

    def read(self, name: str, most: int) -> bytes:
        return self._zip.read(name, most)

    def digest(self, name: str) -> bytes:
        return self._zip.digest(name)


def bag_digest(bag: BagSource) -> str:
    """The SHA-256 of the tag manifest; empty if there is none."""
    return bag.digest(_TAG_MANIFEST).hex() if _TAG_MANIFEST in bag.names() else ""


def bag_info(bag: BagSource) -> dict[str, str]:
    """The members of ``bag-info.txt``; of one that stands twice, the last."""
    text = bag.read(_INFO, _MOST_TAG).decode("utf-8", "replace")
    return dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)


def faults_of(bag: BagSource) -> Iterator[BagFault]:
    """Everything that keeps the package from being what its manifests say."""
    names = set(bag.names())
    for tag in (*_TAGS, _TAG_MANIFEST):
        if tag not in names:
            yield BagFault("missing", tag)
    if not {*_TAGS, _TAG_MANIFEST} <= names:
        return
    if bag.read(_DECLARED, 1024) != DECLARATION:
        yield BagFault("malformed", _DECLARED, "is not that of BagIt 1.0 in UTF-8")
    try:
        tags = _read_manifest(bag, _TAG_MANIFEST)
        payload = _read_manifest(bag, _MANIFEST)
    except MalformedInput as e:
        yield BagFault("malformed", _MANIFEST, str(e))
        return
    if set(tags) != set(_TAGS):
        yield BagFault("malformed", _TAG_MANIFEST, f"has to list {', '.join(_TAGS)}")
    strays = [name for name in payload if not name.startswith(PAYLOAD)]
    if strays:
        yield BagFault("malformed", _MANIFEST, f"lists {strays[0]!r}, which is no payload")
    yield from _compared(bag, names, {**payload, **tags})


def _compared(bag: BagSource, names: set[str], listed: Mapping[str, str]) -> Iterator[BagFault]:
    for name, digest in sorted(listed.items()):
        if name not in names:
            yield BagFault("missing", name)
        elif bag.digest(name).hex() != digest:
            yield BagFault("altered", name)
    for name in sorted(names - set(listed) - {_TAG_MANIFEST}):
        yield BagFault("extra", name)


def _read_manifest(bag: BagSource, name: str) -> dict[str, str]:
    try:
        lines = bag.read(name, _MOST_TAG).decode("ascii").split("\n")
    except UnicodeDecodeError as e:
        raise MalformedInput(f"{name} is not ASCII") from e
    if lines.pop() != "":
        raise MalformedInput(f"{name} is cut off")
    found: dict[str, str] = {}
    for line in lines:
        match = _LINE.match(line)
        if match is None or match[2] in found:
            raise MalformedInput(f"{name} has a line that is no digest and name, or one twice")
        found[match[2]] = match[1]
    return found
