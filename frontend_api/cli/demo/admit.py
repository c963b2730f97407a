"""The supervisor's part of the demonstration: admit institutions and grant numbers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from frontend_api.bootstrap import SampleInstitution, Services, sample_institutions
from frontend_api.cli.opened import follow
from frontend_api.domain.states import PayerKind, Role
from frontend_api.flow import supervise

NUMBERS_PER_GRANT = 1_000_000


@dataclass(frozen=True, slots=True)
class SignIns:
    """API keys of the demonstration: by kind of bill for issuers, by kind of payer for payers."""

    supervisor: str
    issuers: Mapping[str, str]
    payers: Mapping[PayerKind, str]
    names: Mapping[str, str]


def admit_all(services: Services, years: set[int]) -> SignIns:
    """Admit every sample institution, with keys, bill codes and numbers for ``years``."""
    institutions = sample_institutions(services.kinds)
    pending: list[int] = []
    for who in institutions:
        if who.role is Role.ISSUER:
            pending += _issuer(services, who, years)
        elif who.role is Role.PAYER:
            pending += _payer(services, who)
    for tx_id in pending:
        follow(services, tx_id)
    return _sign_ins(services, institutions)


def _issuer(services: Services, who: SampleInstitution, years: set[int]) -> list[int]:
    desk, keys = services.desk, services.keys
    address = keys.find(who.uscc, Role.ISSUER) or keys.create(who.uscc, Role.ISSUER)
    pending = [
        supervise.admit_issuer(desk, who.uscc, who.name, int(who.region) * 10_000),
        supervise.register_key(desk, address, who.uscc, Role.ISSUER),
    ]
    for name in who.kinds:
        for year in sorted(years):
            code = services.kinds[name].bill_code(who.region, year)
            pending.append(supervise.open_series(desk, code, name))
            pending.append(
                supervise.grant_numbers(desk, who.uscc, code, NUMBERS_PER_GRANT, "first")
            )
    return pending


def _payer(services: Services, who: SampleInstitution) -> list[int]:
    desk, keys = services.desk, services.keys
    assert who.payer_kind is not None
    address = keys.find(who.uscc, Role.PAYER) or keys.create(who.uscc, Role.PAYER)
    return [
        supervise.admit_payer(desk, who.uscc, who.name, who.payer_kind),
        supervise.register_key(desk, address, who.uscc, Role.PAYER),
    ]


def _sign_ins(services: Services, institutions: tuple[SampleInstitution, ...]) -> SignIns:
    create = services.api_keys.create
    issuers: dict[str, str] = {}
    payers: dict[PayerKind, str] = {}
    names: dict[str, str] = {}
    for who in institutions:
        if who.role is Role.ISSUER:
            key = create(Role.ISSUER, who.uscc, who.name)
            issuers |= dict.fromkeys(who.kinds, key)
        elif who.role is Role.PAYER and who.payer_kind:
            key = create(Role.PAYER, who.uscc, who.name)
            payers[who.payer_kind] = key
        else:
            continue
        names[key] = f"{who.name} {who.uscc}"
    supervisor = create(Role.SUPERVISOR, "", services.settings.supervisor_name)
    return SignIns(supervisor, issuers, payers, names)


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
