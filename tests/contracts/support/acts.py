"""Acts that take several officers: how they are named, and a platform that asks for them."""

from typing import Any

from eth_abi import encode
from eth_utils import keccak

from .events import abi_of
from .world import PLATFORM


def act_of(function: str, *arguments: Any) -> bytes:
    """The Keccak-256 of a call's data, by another library than the contract's."""
    entry = next(e for e in abi_of("IssuerRegistry") if e.get("name") == function)
    types = [member["type"] for member in entry["inputs"]]
    selector = keccak(text=f"{function}({','.join(types)})")[:4]
    return keccak(selector + encode(types, arguments))


def officers(world, count: int, region: int = PLATFORM) -> list[str]:
    """So many new officers of a region."""
    return [world.officer(region) for _ in range(count)]


def need(world, approvals: int, grant_limit: int = 2**64 - 1) -> list[str]:
    """From now on an act takes so many officers; these are they, the supervisor first."""
    agreeing = [world.supervisor, *officers(world, approvals - 1)]
    for officer in agreeing:
        world.registry.set_approval_rule(approvals, grant_limit, sender=officer)
    return agreeing
