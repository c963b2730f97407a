"""An institution (单位) as the supervisor admits it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from frontend_api.domain.states import PayerKind, Role
from frontend_api.domain.uscc import require_uscc

_REGION = re.compile(r"[1-9][0-9]\Z")
MAX_NAME_BYTES = 160  # the registry keeps the name on the chain


@dataclass(frozen=True, slots=True)
class Institution:
    """A supervisor, an issuer with its ``kinds`` of bill, or a payer with its ``payer_kind``.

    ``region`` are the two digits of GB/T 2260 that bill codes carry. Raises ValueError for a
    value that the registry would not take.
    """

    uscc: str
    name: str
    role: Role
    region: str = "46"
    kinds: tuple[str, ...] = ()
    payer_kind: PayerKind | None = None

    def __post_init__(self) -> None:
        try:
            require_uscc(self.uscc)
        except ValueError as e:
            raise ValueError(f"uscc {self.uscc!r} {e}") from e
        if not 0 < len(self.name.encode()) <= MAX_NAME_BYTES:
            raise ValueError(f"name must have 1 to {MAX_NAME_BYTES} bytes of UTF-8")
        if not _REGION.match(self.region):
            raise ValueError("region must be the first two digits of a GB/T 2260 code")
        if (self.role is Role.ISSUER) != bool(self.kinds):
            raise ValueError("kinds must be given for an issuer, and only for one")
        if (self.role is Role.PAYER) != (self.payer_kind is not None):
            raise ValueError("payer_kind must be given for a payer, and only for one")
