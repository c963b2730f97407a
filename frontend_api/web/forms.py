"""What was typed into the forms of the home page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import FormData, UploadFile

_YUAN = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2}))?\Z")
_LONGEST = 40  # of a field shown again; nothing on a bill's face that is asked for is longer


@dataclass(frozen=True, slots=True)
class Typed:
    """The four fields as typed; ``wrong`` names those that break a rule."""

    bill_code: str = ""
    bill_no: str = ""
    check_code: str = ""
    amount: str = ""
    wrong: frozenset[str] = frozenset()

    def body(self) -> dict[str, Any]:
        """As the body of a look-up; what is missing or no amount is left out, to be named."""
        fen = _fen(self.amount)
        given = {
            "bill_code": self.bill_code,
            "bill_no": self.bill_no,
            "check_code": self.check_code,
        }
        body: dict[str, Any] = {name: text for name, text in given.items() if text}
        return body if fen is None else {**body, "amount_fen": fen}

    def with_wrong(self, wrong: frozenset[str]) -> Typed:
        return replace(self, wrong=wrong)


def typed_of(form: FormData) -> Typed:
    """The look-up form; spaces around and inside are a typist's, not a bill's."""
    return Typed(
        bill_code=_text(form, "bill_code"),
        bill_no=_text(form, "bill_no"),
        check_code=_text(form, "check_code"),
        amount=_text(form, "amount"),
    )


def file_of(form: FormData) -> bytes:
    """The bytes of the uploaded file; empty if none was chosen."""
    file = form.get("file")
    return file.file.read() if isinstance(file, UploadFile) else b""


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return re.sub(r"\s", "", value)[:_LONGEST] if isinstance(value, str) else ""


def _fen(text: str) -> int | None:
    match = _YUAN.match(text.replace(",", "").replace("，", "").lstrip("¥￥"))
    if not match:
        return None
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
