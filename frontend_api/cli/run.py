"""deploy and serve."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from frontend_api.bootstrap import chain_of, new_authority, open_keys, receipt_signer, running
from frontend_api.cli.logs import log_to
from frontend_api.cli.signals import until_stopped
from frontend_api.domain.errors import StateConflict
from frontend_api.domain.states import Role
from frontend_api.settings import load, save

PROJECT = Path(__file__).resolve().parents[2]
NETWORK = "ethereum:piaolian:node"


def deploy(
    context: typer.Context,
    rpc: Annotated[
        str | None, typer.Option(help="JSON-RPC address; without one, the home's own Anvil")
    ] = None,
) -> None:
    """Deploy the contracts with the ape script, and make the platform's own keys."""
    home: Path = context.obj
    if rpc:
        save(home, rpc_url=rpc)
    settings = load(home)
    with chain_of(settings) as rpc_url:
        deploy_contracts(home, settings.deployment_file, rpc_url)


def deploy_contracts(home: Path, record: Path, rpc_url: str) -> None:
    """Run ``ape run deploy`` against a chain. Harmless when it is already deployed there.

    Raises StateConflict with what ape said.
    """
    if not (PROJECT / "ape-config.yaml").exists():
        raise StateConflict("deploying needs a checkout of the project: ape-config.yaml is missing")
    keys = open_keys(load(home))
    supervisor = keys.find("", Role.SUPERVISOR) or keys.create("", Role.SUPERVISOR)
    if keys.find("", Role.RELAYER) is None:
        keys.create("", Role.RELAYER)
    environment = {
        **os.environ,
        # A home that was deployed without an authority has a record that would not name it.
        **({} if record.exists() else {"PIAOLIAN_DOCUMENT_CA": new_authority(home)}),
        "PIAOLIAN_RPC_URL": rpc_url,
        "PIAOLIAN_RECEIPT_SIGNER": receipt_signer(keys),
        "PIAOLIAN_DEPLOYER_KEY": "0x" + keys.private_key(supervisor).hex(),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # ape recompiles at every start under it
    done = subprocess.run(
        [
            Path(sys.executable).with_name("ape"), "run", "deploy",
            "--network", NETWORK, "--record", str(record.resolve()),
        ],
        cwd=PROJECT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise StateConflict(f"deploying failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    for line in done.stdout.splitlines():
        if line.strip() and not line.startswith("INFO:"):
            typer.echo(line)


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port; 0 takes a free one")] = 8000,
) -> None:
    """Serve API and pages; the home's own Anvil, if it has no other chain, runs with it."""
    from frontend_api.server import serve as run_server

    log_to(sys.stderr)
    settings = load(context.obj)
    with (
        until_stopped(lambda: typer.echo("Stopped; everything is saved", err=True)),
        chain_of(settings) as rpc_url,
        running(settings, rpc_url) as services,
    ):
        run_server(services, host=host, port=port)
