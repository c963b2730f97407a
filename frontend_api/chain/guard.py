"""Is this the chain we know? Asked before anything is written to it, and again every minute."""

from __future__ import annotations

from frontend_api.chain.reader import EthReader
from frontend_api.chain.trust import DeploymentRecord
from frontend_api.domain.errors import WrongChain

_READ_ONLY = "Nothing is written; reading goes on"


def check_chain(reader: EthReader, record: DeploymentRecord) -> None:
    """Raises WrongChain, with the reason and what to do, or ChainUnreachable.

    Compares chain id, instance and the code of every contract with the deployment record.
    """
    deployment = record.deployment
    chain_id = reader.chain_id()
    if chain_id != deployment.chain_id:
        raise WrongChain(
            f"the RPC answers for chain {chain_id}, but this platform is deployed on chain "
            f"{deployment.chain_id}: check PIAOLIAN_RPC_URL. {_READ_ONLY}"
        )
    _check_code(reader, record)
    if reader.instance(deployment) != deployment.instance:
        raise WrongChain(
            "the contracts on the chain belong to another instance than the deployment record: "
            f"check which record is used. {_READ_ONLY}"
        )


def _check_code(reader: EthReader, record: DeploymentRecord) -> None:
    for name, contract in record.contracts.items():
        code = reader.code_hash(contract.address)
        if code is None:
            raise WrongChain(
                f"there is no contract at {contract.address} ({name}): the chain came back empty, "
                f"or the deployment record is another network's. {_READ_ONLY}"
            )
        if code != contract.code_hash:
            raise WrongChain(
                f"the code of {name} at {contract.address} is not the code of the deployment "
                f"record: check which record is used, and who runs the chain. {_READ_ONLY}"
            )
