"""How fast documents are made: ``python -m benchmarks.documents --bills 400``.

Bills of all kinds in their usual shares, as bill files in memory, so that only typesetting and
signing are measured. One process makes unsigned PDFs; then one process a core makes signed ones.
Prints JSON: ``unsigned_pdfs_per_s_core`` by the clock and ``…_cpu`` by processor time, which other
work on the machine changes less; the same for ``signed_pdfs_per_s``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.fields import content_root, fields_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.tree import MerkleTree
from frontend_api.documents import DocumentMaker
from frontend_api.documents.authority import OwnAuthority
from frontend_api.documents.signer import DocumentSigner
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.numbers import BillNumber
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate
from frontend_api.store.vault import AesVault

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
INSTANCE = hashlib.sha256(b"benchmark").digest()
_ADDRESS = "0x" + "1" * 40
_CHUNK = 20
_WARM = 20  # documents made before the clock starts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bills", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    files = bill_files(given.bills)
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        OwnAuthority.create(folder / "ca", _vault(folder), int(NOW.timestamp()) - 30 * 86_400)
        result = {"bills": given.bills, "workers": given.workers, "load": os.getloadavg()[0]}
        result |= _unsigned(files, folder) | _signed(files, folder, given.workers)
    print(json.dumps(result, indent=1))


def bill_files(count: int) -> list[bytes]:
    """Bill files of generated bills, each one alone in its batch."""
    kinds = load_kinds()
    maker = DocumentMaker(kinds)
    return [
        _bill_file(index, request, kinds[request["kind"]].bill_code("46", NOW.year), maker)
        for index, request in enumerate(generate(kinds, 7, count, NOW), 1)
    ]


def _bill_file(index: int, request: dict[str, Any], code: str, maker: DocumentMaker) -> bytes:
    content = {
        **{name: value for name, value in request.items() if name != "outlet"},
        "at_source": request.get("at_source", 0),
        "bill_code": code,
        "bill_no": f"{index:010d}",
        "check_code": "k7m2x9",
        "issuer": {"uscc": "12460000DEM0000012", "name": "琼州省人民医院（样例）", "outlet": "01"},
        "supervisor": {"name": "琼州省财政厅（样例）"},
        "sample": True,
    }
    fields = fields_of(content, hashlib.sha256(content["bill_no"].encode()).digest())
    header = BillHeader(
        number=BillNumber.of(code, content["bill_no"]),
        amount_fen=request["total"],
        at_source_fen=content["at_source"],
        currency="CNY",
        holder=bytes(31) + b"\x01",
        content_root=content_root(field.digest() for field in fields),
        issued_at=int(datetime.fromisoformat(request["issued_at"]).timestamp()),
    )
    tree = MerkleTree.over([bill_leaf(header, INSTANCE)])
    return BillFile(
        header=header,
        fields=fields,
        inclusion=Inclusion(header.number.key, 0, tree.size, tree.path(0)),
        anchor=Anchor(1000 + index, tree.root, header.issued_at + 3, bytes(32)),
        deployment=Deployment(20260, INSTANCE, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS),
        layout=maker.layout(request["kind"]),
        verify_url=f"https://piaolian.example/b/{header.number.key}/Zk3Vx0mB7q2Jt9sLw4Yc1A",
    ).to_bytes()


def _vault(folder: Path) -> AesVault:
    return AesVault.at(folder / "master.key")


class _Press:
    """What one process keeps warm."""

    here: _Press

    def __init__(self, folder: Path) -> None:
        self.maker = DocumentMaker(load_kinds())
        authority = OwnAuthority.open(folder / "ca", _vault(folder))
        assert authority is not None
        self.signer = DocumentSigner(authority)

    def unsigned(self, data: bytes) -> bytes:
        return self.maker.pdf(BillFile.from_bytes(data))

    def signed(self, data: bytes) -> bytes:
        bill_file = BillFile.from_bytes(data)
        return self.signer.sign(self.maker.pdf(bill_file), bill_file)


def _unsigned(files: list[bytes], folder: Path) -> dict[str, float]:
    press = _Press(folder)
    for data in files[:_WARM]:
        press.unsigned(data)
    clock, cpu = time.perf_counter(), time.process_time()
    size = sum(len(press.unsigned(data)) for data in files)
    clock, cpu = time.perf_counter() - clock, time.process_time() - cpu
    return {
        "unsigned_pdfs_per_s_core": round(len(files) / clock, 1),
        "unsigned_pdfs_per_s_core_cpu": round(len(files) / cpu, 1),
        "unsigned_bytes": size // len(files),
    }


def _signed(files: list[bytes], folder: Path, workers: int) -> dict[str, float]:
    parts = [files[i : i + _CHUNK] for i in range(0, len(files), _CHUNK)]
    # Not forked: the typesetter's threads would be missing in the children.
    fresh = get_context("spawn")
    with ProcessPoolExecutor(workers, fresh, initializer=_open, initargs=(folder,)) as pool:
        list(pool.map(_sign, [files[:_WARM]] * workers * 2))
        clock = time.perf_counter()
        cpu = sum(pool.map(_sign, parts))
        clock = time.perf_counter() - clock
    return {
        "signed_pdfs_per_s": round(len(files) / clock, 1),
        "signed_pdfs_per_s_cpu": round(workers * len(files) / cpu, 1),
    }


def _open(folder: Path) -> None:
    _Press.here = _Press(folder)


def _sign(files: list[bytes]) -> float:
    """Seconds of processor time."""
    cpu = time.process_time()
    for data in files:
        _Press.here.signed(data)
    return time.process_time() - cpu


if __name__ == "__main__":
    main()
