"""Admission of institutions, with their signing keys, bill codes, numbers and API keys."""

from __future__ import annotations

import re
from collections.abc import Iterable

from frontend_api.bootstrap import Services
from frontend_api.cli.opened import follow
from frontend_api.domain.checks import Body
from frontend_api.domain.errors import FieldProblem, InvalidFields
from frontend_api.domain.institution import NATIONWIDE, Institution
from frontend_api.domain.states import PayerKind, Role
from frontend_api.flow import supervise

_REGION = re.compile(r"[1-9][0-9]{5}\Z")


def admit(
    services: Services, institutions: Iterable[Institution], years: set[int], numbers: int
) -> dict[Institution, str]:
    """Admit issuers and payers, and give each a new API key; doing it again changes nothing else.

    Issuers get ``numbers`` of every kind they may issue, for each year, from series of their
    province. Raises RefusedByContract.
    """
    admitted = [who for who in institutions if who.role in (Role.ISSUER, Role.PAYER)]
    pending: list[int] = []
    for who in admitted:
        if who.role is Role.ISSUER:
            pending += _issuer(services, who, years, numbers)
        else:
            pending += _payer(services, who)
    for tx_id in pending:
        follow(services, tx_id)
    return {who: services.api_keys.create(who.role, who.uscc, who.name) for who in admitted}


def _issuer(services: Services, who: Institution, years: set[int], numbers: int) -> list[int]:
    desk = services.desk
    pending = [
        supervise.admit_issuer(desk, who.uscc, who.name, who.region),
        supervise.register_key(desk, _key(services, who), who.uscc, Role.ISSUER),
    ]
    for name in who.kinds:
        for year in sorted(years):
            code = services.kinds[name].bill_code(who.code_prefix, year)
            pending.append(supervise.open_series(desk, code, name, who.province))
            pending.append(supervise.grant_numbers(desk, who.uscc, code, numbers, "first"))
    return pending


def _payer(services: Services, who: Institution) -> list[int]:
    assert who.payer_kind is not None
    return [
        supervise.admit_payer(services.desk, who.uscc, who.name, who.payer_kind, who.region),
        supervise.register_key(services.desk, _key(services, who), who.uscc, Role.PAYER),
    ]


def _key(services: Services, who: Institution) -> str:
    return services.keys.find(who.uscc, who.role) or services.keys.create(who.uscc, who.role)


def read_institutions(value: object, kinds: Iterable[str]) -> list[Institution]:
    """Institutions out of parsed JSON: a list of objects. Raises InvalidFields naming every fault.

    An issuer: ``uscc``, ``name``, ``region``, ``kinds``; a payer: ``uscc``, ``name``,
    ``payer_kind`` and, unless it is nationwide, ``region``.
    """
    if not isinstance(value, list):
        raise InvalidFields([FieldProblem("", "wrong-type", "must be a list of institutions")])
    known, found = set(kinds), []
    problems: list[FieldProblem] = []
    for index, item in enumerate(value):
        try:
            found.append(_institution(item, known))
        except InvalidFields as e:
            problems += [FieldProblem(f"/{index}{p.path}", p.code, p.message) for p in e.problems]
    if problems:
        raise InvalidFields(problems)
    return found


def _institution(item: object, known: set[str]) -> Institution:
    read = Body(item)
    uscc, name = read.uscc("uscc"), read.text("name", 53)
    payer = isinstance(item, dict) and "payer_kind" in item
    region = _region(read, None if not payer else "")
    kind = None
    kinds: tuple[str, ...] = ()
    if payer:
        label = read.label("payer_kind")
        kind = PayerKind.__members__.get(label)
        if kind is None:
            choices = ", ".join(PayerKind)
            read.problem("payer_kind", "not-a-choice", f"must be one of {choices}")
    else:
        kinds = _kinds(read, known)
    read.done()
    try:
        role = Role.PAYER if payer else Role.ISSUER
        return Institution(uscc, name, role, region, kinds, kind)
    except ValueError as e:
        raise InvalidFields([FieldProblem("", "invalid", str(e))]) from e


def _region(read: Body, default: str | None) -> int:
    digits = read.label("region", default)
    if not digits:
        return NATIONWIDE
    if not _REGION.match(digits):
        read.problem("region", "invalid", "must be a GB/T 2260 code of six digits")
        return NATIONWIDE
    return int(digits)


def _kinds(read: Body, known: set[str]) -> tuple[str, ...]:
    names = read.labels("kinds")
    for name in names:
        if name not in known:
            read.problem("kinds", "not-a-choice", f"{name!r} is none of {', '.join(sorted(known))}")
    return names
