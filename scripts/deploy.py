"""Deploy the four contracts, make them known to each other, and write down what was deployed.

    ape run deploy --network ethereum:local:foundry
    ape run deploy --network ethereum:piaolian:node --record PATH

Environment: PIAOLIAN_RPC_URL (the chain), PIAOLIAN_DEPLOYER_KEY (private key in hex; the deployer
becomes the first officer, for the whole platform), PIAOLIAN_INSTANCE (32 bytes in hex; random when
not set), PIAOLIAN_RECEIPT_SIGNER (address of the platform's receipt key) and PIAOLIAN_DOCUMENT_CA
(SHA-256 of the root certificate of its documents), both for the record, PIAOLIAN_DEPLOYMENT (the
record, when --record is not given).

Running it again changes nothing as long as the chain is the recorded one.
"""

import os
import secrets
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from scripts._deployment import (
    CONTRACTS,
    DeployedContract,
    Record,
    RecordUnusable,
    code_hash,
    compiled_project,
    connected,
    findings,
    is_throwaway,
    network_option,
    record_option,
    record_path,
)

KEY_VARIABLE = "PIAOLIAN_DEPLOYER_KEY"
INSTANCE_VARIABLE = "PIAOLIAN_INSTANCE"
SIGNER_VARIABLE = "PIAOLIAN_RECEIPT_SIGNER"
CA_VARIABLE = "PIAOLIAN_DOCUMENT_CA"


@click.command()
@network_option()
@record_option()
def cli(network: str, record: str | None) -> None:
    """Deploy the contracts once and write the deployment record."""
    with connected(network) as provider:
        path = record_path(record, provider.network.name)
        if path.exists() and not is_throwaway(network):
            _require_recorded_chain(provider, path)
            click.echo(f"Already deployed as recorded in {path}; nothing to do.")
            return
        deployment = _deploy(provider, _instance())
        deployment.write(path)
    for name, contract in deployment.contracts.items():
        click.echo(f"{name}: {contract.address}")
    click.echo(f"Recorded in {path}.")


def _require_recorded_chain(provider: Any, path: Path) -> None:
    wrong = [
        f"  {subject}: recorded {recorded}, found {found}"
        for subject, recorded, found in findings(provider, Record.read(path))
        if recorded != found
    ]
    if wrong:
        raise RecordUnusable(
            f"{path} is the record of another chain or of other contracts; nothing was deployed.\n"
            + "\n".join(wrong)
            + "\nConnect to the recorded chain, or move the record away to deploy anew."
        )


def _instance() -> bytes:
    given = os.environ.get(INSTANCE_VARIABLE)
    if given is None:
        return secrets.token_bytes(32)
    try:
        instance = bytes.fromhex(given.removeprefix("0x"))
    except ValueError as error:
        raise click.ClickException(f"{INSTANCE_VARIABLE} is not hexadecimal.") from error
    if len(instance) != 32:
        raise click.ClickException(f"{INSTANCE_VARIABLE} has {len(instance)} bytes instead of 32.")
    return instance


def _deployer(provider: Any) -> Any:
    import ape
    from ape_accounts.accounts import ApeSigner
    from eth_account import Account

    key = os.environ.get(KEY_VARIABLE)
    if not key:
        if provider.network.is_local:
            return ape.accounts.test_accounts[0]
        raise click.ClickException(f"Set {KEY_VARIABLE} to the deployer's private key in hex.")

    class KeyHolder(ApeSigner):
        """A key from the environment; it is never written to disk."""

        @property
        def address(self) -> Any:
            return Account.from_key(self.private_key).address

    try:
        holder = KeyHolder(private_key=key)
        _ = holder.address
    except ValueError:
        # Neither the key nor the error's words about it are shown.
        raise click.ClickException(f"{KEY_VARIABLE} is not a private key in hex.") from None
    return holder


def _deploy(provider: Any, instance: bytes) -> Record:
    deployer = _deployer(provider)
    # The bill and consent registers know the ledger for good, so its address is worked out
    # before it exists; the ledger refuses to start anywhere else.
    ledger = deployer.get_deployment_address(nonce=deployer.nonce + 3)
    address: dict[str, str] = {}
    contracts: dict[str, DeployedContract] = {}
    blocks: list[int] = []
    for name in CONTRACTS:
        receipt = _create(deployer, name, _arguments(name, instance, ledger, address))
        address[name] = str(receipt.contract_address)
        blocks.append(receipt.block_number)
        contracts[name] = DeployedContract(
            address=address[name],
            code_hash=code_hash(provider, address[name]),
            tx_hash=str(receipt.txn_hash),
        )
    _appoint(deployer, address)
    return Record(
        network=provider.network.name,
        chain_id=provider.chain_id,
        instance="0x" + instance.hex(),
        supervisor=str(deployer.address),
        deployed_at_block=blocks[0],
        deployed_block_hash="0x" + bytes(provider.web3.eth.get_block(blocks[0])["hash"]).hex(),
        contracts=contracts,
        versions={"vyper": version("vyper"), "ape": version("eth-ape")},
        receipt_signer=os.environ.get(SIGNER_VARIABLE),
        document_ca=os.environ.get(CA_VARIABLE),
    )


def _arguments(name: str, instance: bytes, ledger: str, address: dict[str, str]) -> tuple:
    if name == "IssuerRegistry":
        return (instance,)
    if name == "ReimbursementLedger":
        return (address["IssuerRegistry"], address["BillRegistry"], address["ConsentRegistry"])
    return (address["IssuerRegistry"], ledger)


def _create(deployer: Any, name: str, arguments: tuple) -> Any:
    project = compiled_project()
    # Fees are named: a network without fees has no market to ask for them.
    transaction = getattr(project, name)(*arguments, max_fee=0, max_priority_fee=0)
    transaction.sender = deployer.address
    return deployer.call(transaction)


def _appoint(deployer: Any, address: dict[str, str]) -> None:
    """Tells the first contract of the second, which did not exist yet: it counts the numbers."""
    project = compiled_project()
    registry = project.IssuerRegistry.at(address["IssuerRegistry"], fetch_from_explorer=False)
    transaction = registry.appoint_bills.as_transaction(
        address["BillRegistry"], sender=deployer.address, max_fee=0, max_priority_fee=0
    )
    deployer.call(transaction)
