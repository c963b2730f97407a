"""Supervise: the finance department admits institutions and grants numbers.

Each command names itself, so that doing it twice changes nothing. Regions are six digits of
GB/T 2260, or 0 for all of them; the contract refuses an officer of another region.
"""

from __future__ import annotations

from frontend_api.domain.states import PayerKind, Role
from frontend_api.domain.uscc import require_uscc
from frontend_api.flow.command import Command, submit
from frontend_api.flow.desk import Desk
from frontend_api.ports import Call, Purpose

SUPERVISOR = ""  # the supervisor has no USCC here: its officers stand in the contract


def admit_issuer(desk: Desk, uscc: str, name: str, region: int) -> int:
    """Enter an issuer of a region; returns the transaction's id."""
    require_uscc(uscc)
    return _once(desk, f"issuer/{uscc}", desk.calls.admit_issuer(uscc, name, region))


def suspend_issuer(desk: Desk, uscc: str, label: str) -> int:
    """Stop an issuer for a time; ``label`` tells one suspension from another."""
    return _once(desk, f"suspend/{uscc}/{label}", desk.calls.suspend_issuer(uscc))


def resume_issuer(desk: Desk, uscc: str, label: str) -> int:
    """Let a suspended issuer act again; ``label`` tells one resumption from another."""
    return _once(desk, f"resume/{uscc}/{label}", desk.calls.resume_issuer(uscc))


def admit_payer(desk: Desk, uscc: str, name: str, kind: PayerKind, region: int) -> int:
    """Enter a payer, whose officers are those of ``region``; returns the transaction's id."""
    require_uscc(uscc)
    return _once(desk, f"payer/{uscc}", desk.calls.admit_payer(uscc, name, kind, region))


def register_key(desk: Desk, address: str, owner: str, role: Role) -> int:
    """Bind a signing key to an institution; returns the transaction's id."""
    return _once(desk, f"key/{address}", desk.calls.register_key(address, owner, role))


def open_series(desk: Desk, bill_code: str, kind: str, region: int) -> int:
    """Open a bill code for a kind of bill and the issuers of ``region``; the transaction's id."""
    return _once(desk, f"series/{bill_code}", desk.calls.open_series(bill_code, kind, region))


def grant_numbers(desk: Desk, issuer: str, bill_code: str, count: int, label: str) -> int:
    """Grant the next numbers of a code; ``label`` tells one grant from another."""
    call = desk.calls.grant_numbers(issuer, bill_code, count)
    return _once(desk, f"numbers/{issuer}/{bill_code}/{label}", call)


def _once(desk: Desk, subject: str, call: Call) -> int:
    command = Command.of(SUPERVISOR, Role.SUPERVISOR, subject, {"call": "0x" + call.data.hex()})
    return submit(desk, command, Purpose.SUPERVISE, subject, lambda: call)
