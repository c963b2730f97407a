"""The contracts' flags (powers of two, in the order of the interface files) by name."""

from __future__ import annotations

from frontend_api.domain.states import PayerKind, Role

ROLES = {1: Role.ISSUER, 2: Role.PAYER}
PAYER_KINDS = {
    1: PayerKind.STATUTORY,
    2: PayerKind.COMMERCIAL,
    4: PayerKind.EMPLOYER,
    8: PayerKind.PROVIDENT_FUND,
}
