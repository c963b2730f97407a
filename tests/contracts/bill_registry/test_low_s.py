"""Of the two signatures that say the same, the one with the lower s is taken: exact to the unit.

Half the order of the curve lies between two whole numbers. A signature with the lower of them as
its s is made by choosing s and the random number first, and then the key that they belong to.
"""

import boa
import pytest
from eth_account import Account
from eth_utils import keccak

from ..support.signed import Signed, signable
from ..support.world import CODE, HOSPITAL, ISSUER

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
# The random number is 1: r is the x of the curve's generator, whose y is even.
R = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798
V_OF_EVEN, V_OF_ODD = 27, 28
LARGEST_S = ORDER // 2


def signature(s: int, v: int) -> bytes:
    return R.to_bytes(32) + s.to_bytes(32) + bytes([v])


@pytest.fixture
def batch(world):
    """Signed with the largest s that is low, by a key of the hospital's."""
    unsigned = (world.segment, CODE * 10**10 + 1, 1, b"\x05" * 32, 1, boa.env.timestamp + 60)
    message = signable(world, unsigned)
    digest = int.from_bytes(keccak(b"\x19\x01" + message.header + message.body))
    secret = (LARGEST_S - digest) * pow(R, -1, ORDER) % ORDER
    key = Account.from_key(secret.to_bytes(32)).address
    world.registry.register_key(key, HOSPITAL, ISSUER, sender=world.supervisor)
    return Signed(*unsigned, signature=signature(LARGEST_S, V_OF_EVEN))


def test_anchor_signed__largest_low_s__anchored(world, bills, batch):
    bills.anchor_signed([batch])
    assert bills.consumed(world.segment) == 1


def test_anchor_signed__smallest_high_s__reverts(world, bills, batch):
    """The twin of a good signature: the same key would come out."""
    twin = signature(ORDER - LARGEST_S, V_OF_ODD)
    with boa.reverts("signature: malformed"):
        bills.anchor_signed([batch._replace(signature=twin)])
    assert bills.consumed(world.segment) == 0
