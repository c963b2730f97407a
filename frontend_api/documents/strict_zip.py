"""ZIP archives from strangers, read so that no two readers can find different things in them."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
import zlib
from typing import BinaryIO

from frontend_api.domain.errors import MalformedInput, TooLarge

MAX_RATIO = 100  # inflated to deflated size
MAX_ENTRIES = 10_000
_PIECE = 1 << 20
_LOCAL_HEADER = 30  # bytes, without name and extra field
_FLAG_ENCRYPTED = 0x1
_FLAG_PATCHED = 0x20
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


class StrictZip:
    """The entries of an archive in memory. Opening it raises MalformedInput or TooLarge."""

    def __init__(self, source: bytes | BinaryIO, most: int, entries: int = MAX_ENTRIES) -> None:
        file = io.BytesIO(source) if isinstance(source, bytes) else source
        size = file.seek(0, io.SEEK_END)
        if size > most:
            raise TooLarge(f"the archive is larger than {most // 2**20} MiB")
        file.seek(0)
        if file.read(4) != b"PK\x03\x04":
            raise MalformedInput("is not a ZIP archive from its first byte on")
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError) as e:
            raise MalformedInput(f"the archive is damaged: {e}") from e
        self._entries = _checked(self._zip.infolist(), size, entries)

    @property
    def names(self) -> list[str]:
        """Of all files, in the archive's order."""
        return list(self._entries)

    def read(self, name: str, most: int) -> bytes:
        """One entry of at most ``most`` bytes. Raises MalformedInput or TooLarge."""
        info = self._entries.get(name)
        if info is None:
            raise MalformedInput(f"the archive has no {name!r}")
        if info.file_size > most:
            raise TooLarge(f"{name!r} is larger than {most} bytes")
        try:
            with self._zip.open(info) as stream:
                data = stream.read(most + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as e:
            raise MalformedInput(f"{name!r} is damaged: {e}") from e
        if len(data) != info.file_size:
            raise MalformedInput(f"{name!r} has not the size it states")
        return data

    def digest(self, name: str) -> bytes:
        """SHA-256 of one entry, read piece by piece. Raises MalformedInput."""
        if name not in self._entries:
            raise MalformedInput(f"the archive has no {name!r}")
        try:
            with self._zip.open(self._entries[name]) as stream:
                digest = hashlib.sha256()
                while piece := stream.read(_PIECE):
                    digest.update(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as e:
            raise MalformedInput(f"{name!r} is damaged: {e}") from e
        return digest.digest()


def _checked(infos: list[zipfile.ZipInfo], size: int, entries: int) -> dict[str, zipfile.ZipInfo]:
    if len(infos) > entries:
        raise TooLarge(f"the archive has more than {entries} entries")
    found: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    for info in infos:
        _check(info)
        if info.is_dir():
            continue
        if info.filename.casefold() in folded:
            raise MalformedInput(f"the archive has {info.filename!r} twice")
        folded.add(info.filename.casefold())
        found[info.filename] = info
    end = 0
    for info in sorted(infos, key=lambda i: i.header_offset):
        if info.header_offset < end:
            raise MalformedInput("entries of the archive overlap")
        end = info.header_offset + _LOCAL_HEADER + len(info.filename) + info.compress_size
    if end > size:
        raise MalformedInput("the archive is cut off")
    return found


def _check(info: zipfile.ZipInfo) -> None:
    name = info.orig_filename
    parts = name.rstrip("/").split("/")
    if name != info.filename or "\\" in name or ":" in parts[0] or not name.isprintable():
        raise MalformedInput(f"the archive has an entry of a strange name: {name!r}")
    if any(part in ("", ".", "..") for part in parts):
        raise MalformedInput(f"the archive has an entry that leads elsewhere: {name!r}")
    if stat.S_ISLNK(info.external_attr >> 16):
        raise MalformedInput(f"the archive has a link: {name!r}")
    if info.flag_bits & (_FLAG_ENCRYPTED | _FLAG_PATCHED) or info.compress_type not in _METHODS:
        raise MalformedInput(f"{name!r} is encrypted or packed in an unknown way")
    if info.file_size > MAX_RATIO * max(info.compress_size, 1) + 1024:
        raise TooLarge(f"{name!r} inflates to more than {MAX_RATIO} times its size")
