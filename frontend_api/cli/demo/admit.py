"""The supervisor's part of the demonstration: admit institutions and grant numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from frontend_api.bootstrap import Services, sample_institutions
from frontend_api.cli.admitting import admit
from frontend_api.domain.states import PayerKind, Role

NUMBERS_PER_GRANT = 1_000_000


@dataclass(frozen=True, slots=True)
class SignIns:
    """API keys of the demonstration: by kind of bill for issuers, by kind of payer for payers."""

    supervisor: str
    issuers: Mapping[str, str]
    payers: Mapping[PayerKind, str]
    names: Mapping[str, str]


def admit_all(services: Services, years: set[int], numbers: int = NUMBERS_PER_GRANT) -> SignIns:
    """Admit every sample institution, with keys, bill codes and numbers for ``years``."""
    institutions = sample_institutions(services.kinds)
    keys = admit(services, institutions, years, numbers)
    create = services.api_keys.create
    return SignIns(
        supervisor=create(Role.SUPERVISOR, "", services.settings.supervisor_name),
        issuers={kind: key for who, key in keys.items() for kind in who.kinds},
        payers={who.payer_kind: key for who, key in keys.items() if who.payer_kind},
        names={key: f"{who.name} {who.uscc}" for who, key in keys.items()},
    )


def save_sign_ins(home: Path, sign_ins: SignIns) -> None:
    """Keep the sign-ins beside the demonstration's home, readable by its owner alone."""
    file = home / "sign-ins.json"
    file.touch(mode=0o600)
    file.write_text(
        json.dumps(
            {
                "supervisor": sign_ins.supervisor,
                "issuers": dict(sign_ins.issuers),
                "payers": {str(kind): key for kind, key in sign_ins.payers.items()},
                "names": dict(sign_ins.names),
            },
            ensure_ascii=False,
            indent=2,
        )
    )


def load_sign_ins(home: Path) -> SignIns:
    """What :func:`save_sign_ins` kept."""
    kept = json.loads((home / "sign-ins.json").read_text())
    payers = {PayerKind(kind): key for kind, key in kept["payers"].items()}
    return SignIns(kept["supervisor"], kept["issuers"], payers, kept["names"])
