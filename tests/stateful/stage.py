"""The beginning of every example: institutions, keys, series, bills on every step of their way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import boa
from contracts.support.acts import act_of
from contracts.support.events import Event
from contracts.support.merkle import Tree
from contracts.support.signed import account, signable
from contracts.support.world import (
    BEIJING,
    BUREAU,
    CHAOYANG,
    CLAIM,
    CLINIC,
    CODE,
    DAY,
    DISTRICTS,
    DONGCHENG,
    EMPLOYER,
    HEBEI,
    HOSPITAL,
    INSURER,
    OTHER_CODE,
    PLATFORM,
    START,
    VOUCHER,
    Grant,
    Header,
    World,
    word_of,
)
from eth_account.signers.local import LocalAccount

from .bench import Bench
from .model import Platform
from .model.bills import LARGEST_SUM, Signature
from .model.rules import PayerKind, Role
from .rebuild import Told
from .wire import Wire

FUND = b"11110000000054321X"
SCHOOL = b"12110000400000123K"
CODES = [b"9131000000000000%02d" % number for number in range(10, 16)]  # not admitted yet
REGIONS = [DONGCHENG, CHAOYANG, DISTRICTS, HEBEI, 100_000, 999_999]
NO_REGIONS = [1, 99_999, 1_000_000, 2**32 - 1]
KIND, OTHER_KIND = "medical-outpatient", "donation"
REIMBURSEMENT = b"reimbursement".ljust(32, b"\0")
SIGHT = b"sight".ljust(32, b"\0")


@dataclass(frozen=True)
class Stage:
    """What all examples have in common. Nobody changes it: `bench` is copied."""

    world: World
    bench: Bench
    act_id: Callable[[tuple[Any, ...]], bytes]
    holders: list[LocalAccount]
    signers: dict[str, LocalAccount]  # accounts that a test can sign with, by address
    actors: list[str]
    offices: list[tuple[str, int]]  # officers and their regions, besides the first

    def sign_batch(self, bench: Bench, signer: LocalAccount, said: tuple[Any, ...]) -> bytes:
        """An issuer's signature; the model is told who signed what."""
        signature = bytes(signer.sign_message(signable(self.world, said)).signature)
        bench.model.bills.signatures[signature] = Signature(signer.address, said)
        return signature

    def sign_grant(self, bench: Bench, holder: LocalAccount, grant: Grant) -> bytes:
        return self._consent(bench, holder, "grant", grant)

    def sign_revoke(self, bench: Bench, holder: LocalAccount, grant: Grant) -> bytes:
        return self._consent(bench, holder, "revoke", grant)

    def _consent(self, bench: Bench, holder: LocalAccount, what: str, grant: Grant) -> bytes:
        signature = bytes(getattr(self.world, f"sign_{what}")(grant, holder))
        known = (word_of(holder.address), what, grant)
        bench.model.consents.signatures[signature] = known
        return signature


def tree_of(world: World, bench: Bench, headers: list[Header]) -> Tree:
    """The tree over headers; the model is told what its root stands for."""
    tree = Tree([header.leaf(world.instance) for header in headers])
    bench.model.bills.contents[tree.root] = (headers, tree)
    return tree


def build() -> Stage:
    """Deploys, and does what every example begins with; all of it checked against the model."""
    world = World()
    addresses = {
        "IssuerRegistry": world.registry.address,
        "BillRegistry": world.bills.address,
        "ConsentRegistry": world.consents.address,
        "ReimbursementLedger": world.ledger.address,
    }
    # Plain functions, so that no copy of the model copies the world with it.
    digest = cache(lambda grant: world.grant_id(grant))
    act_id = cache(lambda act: act_of(*act))
    model = Platform(START, addresses, world.supervisor, digest, act_id)
    log = _replayed(world, model)
    bench = Bench(Wire(addresses), model)
    bench.log = log
    holders = [world.holder, account("second holder")]
    signers = [account(f"signer {number}") for number in range(6)]
    people = [world.stranger, *holders, *signers]
    fund_key = boa.env.generate_address("fund")
    keys = [*world.paying_key.values(), fund_key, world.hospital_key, world.clinic_key]
    regions = (PLATFORM, PLATFORM, BEIJING, BEIJING, DISTRICTS, CHAOYANG, HEBEI)
    offices = [(boa.env.generate_address("officer"), region) for region in regions]
    actors = [world.supervisor, *(officer for officer, _ in offices), *keys]
    actors += [one.address for one in people] + list(addresses.values())
    by_address = {one.address: one for one in signers}
    stage = Stage(world, bench, act_id, holders, by_address, actors, offices)
    _furnish(stage, fund_key)
    bench.compare_all()
    return stage


def _replayed(world: World, model: Platform) -> list[Told]:
    """What World did before the model was there; `compare_all` shows that it is the same."""
    inaugural = Event("OfficerAppointed", {"officer": world.supervisor, "region": PLATFORM})
    log: list[Told] = [(START, inaugural)]
    for function, *args in (
        ("admit_issuer", HOSPITAL, "北京协和医院", DONGCHENG),
        ("admit_issuer", CLINIC, "朝阳社区诊所", CHAOYANG),
        ("admit_payer", BUREAU, "北京市医疗保险事务管理中心", PayerKind.STATUTORY, BEIJING),
        ("admit_payer", INSURER, "示例人寿保险", PayerKind.COMMERCIAL, PLATFORM),
        ("admit_payer", EMPLOYER, "示例科技", PayerKind.EMPLOYER, DONGCHENG),
        ("register_key", world.hospital_key, HOSPITAL, Role.ISSUER),
        ("register_key", world.clinic_key, CLINIC, Role.ISSUER),
        ("register_key", world.bureau_key, BUREAU, Role.PAYER),
        ("register_key", world.insurer_key, INSURER, Role.PAYER),
        ("register_key", world.employer_key, EMPLOYER, Role.PAYER),
        ("open_series", CODE, KIND, BEIJING),
        ("grant_numbers", HOSPITAL, CODE, 100_000),
        ("grant_numbers", CLINIC, CODE, 50),
    ):
        outcome = model.call(function, world.supervisor, *args)
        log += [(START, event) for event in outcome.events]
    model.now = boa.env.timestamp
    return log


def _furnish(stage: Stage, fund_key: str) -> None:
    """Something in every state, so that every action is possible from the first step."""
    world, bench = stage.world, stage.bench
    supervisor, hospital, bureau = world.supervisor, world.hospital_key, world.bureau_key
    hand, clerk, stolen = list(stage.signers)[:3]
    for function, *args in (
        *(("appoint_officer", *office) for office in stage.offices),
        ("register_key", hand, HOSPITAL, Role.ISSUER),
        ("register_key", clerk, CLINIC, Role.ISSUER),
        ("register_key", stolen, HOSPITAL, Role.ISSUER),
        ("admit_payer", FUND, "示例公积金中心", PayerKind.PROVIDENT_FUND, BEIJING),
        ("register_key", fund_key, FUND, Role.PAYER),
        ("admit_issuer", SCHOOL, "示例大学", 110108),
        ("suspend_issuer", SCHOOL),
        ("admit_payer", SCHOOL, "示例大学", PayerKind.EMPLOYER, CHAOYANG),
        ("suspend_payer", SCHOOL),
        ("open_series", OTHER_CODE, OTHER_KIND, PLATFORM),
        ("grant_numbers", CLINIC, OTHER_CODE, 9),
        ("allow_kind", CLINIC, KIND, True),
    ):
        _done(bench, function, supervisor, *args)
    for _ in range(2):
        _done(bench, "request_numbers", hospital, CODE, 5)
    _done(bench, "approve_request", supervisor, 2)
    bills = _anchored(stage, [world.header(1 + i) for i in range(6)], hospital)
    other = {"holder": word_of(stage.holders[1].address), "at_source_fen": 40_000}
    _anchored(stage, [world.header(7 + i, **other) for i in range(3)], hospital)
    bench.wait_until(bench.model.now + 60)
    _anchored(stage, [world.header(10)], stolen)
    odd = [
        {"amount_fen": 2**96},
        {"at_source_fen": 100_001},
        {"issued_at": bench.model.now + DAY + 1},
        {"issued_at": bench.model.now - 31 * DAY - 1},
    ]
    _anchored(stage, [world.header(11 + i, **changes) for i, changes in enumerate(odd)], hospital)
    _done(bench, "disown_key", supervisor, stolen, bench.model.now)
    first = bills[0].key
    _done(bench, "swap_to_paper", hospital, first + 6, first + 6, "P 1")
    grants = [
        world.grant_for(first + i, payer, expires_at=bench.model.now + 300 * DAY, **changes)
        for i, payer, changes in (
            (0, BUREAU, {}),
            (1, BUREAU, {}),
            (2, INSURER, {"no_statutory": True}),
            (3, EMPLOYER, {"no_statutory": True}),
            (0, FUND, {"purpose": SIGHT}),
            (5, BUREAU, {}),
            # Grants that wait for their turn, or for another payer of the same bill.
            (2, EMPLOYER, {}),
            (0, INSURER, {"no_statutory": True}),
            # Grants for bills of which nothing can be claimed.
            (4, BUREAU, {"nonce": 2}),
            *((number, BUREAU, {}) for number in range(9, 14)),
        )
    ]
    for grant in grants:
        _done(bench, "grant", world.holder.address, grant)
    for index in (0, 1):
        proof = bench.model.bills.path(first + index, first)
        claim = (CLAIM, 10_000, bench.model.now + DAY)
        _done(bench, "lock", bureau, bills[index], first, proof, grants[index], *claim)
    _done(bench, "settle", bureau, first + 1, first, CLAIM, 6_000, VOUCHER)
    original, red = ((bills[i], first, bench.model.bills.path(first + i, first)) for i in (1, 4))
    _done(bench, "reverse", hospital, original, red, first + 5, first, 3)


def _anchored(stage: Stage, headers: list[Header], key: str) -> list[Header]:
    tree = tree_of(stage.world, stage.bench, headers)
    total = min(LARGEST_SUM, sum(header.amount_fen for header in headers))
    batch = (headers[0].key, len(headers), tree.root, total)
    _done(stage.bench, "anchor", key, stage.world.segment, *batch)
    return headers


def _done(bench: Bench, function: str, caller: str, *args: Any) -> None:
    answer = bench.call(function, caller, *args)
    assert answer.accepted, (function, answer.reason)
