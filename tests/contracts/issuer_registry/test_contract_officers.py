"""An office is the account's that deploys or accepts, whoever signed the transaction."""

import boa
from eth_abi import encode

from ..support.events import Event, events_of
from ..support.relay import Relay
from ..support.world import BEIJING, PLATFORM, deployer_of

FACTORY = """
@external
def create(code: Bytes[49152]) -> address:
    return raw_create(code)
"""


def test_constructor__by_a_contract__the_contract_is_the_first_officer(world):
    factory, deployer = boa.loads(FACTORY), deployer_of("IssuerRegistry")
    code = deployer.compiler_data.bytecode + encode(["bytes32"], [world.instance])
    signer = boa.env.generate_address("signer")
    registry = deployer.at(factory.create(code, sender=signer))
    assert registry.officer(factory.address).appointed_at == boa.env.timestamp
    assert registry.officer(signer).appointed_at == 0
    assert registry.platform_officers() == 1


def test_accept_office__by_a_safe_that_another_officer_signs_for__is_the_safes(world, registry):
    safe, signer = Relay(), world.officer(BEIJING)
    registry.transfer_office(safe.address, sender=world.supervisor)
    safe.call(registry.accept_office, world.supervisor, origin=signer)
    expected = {"predecessor": world.supervisor, "officer": safe.address, "region": PLATFORM}
    assert events_of(safe.contract) == [Event("OfficeTransferred", expected)]
    assert registry.officer(safe.address).region == PLATFORM
    assert registry.officer(signer).region == BEIJING
