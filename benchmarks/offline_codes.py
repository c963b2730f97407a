"""How long an audit path the codes on a page can carry: sizes, and the coarsest scan that reads.

``python benchmarks/offline_codes.py`` draws real pages, with paths of each length, at falling
resolutions, plain and as a photo (tilted, blurred, JPEG), and reads the codes as ``verify`` does.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime

import qrcode
from PIL import Image, ImageFilter

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.fields import content_root, fields_of
from frontend_api.commitment.offline_code import OfflineCode, read_codes
from frontend_api.documents import DocumentMaker, photo_codes
from frontend_api.documents.qr import draw_qr, segments
from frontend_api.domain.anchor import Anchor, Deployment, Inclusion
from frontend_api.domain.bill import BillHeader
from frontend_api.domain.errors import MalformedInput
from frontend_api.domain.numbers import BillNumber
from frontend_api.kinds import load_kinds
from frontend_api.samples import generate

NODES = (0, 1, 2, 3, 4, 5, 6, 10, 14, 16)
RESOLUTIONS = (150, 120, 110, 100, 90, 80, 72, 65, 60)  # dots per inch
KIND = "medical_outpatient"


def main() -> None:
    """Print a row for each length."""
    kinds = load_kinds()
    maker = DocumentMaker(kinds)
    print(
        "nodes | bytes | characters | versions | module mm | px at 100 dpi | plain dpi | photo dpi"
    )
    for nodes in NODES:
        bill = _bill(maker, nodes)
        tag = bill.deployment.instance[:4]
        texts = OfflineCode(tag, bill.header, bill.inclusion).texts(bill.verify_url)
        versions = [_version(text) for text in texts]
        module = min(
            draw_qr(text).side_mm / (17 + 4 * version + 8)
            for text, version in zip(texts, versions, strict=True)
        )
        print(
            f"{nodes} | {sum(map(_bytes_in, texts))} | {'+'.join(str(len(t)) for t in texts)} | "
            f"{'+'.join(map(str, versions))} | {module:.2f} | {module / 25.4 * 100:.2f} | "
            f"{_coarsest(maker, bill, photo=False)} | {_coarsest(maker, bill, photo=True)}",
            flush=True,
        )


def _bill(maker: DocumentMaker, nodes: int) -> BillFile:
    """A sample bill whose path has so many nodes."""
    requests = generate(load_kinds(), 11, 400, datetime(2026, 11, 22, tzinfo=UTC))
    request = next(r for r in requests if r["kind"] == KIND)
    number = BillNumber.of("46060126", "0000700123")
    content = request | {
        "bill_code": number.code,
        "bill_no": number.number,
        "check_code": "k7m2x9",
        "at_source": request.get("at_source", 0),
        "issuer": {"uscc": "12460000DEM0000012", "name": "琼州省人民医院（样例）", "outlet": "01"},
        "supervisor": {"name": "琼州省财政厅（样例）"},
    }
    fields = fields_of(content, bytes(range(32)))
    header = BillHeader(
        number=number,
        amount_fen=content["total"],
        at_source_fen=content["at_source"],
        currency="CNY",
        holder=bytes(12) + hashlib.sha256(b"holder").digest()[:20],
        content_root=content_root(f.digest() for f in fields),
        issued_at=1_795_000_000,
    )
    address = "0x" + "11" * 20
    path = tuple(hashlib.sha256(bytes((i,))).digest() for i in range(nodes))
    index = 2**nodes // 2
    place = Inclusion(number.key - index, index, 2**nodes, path)
    deployment = Deployment(46600, hashlib.sha256(b"i").digest(), *(address,) * 4)
    return BillFile(
        header, fields, place, Anchor(1, bytes(32), 1_795_000_003, bytes(32)), deployment,
        maker.layout(KIND), f"https://piaolian.example/b/{number.key}/abcdefghijklmnopqrstuv",
    )  # fmt: skip


def _bytes_in(text: str) -> int:
    """How many bytes stand behind a code's digits."""
    return (int(text.rpartition("=")[2]).bit_length() + 7) // 8 - 1


def _version(text: str) -> int:
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_L, mask_pattern=3)
    for part in segments(text):
        code.add_data(part)
    code.make()
    return int(code.version)


def _coarsest(maker: DocumentMaker, bill: BillFile, *, photo: bool) -> int | str:
    """The lowest resolution down to which every one is read."""
    lowest: int | str = "none"
    for dpi in RESOLUTIONS:
        data = maker.pictures(bill, "png", ppi=dpi)[0]
        if not _reads(_as_photo(data) if photo else data, bill):
            break
        lowest = dpi
    return lowest


def _as_photo(png: bytes) -> bytes:
    page = Image.open(io.BytesIO(png)).convert("RGB")
    page = page.rotate(4, Image.Resampling.BICUBIC, expand=True, fillcolor="white")
    out = io.BytesIO()
    page.filter(ImageFilter.GaussianBlur(0.5)).save(out, "JPEG", quality=70)
    return out.getvalue()


def _reads(data: bytes, bill: BillFile) -> bool:
    try:
        read = read_codes(photo_codes(data))
    except MalformedInput:
        return False
    return replace(read, tag=b"") == OfflineCode(b"", bill.header, bill.inclusion)


if __name__ == "__main__":
    main()
