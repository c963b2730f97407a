"""(4) authority: trusted contracts, a key that was good at the time, and the issuer it names."""

from __future__ import annotations

from dataclasses import fields

from frontend_api.commitment.bill_file import BillFile
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.states import Role
from frontend_api.ports import ChainKey
from frontend_api.verify.facts import ChainFacts
from frontend_api.verify.report import Finding, invalid, unknown, valid


def check_authority(
    file: BillFile, pinned: Deployment | None, gated: ChainFacts | Finding
) -> Finding:
    """Judge who issued. ``gated`` is what :func:`anchored.gate` gave."""
    if pinned is None:
        return unknown("not-pinned")
    named = forged_member(file.deployment, pinned)
    if named:
        return invalid("forged-contracts", field=named)
    if isinstance(gated, Finding):
        return gated
    return _key_finding(gated) or _issuer_finding(file, gated)


def forged_member(named: Deployment, pinned: Deployment) -> str | None:
    """The first member in which the file's deployment is not the pinned one; None if it is."""
    for member in fields(Deployment):
        a, b = getattr(named, member.name), getattr(pinned, member.name)
        same = a.lower() == b.lower() if isinstance(a, str) else a == b
        if not same:
            return member.name
    return None


def window(key: ChainKey | None, anchored_at: int) -> int | None:
    """Since when the key was in wrong hands, if the batch was anchored inside that window."""
    if key and key.compromised_since and anchored_at >= key.compromised_since:
        return key.compromised_since
    return None


def dispute(facts: ChainFacts) -> int | None:
    """Since when the bill is disputed; None once the supervisor has vouched for it."""
    assert facts.batch is not None
    since = window(facts.key, facts.batch.anchored_at)
    return since if facts.disputed and not facts.state.attested else None


def _key_finding(facts: ChainFacts) -> Finding | None:
    assert facts.batch is not None
    key, at = facts.key, facts.batch.anchored_at
    if key is None:
        return invalid("key-unknown")
    if key.role is not Role.ISSUER:
        return invalid("key-wrong-role")
    since = dispute(facts)
    if since:
        return invalid("disputed", since=since)
    if not key.trusted_at(at) and not window(key, at):  # a window that is left was vouched for
        return invalid("key-not-valid-then")
    return None if key.owner == facts.batch.issuer else invalid("issuer-differs")


def _issuer_finding(file: BillFile, facts: ChainFacts) -> Finding:
    assert facts.batch is not None
    if facts.issuer is None:
        return invalid("issuer-unknown")
    stated = stated_issuer(file)
    if stated.get("uscc") != facts.batch.issuer:
        return invalid("issuer-differs")
    if stated.get("name") != facts.issuer.name:
        return invalid("issuer-name-differs", issuer_name=facts.issuer.name)
    return valid(
        "authorised",
        issuer=facts.batch.issuer,
        issuer_name=facts.issuer.name,
        issuer_status=facts.issuer.status,
        signer=facts.batch.signer,
    )


def stated_issuer(file: BillFile) -> dict[str, object]:
    """The issuer's members as the fields state them; of a field that stands twice, neither."""
    stated: dict[str, object] = {}
    for member in ("uscc", "name"):
        values = [f.value for f in file.fields if f.path == f"/issuer/{member}"]
        stated[member] = values[0] if len(values) == 1 else None
    return stated
