import boa
import pytest

from ..support.world import created_address, deployer_of


def test_constructor__wired__names_the_three_others(world, ledger):
    assert ledger.registry() == world.registry.address
    assert ledger.bills() == world.bills.address
    assert ledger.consents() == world.consents.address
    assert ledger.PURPOSE() == b"reimbursement".ljust(32, b"\0")


@pytest.fixture
def deployer():
    address = boa.env.generate_address()
    with boa.env.prank(address):
        yield address


def test_constructor__not_at_the_expected_address__reverts(world, deployer):
    expected = created_address(deployer, 3)
    bills = deployer_of("BillRegistry").deploy(world.registry.address, expected)
    consents = deployer_of("ConsentRegistry").deploy(world.registry.address, expected)
    with boa.reverts("deploy: bills of other ledger"):
        deployer_of("ReimbursementLedger").deploy(
            world.registry.address, bills.address, consents.address
        )


def test_constructor__consents_expect_another_ledger__reverts(world, deployer):
    bills = deployer_of("BillRegistry").deploy(world.registry.address, created_address(deployer, 1))
    with boa.reverts("deploy: consents of other ledger"):
        deployer_of("ReimbursementLedger").deploy(
            world.registry.address, bills.address, world.consents.address
        )


def test_constructor__another_registry__reverts(world, deployer):
    registry = deployer_of("IssuerRegistry").deploy(b"\x01" * 32)
    expected = created_address(deployer, 3)
    bills = deployer_of("BillRegistry").deploy(registry.address, expected)
    consents = deployer_of("ConsentRegistry").deploy(world.registry.address, expected)
    with boa.reverts("deploy: consents of other registry"):
        deployer_of("ReimbursementLedger").deploy(registry.address, bills.address, consents.address)
    with boa.reverts("deploy: bills of other registry"):
        deployer_of("ReimbursementLedger").deploy(
            world.registry.address, bills.address, consents.address
        )
