"""The contracts' flags: powers of two, in the order of the interface files; 0 is never set."""

from __future__ import annotations

from frontend_api.domain.states import PayerKind, Role

# IIssuerRegistry.Role, PayerKind, Standing.
ROLES = {1: Role.ISSUER, 2: Role.PAYER}
PAYER_KINDS = {
    1: PayerKind.STATUTORY,
    2: PayerKind.COMMERCIAL,
    4: PayerKind.EMPLOYER,
    8: PayerKind.PROVIDENT_FUND,
}
# IBillRegistry.Validity and Paper.
VOIDED, REVERSED, RED = 1, 2, 4
SWAPPED = 1
STANDINGS = {1: "ACTIVE", 2: "SUSPENDED", 4: "REVOKED"}

ROLE_FLAGS = {role: flag for flag, role in ROLES.items()}
PAYER_KIND_FLAGS = {kind: flag for flag, kind in PAYER_KINDS.items()}
