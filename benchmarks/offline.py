"""Offline verification, bills a second and core: ``python -m benchmarks.offline``.

Whole bill files of one batch of 131,072 (paths of 17 nodes), as bytes, each read strictly, its
fields hashed and compared with the header, the header's leaf led to the batch's root. Two sizes: as
a hospital sends them, and with little more than must be there. One process, no chain.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from benchmarks.bills import bodies
from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.fields import Field, content_root, fields_of
from frontend_api.commitment.header import bill_leaf
from frontend_api.commitment.tree import MerkleTree
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.numbers import BillNumber
from frontend_api.verify.inclusion import check_inclusion
from frontend_api.verify.integrity import check_integrity
from frontend_api.verify.report import Verdict

BATCH = 2**17
_ADDRESS = "0x" + "5A" * 20
DEPLOYMENT = Deployment(20260, b"\x11" * 32, _ADDRESS, _ADDRESS, _ADDRESS, _ADDRESS)
_CODE = 46060126 * 10**10
_VERIFY_AT = "https://bills.example.org"


def main() -> None:
    """Print the rates as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bills", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    whole, small = (_measured(given.bills, given.rounds, small=small) for small in (False, True))
    print(json.dumps({"whole": whole, "small": small}))


def _measured(count: int, rounds: int, *, small: bool) -> dict[str, float]:
    files, root = _one_batch([orjson.loads(body) for _, body in bodies(count, small)])
    best = min(_seconds(files, root) for _ in range(rounds))
    return {
        "verifications_per_s": round(count / best),
        "fields": len(BillFile.from_bytes(files[0]).fields),
        "bytes": sum(map(len, files)) // count,
    }


def _seconds(files: Sequence[bytes], root: bytes) -> float:
    started = time.process_time()
    sound = sum(_holds(data, root) for data in files)
    seconds = time.process_time() - started
    assert sound == len(files)
    return seconds


def _holds(data: bytes, root: bytes) -> bool:
    file = BillFile.from_bytes(data)
    whole = check_integrity(file).verdict is Verdict.VALID
    return whole and check_inclusion(file, DEPLOYMENT)[1] == root


def _one_batch(requests: Sequence[dict[str, Any]]) -> tuple[list[bytes], bytes]:
    made = [_content(request, place) for place, request in enumerate(requests)]
    leaves = [bill_leaf(header, DEPLOYMENT.instance) for header, _ in made]
    leaves += [os.urandom(32) for _ in range(BATCH - len(leaves))]
    tree = MerkleTree.over(leaves)
    files = [
        BillFile(
            header=header,
            fields=fields,
            inclusion=Inclusion(_CODE + 1, place, BATCH, tree.path(place)),
            anchor=Anchor(7, b"\x22" * 32, header.issued_at, b"\x33" * 32),
            deployment=DEPLOYMENT,
            layout="1/none",
            verify_url=f"{_VERIFY_AT}/b/{header.number.key}/AAAAAAAAAAAAAAAAAAAAAA",
        ).to_bytes()
        for place, (header, fields) in enumerate(made)
    ]
    return files, tree.root


def _content(request: dict[str, Any], place: int) -> tuple[BillHeader, tuple[Field, ...]]:
    number = BillNumber(_CODE + 1 + place)
    content = request | {
        "at_source": request.get("at_source", 0),
        "bill_code": number.code,
        "bill_no": number.number,
        "check_code": "k7m2x9",
        "issuer": {"name": "样例市人民医院", "outlet": "01", "uscc": "12460000DEM0000012"},
        "supervisor": {"name": "样例省财政厅"},
        "verify_at": _VERIFY_AT,
    }
    fields = fields_of(content, os.urandom(32))
    issued_at = int(datetime.fromisoformat(content["issued_at"]).astimezone(UTC).timestamp())
    header = BillHeader(
        number, content["total"], content["at_source"], content["currency"], b"\x44" * 32,
        content_root(field.digest() for field in fields), issued_at,
    )  # fmt: skip
    return header, fields


if __name__ == "__main__":
    main()
