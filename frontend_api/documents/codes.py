"""What the QR codes on a bill say: its address, and the proof that needs no network."""

from __future__ import annotations

from frontend_api.commitment.bill_file import BillFile
from frontend_api.commitment.offline_code import TAG_BYTES, OfflineCode


def code_texts(bill_file: BillFile) -> list[str]:
    """The text of the code at the top right, and of a second one for a long audit path."""
    tag = bill_file.deployment.instance[:TAG_BYTES]
    return OfflineCode(tag, bill_file.header, bill_file.inclusion).texts(bill_file.verify_url)
