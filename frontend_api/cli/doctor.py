"""doctor: what is missing, and how to mend it."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from frontend_api.bootstrap import (
    build,
    chain_of,
    find_anvil,
    load_kinds,
    open_database,
    read_record,
    require_fast_signing,
)
from frontend_api.domain.errors import PiaolianError
from frontend_api.settings import load


def doctor(context: typer.Context) -> None:
    """Look at everything the platform needs and say what is missing and how to mend it."""
    home: Path = context.obj
    checks: list[tuple[str, Callable[[], str]]] = [
        ("Python", _python),
        ("Anvil", lambda: str(find_anvil())),
        ("ape", lambda: _program("ape", "install the pinned packages: make runtime")),
        ("signing", _signing),
        ("kinds of bill", lambda: ", ".join(sorted(load_kinds()))),
        ("database", lambda: _database(home)),
        ("deployment", lambda: str(read_record(load(home).deployment_file).deployment.chain_id)),
        ("chain", lambda: _chain(home)),
    ]
    failed = [name for name, look in checks if not _passes(name, look)]
    if failed:
        raise typer.Exit(1)


def _passes(name: str, look: Callable[[], str]) -> bool:
    try:
        typer.echo(f"ok    {name}: {look()}")
    except FileNotFoundError as e:
        typer.echo(f"FAULT {name}: {e.filename} is missing; run `piaolian deploy` for this home")
    except (PiaolianError, ValueError, OSError) as e:
        typer.echo(f"FAULT {name}: {e}")
    else:
        return True
    return False


def _python() -> str:
    if sys.version_info[:2] != (3, 11):
        raise ValueError("the pinned packages were tried with Python 3.11 only: install it")
    return sys.version.split()[0]


def _program(name: str, mend: str) -> str:
    found = shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))
    if not found:
        raise ValueError(f"{name} is missing: {mend}")
    return found


def _signing() -> str:
    require_fast_signing()
    return "libsecp256k1"


def _database(home: Path) -> str:
    database = open_database(load(home))
    database.close()
    return database.url


def _chain(home: Path) -> str:
    settings = load(home)
    with chain_of(settings) as rpc_url:
        services = build(settings, rpc_url)
        try:
            services.engine.watch()
            if services.engine.fault:
                raise services.engine.fault
            return f"{rpc_url}, block {services.reader.head().number}"
        finally:
            services.close()
