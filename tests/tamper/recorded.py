"""The recorded bundles, codes and lists of ``tests/vectors/proof_bundles.json``, ready to judge."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from frontend_api.commitment.bill_file import read_deployment
from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.canonical import canonical_json
from frontend_api.commitment.offline_code import TAG_BYTES, OfflineCode
from frontend_api.commitment.proof_bundle import ProofBundle
from frontend_api.commitment.roots_list import RootsList
from frontend_api.commitment.strict import StrictReader
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import InputError
from frontend_api.verify import TrustedBlocks, VerificationReport, unreadable_report, verify_bundle

from .qbft_blocks import Block, Validator, block_like

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "proof_bundles.json"
NOW = 1_800_000_000
VALIDATORS = tuple(Validator(i) for i in range(1, 5))


@cache
def vectors() -> dict[str, Any]:
    """The file as it was recorded."""
    found: dict[str, Any] = json.loads(VECTORS.read_bytes())
    return found


@cache
def deployment(name: str = "deployment") -> Deployment:
    return read_deployment(StrictReader("", vectors()[name], "vectors"))


def bundle_json(name: str = "one") -> dict[str, Any]:
    """A copy of a bundle's JSON, to be altered."""
    found: dict[str, Any] = json.loads(json.dumps(vectors()["bundles"][name]))
    return found


@cache
def bundle(name: str = "one") -> ProofBundle:
    return ProofBundle.from_bytes(canonical_json(bundle_json(name)))


def bill_file(name: str = "one") -> bytes:
    """A recorded bill's file."""
    return canonical_json(vectors()["bill_files"][name])


@cache
def roots() -> RootsList:
    return RootsList.from_bytes(canonical_json(vectors()["roots"]))


def code(name: str = "one") -> OfflineCode:
    """What the codes on a recorded bill say."""
    read = bundle(name)
    return OfflineCode(read.deployment.instance[:TAG_BYTES], read.header, read.inclusion)


def verify_url(name: str = "one") -> str:
    return f"https://piaolian.example/b/{bundle(name).header.number.key}/abcdefghijklmnopqrstuv"


@dataclass(frozen=True)
class Pin:
    """Trusts the deployments given, with the code that was recorded."""

    deployments: tuple[Deployment, ...]
    code: bytes | None = None

    def find(self, instance: bytes) -> Deployment | None:
        return next((d for d in self.deployments if d.instance == instance), None)

    def registry_code(self, instance: bytes) -> bytes | None:
        return self.code if self.find(instance) else None


@cache
def pin() -> Pin:
    return Pin((deployment(),), bytes.fromhex(vectors()["registry_code"][2:]))


@cache
def hashes(name: str = "one", parts: tuple[str, ...] = ("anchoring", "state")) -> TrustedBlocks:
    """Trust in a recorded bundle's blocks."""
    known = bundle(name).block_hashes()
    return TrustedBlocks(frozenset(known[part] for part in parts))


def judged(
    data: bytes | dict[str, Any], blocks: TrustedBlocks | None = None, pins: Pin | None = None
) -> VerificationReport:
    """The report on a bundle, as the command line makes it."""
    if isinstance(data, dict):
        data = canonical_json(data)
    trusted = hashes() if blocks is None else blocks
    try:
        return verify_bundle(data, pins or pin(), trusted, NOW)
    except InputError as e:
        return unreadable_report(e, NOW)


@cache
def genuine(
    name: str = "one", parts: tuple[str, ...] = ("anchoring", "state")
) -> VerificationReport:
    """The report on a recorded bundle as it is, some of its blocks being trusted."""
    return judged(bundle_json(name), hashes(name, parts))


def qbft_block(name: str = "one", part: str = "receipt", **more: object) -> Block:
    """A recorded bundle's block as a QBFT network would have it, not sealed yet."""
    header = BlockHeader.from_rlp(getattr(bundle(name), part).block)
    return block_like(header.members, VALIDATORS, **more)


def sealed_json(*sealers: Validator, name: str = "one", **more: object) -> dict[str, Any]:
    """A bundle whose two blocks are those of a QBFT network, sealed."""
    made = bundle_json(name)
    for part in ("receipt", "state"):
        block = qbft_block(name, part, **more).sealed_by(*(sealers or VALIDATORS[:3]))
        made[part]["block"] = "0x" + block.rlp().hex()
    return made


def by_seals(*validators: Validator) -> TrustedBlocks:
    """Trust in validators alone."""
    return TrustedBlocks(validators=frozenset(v.address for v in validators or VALIDATORS))
