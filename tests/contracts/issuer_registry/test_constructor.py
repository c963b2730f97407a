import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import PLATFORM, deployer_of

pytestmark = pytest.mark.usefixtures("world")

ZERO = "0x" + "00" * 20


def test_constructor__random_instance__deployer_is_the_first_officer():
    deployer = boa.env.generate_address()
    with boa.env.prank(deployer):
        registry = deployer_of("IssuerRegistry").deploy(b"\x07" * 32)
    expected = {"officer": deployer, "region": PLATFORM}
    assert events_of(registry) == [Event("OfficerAppointed", expected)]
    assert registry.instance() == b"\x07" * 32
    assert tuple(registry.officer(deployer)) == (PLATFORM, boa.env.timestamp, ZERO)
    assert registry.platform_officers() == 1
    assert tuple(registry.approval_rule()) == (1, 2**64 - 1)
    assert not registry.paused()


def test_constructor__zero_instance__reverts():
    with boa.reverts("instance: is zero"):
        deployer_of("IssuerRegistry").deploy(bytes(32))
