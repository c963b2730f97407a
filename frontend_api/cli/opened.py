"""What a command works on: the platform of a home, its chain, a bill, records that are trusted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path

from frontend_api.bootstrap import Services, chain_of, running
from frontend_api.domain.errors import StateConflict
from frontend_api.domain.numbers import BillNumber
from frontend_api.flow.command import outcome
from frontend_api.ports import Transaction
from frontend_api.settings import load


@contextmanager
def platform(home: Path) -> Iterator[Services]:
    """The platform in ``home``, its chain running and its engine at work."""
    settings = load(home)
    with chain_of(settings) as rpc_url, running(settings, rpc_url) as services:
        yield services


@contextmanager
def node(home: Path, rpc: str | None) -> Iterator[str]:
    """The RPC address that was named, or that of the chain of the platform in ``home``."""
    with nullcontext(rpc) if rpc else chain_of(load(home)) as url:
        yield url


def trusted_records(home: Path, named: Sequence[Path] | None) -> list[Path]:
    """The deployment records that count: those named, or those of the platforms in ``home``."""
    own = sorted({home / "deployment.json", *home.glob("*/deployment.json")})
    return [path for path in named or own if path.exists()]


def bill_number(text: str) -> BillNumber:
    """``46060126-0000000001`` as on the face. Raises StateConflict with the right form."""
    code, _, number = text.partition("-")
    try:
        return BillNumber.of(code, number)
    except ValueError as e:
        raise StateConflict(f"{text!r} is not a bill: {e}; write it as 46060126-0000000001") from e


def follow(services: Services, tx_id: int) -> Transaction:
    """The chain's answer. Raises RefusedByContract, or StateConflict when it takes too long."""
    if not services.engine.wait_for(
        lambda: services.desk.outbox.get(tx_id).state.final, services.settings.wait_seconds
    ):
        raise StateConflict(
            f"accepted as transaction {tx_id}, but the chain has not answered yet: ask again later"
        )
    found = outcome(services.desk, tx_id)
    assert found is not None
    return found
