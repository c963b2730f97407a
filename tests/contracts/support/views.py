"""What every view answers to one set of arguments that hits something."""

from typing import Any

import boa

from .events import abi_of
from .world import BUREAU, CLAIM

READS = ("view", "pure")
REFUSED = "refused"


def readings(stage: Any, contract: str, sender: str) -> dict[str, Any]:
    """View by name → answer, or that it was refused."""
    found = {}
    for entry in abi_of(contract):
        if entry.get("stateMutability") not in READS:
            continue
        arguments = [_argument(stage, member) for member in entry["inputs"]]
        try:
            view = getattr(stage.contract(contract), entry["name"])
            found[entry["name"]] = view(*arguments, sender=sender)
        except boa.BoaError:
            found[entry["name"]] = REFUSED
    assert any(answer != REFUSED for answer in found.values())
    return found


def _argument(stage: Any, member: dict) -> Any:
    named = {
        "header": stage.free.headers[0],
        "grant": stage.grant,
        "batch_id": stage.free.batch_id,
        "bill_key": stage.claimed.batch_id,
        "path": [],
        "key": stage.world.hospital_key,
        "role": 1,
        "segment_id": stage.world.segment,
        "uscc": BUREAU,
        "kind": "donation",
        "payer": BUREAU,
        "claim_id": CLAIM,
        "grant_id": stage.used_grant,
        "request_id": stage.asked,
        "application_id": stage.applied,
        "account": stage.world.supervisor,
    }
    plain = {
        "uint64": 1,
        "uint32": 1,
        "uint128": 1,
        "bytes32": bytes(32),
        "address": "0x" + "77" * 20,
    }
    return named[member["name"]] if member["name"] in named else plain[member["type"]]
