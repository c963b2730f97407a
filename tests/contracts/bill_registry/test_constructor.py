import boa

from ..support.world import deployer_of


def test_constructor__wired__instance_of_the_registry(world, bills):
    assert bills.instance() == world.instance
    assert bills.registry() == world.registry.address
    assert bills.ledger() == world.ledger.address


def test_constructor__no_ledger__reverts(world):
    with boa.reverts("deploy: ledger missing"):
        deployer_of("BillRegistry").deploy(world.registry.address, "0x" + "00" * 20)


def test_constructor__registry_is_no_contract__reverts(world):
    with boa.reverts():
        deployer_of("BillRegistry").deploy(boa.env.generate_address(), world.ledger.address)
