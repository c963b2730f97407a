import boa
from eth_abi import encode
from eth_utils import keccak

from ..support.world import deployer_of


def test_constructor__wired__instance_of_the_registry(world, consents):
    assert consents.instance() == world.instance
    assert consents.registry() == world.registry.address
    assert consents.ledger() == world.ledger.address


def test_constructor__no_ledger__reverts(world):
    with boa.reverts("deploy: ledger missing"):
        deployer_of("ConsentRegistry").deploy(world.registry.address, "0x" + "00" * 20)


def test_domain_separator__names_chain_contract_and_instance(world, consents):
    """INV-12."""
    domain_type = keccak(
        text="EIP712Domain(string name,string version,uint256 chainId,"
        "address verifyingContract,bytes32 salt)"
    )
    words = [
        domain_type,
        keccak(text="Piaolian Consent"),
        keccak(text="1"),
        boa.env.evm.patch.chain_id,
        consents.address,
        world.instance,
    ]
    types = ["bytes32", "bytes32", "bytes32", "uint256", "address", "bytes32"]
    assert consents.domain_separator() == keccak(encode(types, words))


def test_domain_separator__another_chain_id__another_separator(consents):
    before = consents.domain_separator()
    chain_id = boa.env.evm.patch.chain_id
    try:
        boa.env.evm.patch.chain_id = chain_id + 1
        assert consents.domain_separator() != before
    finally:
        boa.env.evm.patch.chain_id = chain_id
