"""What deploy and check share: the record on disk, and reading a deployment from the chain."""

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from eth_utils import keccak

ROOT = Path(__file__).resolve().parent.parent
FORMAT = "piaolian-deployment/1"
# Order of deployment: each contract after those that its constructor asks.
CONTRACTS = ("IssuerRegistry", "BillRegistry", "ConsentRegistry", "ReimbursementLedger")
RPC_VARIABLE = "PIAOLIAN_RPC_URL"
RECORD_VARIABLE = "PIAOLIAN_DEPLOYMENT"


class ChainUnreachable(click.ClickException):
    """No answer from the chain: nothing is known, nothing was changed."""

    exit_code = 2


class RecordUnusable(click.ClickException):
    """The record on disk cannot be read or belongs to another deployment."""


@dataclass(frozen=True)
class DeployedContract:
    """One contract: checksummed address, keccak of its code on chain, creating transaction."""

    address: str
    code_hash: str
    tx_hash: str


@dataclass(frozen=True)
class Record:
    """A deployment as written to disk. The block is the one that created the first contract.

    `supervisor` is the deployer, the first officer of the whole platform; `receipt_signer` the
    address whose signatures the platform's receipts carry, `document_ca` the SHA-256 of the root
    certificate under which its documents are signed, if the deployer knew them.
    """

    network: str
    chain_id: int
    instance: str
    supervisor: str
    deployed_at_block: int
    deployed_block_hash: str
    contracts: dict[str, DeployedContract]
    versions: dict[str, str]
    receipt_signer: str | None = None
    document_ca: str | None = None

    @classmethod
    def read(cls, path: Path) -> "Record":
        """Raises RecordUnusable when the file is not a record of this format."""
        if not path.is_file():
            raise RecordUnusable(f"There is no deployment record at {path}; deploy first.")
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if data.pop("format") != FORMAT:
                raise RecordUnusable(f"{path} is not of the format {FORMAT}.")
            contracts = {name: DeployedContract(**data["contracts"][name]) for name in CONTRACTS}
            return cls(**{**data, "contracts": contracts})
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RecordUnusable(
                f"{path} cannot be read as a deployment record: {error}"
            ) from error

    def write(self, path: Path) -> None:
        """All of it or nothing: temporary file, fsync, rename, fsync of the folder."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        with temporary.open("w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, **asdict(self)}, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def record_path(given: str | None, network: str) -> Path:
    """Where the record is: as given, else scripts/deployments/<network>.json."""
    return Path(given) if given else ROOT / "scripts" / "deployments" / f"{network}.json"


def network_option() -> Any:
    """`--network`, an ecosystem:network:provider triple as ape has it."""
    return click.option(
        "--network",
        default="ethereum:local:foundry",
        show_default=True,
        help=f"Network; ethereum:piaolian:node takes its RPC from {RPC_VARIABLE}.",
    )


def record_option() -> Any:
    """`--record`, or the environment's choice."""
    return click.option(
        "--record",
        envvar=RECORD_VARIABLE,
        help=f"The record; default ${RECORD_VARIABLE} or scripts/deployments/<network>.json.",
    )


def is_throwaway(network: str) -> bool:
    """Whether the chain lives no longer than the command: ape starts it and ends it."""
    return network.split(":")[1:2] in ([], ["local"])


@contextmanager
def connected(network: str) -> Iterator[Any]:
    """The provider of the network. Raises ChainUnreachable."""
    import ape
    from ape.exceptions import NetworkError, NetworkMismatchError, ProviderError
    from web3.middleware import ExtraDataToPOAMiddleware

    if ":piaolian" in network and not os.environ.get(RPC_VARIABLE):
        raise click.ClickException(f"Set {RPC_VARIABLE} to the RPC of the chain.")
    tools = (Path(sys.executable).parent, ROOT / "node_modules" / ".bin")
    os.environ["PATH"] = os.pathsep.join([*map(str, tools), os.environ.get("PATH", "")])
    context = ape.networks.parse_network_choice(network)
    try:
        provider = context.__enter__()
        provider.web3.eth.block_number  # noqa: B018 - the question whether it answers
    except NetworkMismatchError as error:
        raise click.ClickException(f"Another chain answers: {error}") from error
    except (ProviderError, NetworkError, OSError) as error:
        raise ChainUnreachable(f"The chain cannot be reached: {error}") from error
    try:
        # A chain of authorities has more extra data in its blocks than web3 expects.
        provider.web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
        yield provider
    finally:
        context.__exit__(None, None, None)


def compiled_project() -> Any:
    """The project, compiled from the contracts as they are now.

    ape's cache is not to be believed alone: when it compiles one changed contract it takes note of
    every source, and then goes on serving the old code of the others.
    """
    from ape import project

    digest = hashlib.sha256()
    for source in sorted((ROOT / "contracts").rglob("*.vy*")):
        digest.update(str(source.relative_to(ROOT)).encode() + b"\0" + source.read_bytes())
    marker = ROOT / ".build" / "contracts.sha256"
    if not marker.is_file() or marker.read_text() != digest.hexdigest():
        project.load_contracts(use_cache=False)
        marker.parent.mkdir(exist_ok=True)
        marker.write_text(digest.hexdigest())
    return project


def code_hash(provider: Any, address: str) -> str:
    """Keccak-256 of the code at an address; of nothing, when there is none."""
    return "0x" + keccak(bytes(provider.web3.eth.get_code(address))).hex()


def findings(provider: Any, record: Record) -> Iterator[tuple[str, str, str]]:
    """Every comparison of chain and record: what, as recorded, as found."""
    yield "chain id", str(record.chain_id), str(provider.chain_id)
    missing = False
    for name, contract in record.contracts.items():
        found = code_hash(provider, contract.address)
        missing = missing or found != contract.code_hash
        yield f"{name} code", contract.code_hash, found
    if missing:
        return
    project = compiled_project()
    address = {name: contract.address for name, contract in record.contracts.items()}
    at = {
        name: getattr(project, name).at(address[name], fetch_from_explorer=False)
        for name in CONTRACTS
    }
    for name in CONTRACTS[:3]:
        found = "0x" + bytes(at[name].instance()).hex()
        yield f"{name} instance", record.instance, found
    for name in CONTRACTS[1:]:
        yield f"{name} registry", address["IssuerRegistry"], str(at[name].registry())
    ledger = at["ReimbursementLedger"]
    yield "IssuerRegistry bills", address["BillRegistry"], str(at["IssuerRegistry"].bills())
    yield "BillRegistry ledger", ledger.address, str(at["BillRegistry"].ledger())
    yield "ConsentRegistry ledger", ledger.address, str(at["ConsentRegistry"].ledger())
    yield "ReimbursementLedger bills", address["BillRegistry"], str(ledger.bills())
    yield "ReimbursementLedger consents", address["ConsentRegistry"], str(ledger.consents())


def office_of_supervisor(record: Record) -> str:
    """What became of the first officer: offices change hands, so none of this is a mismatch."""
    address = record.contracts["IssuerRegistry"].address
    registry = compiled_project().IssuerRegistry.at(address, fetch_from_explorer=False)
    office = registry.officer(record.supervisor)
    if not office.appointed_at:
        return "holds no office any more"
    return f"holds the office of region {office.region} (0 is the whole platform)"
