"""An institution (单位) as the supervisor admits it."""

from __future__ import annotations

from dataclasses import dataclass

from frontend_api.domain.states import PayerKind, Role
from frontend_api.domain.uscc import require_uscc

NATIONWIDE = 0
_WITHIN_PROVINCE = 10_000
_REGIONS = range(100_000, 1_000_000)
MAX_NAME_BYTES = 160  # the registry keeps the name on the chain


@dataclass(frozen=True, slots=True)
class Institution:
    """A supervisor, an issuer with its ``kinds`` of bill, or a payer with its ``payer_kind``.

    ``region`` are the six digits of GB/T 2260; ``NATIONWIDE`` for a payer or supervisor of all
    regions. Raises ValueError for a value that the registry would not take.
    """

    uscc: str
    name: str
    role: Role
    region: int = NATIONWIDE
    kinds: tuple[str, ...] = ()
    payer_kind: PayerKind | None = None

    def __post_init__(self) -> None:
        try:
            require_uscc(self.uscc)
        except ValueError as e:
            raise ValueError(f"uscc {self.uscc!r} {e}") from e
        if not 0 < len(self.name.encode()) <= MAX_NAME_BYTES:
            raise ValueError(f"name must have 1 to {MAX_NAME_BYTES} bytes of UTF-8")
        nationwide = self.region == NATIONWIDE and self.role is not Role.ISSUER
        if not nationwide and self.region not in _REGIONS:
            raise ValueError("region must be a GB/T 2260 code of six digits")
        if (self.role is Role.ISSUER) != bool(self.kinds):
            raise ValueError("kinds must be given for an issuer, and only for one")
        if (self.role is Role.PAYER) != (self.payer_kind is not None):
            raise ValueError("payer_kind must be given for a payer, and only for one")

    @property
    def province(self) -> int:
        """The region of its province: six digits, the last four of them zeros."""
        return self.region // _WITHIN_PROVINCE * _WITHIN_PROVINCE

    @property
    def code_prefix(self) -> str:
        """The two digits of its province, with which bill codes begin."""
        return str(self.region // _WITHIN_PROVINCE)
