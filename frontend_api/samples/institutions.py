"""The institutions of the demonstration: a supervisor, issuers, payers; invented, and named so."""

from __future__ import annotations

from collections.abc import Mapping

from frontend_api.domain.institution import NATIONWIDE, Institution
from frontend_api.domain.kind import Kind
from frontend_api.domain.states import PayerKind, Role
from frontend_api.samples.recipe import recipes
from frontend_api.samples.units import unit

REGION = 460000  # the province whose digits the samples' bill codes carry


def sample_institutions(kinds: Mapping[str, Kind]) -> tuple[Institution, ...]:
    """The supervisor, then one issuer per name in the kinds' samples, then three payers."""
    return (_SUPERVISOR, *_issuers(kinds), *_PAYERS)


def _issuers(kinds: Mapping[str, Kind]) -> list[Institution]:
    issued: dict[tuple[str, str], list[str]] = {}
    for recipe in recipes(kinds):
        key = (recipe.issuer["uscc"], recipe.issuer["name"])
        issued.setdefault(key, []).append(recipe.kind.name)
    return [
        Institution(uscc, name, Role.ISSUER, REGION, tuple(names))
        for (uscc, name), names in issued.items()
    ]


def _of(first_17: str, name: str, role: Role, payer: PayerKind | None = None) -> Institution:
    made = unit(first_17, name)
    region = NATIONWIDE if payer is PayerKind.COMMERCIAL else REGION
    return Institution(made.uscc, made.name, role, region, payer_kind=payer)


_SUPERVISOR = _of("11460000DEM000900", "琼州省财政厅（样例）", Role.SUPERVISOR)
_PAYERS = (
    _of("11460000DEM000911", "琼州省医疗保障局（样例）", Role.PAYER, PayerKind.STATUTORY),
    _of("91460000DEM000912", "椰风健康保险股份有限公司（样例）", Role.PAYER, PayerKind.COMMERCIAL),
    _of("91460000DEM000913", "琼州海岸制造有限公司（样例）", Role.PAYER, PayerKind.EMPLOYER),
)
