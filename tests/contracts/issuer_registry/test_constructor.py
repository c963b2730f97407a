import boa
import pytest

from ..support.events import Event, events_of
from ..support.world import deployer_of

pytestmark = pytest.mark.usefixtures("world")

ZERO = "0x" + "00" * 20


def test_constructor__random_instance__deployer_is_supervisor():
    deployer = boa.env.generate_address()
    with boa.env.prank(deployer):
        registry = deployer_of("IssuerRegistry").deploy(b"\x07" * 32)
    expected = {"previous_supervisor": ZERO, "supervisor": deployer}
    assert events_of(registry) == [Event("SupervisorTransferred", expected)]
    assert registry.instance() == b"\x07" * 32
    assert registry.supervisor() == deployer
    assert registry.pending_supervisor() == ZERO


def test_constructor__zero_instance__reverts():
    with boa.reverts("instance: is zero"):
        deployer_of("IssuerRegistry").deploy(bytes(32))
