"""Is this the chain we know? Asked before anything is written to it."""

from __future__ import annotations

from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import WrongChain
from frontend_api.ports import ChainReader


def check_chain(reader: ChainReader, deployment: Deployment) -> None:
    """Raises WrongChain, with the reason and what to do, or ChainUnreachable."""
    chain_id = reader.chain_id()
    if chain_id != deployment.chain_id:
        raise WrongChain(
            f"the RPC answers for chain {chain_id}, but this platform is deployed on chain "
            f"{deployment.chain_id}: check PIAOLIAN_RPC_URL. Nothing is written; reading goes on"
        )
    instance = reader.instance(deployment)
    if instance is None:
        raise WrongChain(
            f"there is no contract at {deployment.issuer_registry}: the chain came back empty, or "
            "the deployment record is another network's. Nothing is written; reading goes on"
        )
    if instance != deployment.instance:
        raise WrongChain(
            "the contracts on the chain belong to another instance than the deployment record: "
            "check which record is used. Nothing is written; reading goes on"
        )
