"""QBFT's header hashing, extra data and committed seals, against Besu's rules and vectors."""

from __future__ import annotations

import pytest
import rlp
from eth_utils.crypto import keccak
from tamper.qbft_blocks import Validator, block_like, some_members

from frontend_api.commitment.block_header import BlockHeader
from frontend_api.commitment.qbft import ExtraData, quorum
from frontend_api.domain.errors import ProofRejected

FOUR = [Validator(i) for i in range(1, 5)]
ZEROS = "00" * 32
# extraData of a first block, as Besu's own tests have it.
PUBLISHED = {
    (
        "4592c8e45706cc08b8f44b11e43cba0cfc5892cb", "06e23768a0f59cf365e18c2e0c89e151bcdedc70",
        "c5327f96ee02d7bcbc1bf1236b8c15148971e1de", "ab5e7f4061c605820d3744227eed91ff8e2c8908",
    ): "f87aa0" + ZEROS + "f854944592c8e45706cc08b8f44b11e43cba0cfc5892cb9406e23768a0f59cf365e18c2e"
    "0c89e151bcdedc7094c5327f96ee02d7bcbc1bf1236b8c15148971e1de94ab5e7f4061c605820d3744227eed91ff8e"
    "2c8908c080c0",
    ("d5feb0fc5a54a89f97aeb34c3df15397c19f6dd2", "d6a9a4c886eb008ac307abdc1f38745c1dd13a88"):
    "f84fa0" + ZEROS + "ea94d5feb0fc5a54a89f97aeb34c3df15397c19f6dd294d6a9a4c886eb008ac307abdc1f38"
    "745c1dd13a88c080c0",
}  # fmt: skip


@pytest.mark.parametrize(("validators", "extra"), PUBLISHED.items())
def test_extra_data__published_vectors__are_read_and_written(
    validators: tuple[str, ...], extra: str
) -> None:
    read = ExtraData.from_rlp(bytes.fromhex(extra))
    assert [v.hex() for v in read.validators] == list(validators)
    assert (read.vanity, read.vote, read.round, read.seals) == (bytes(32), (), b"", ())
    assert read.to_rlp().hex() == extra


@pytest.mark.parametrize("round_", [b"", b"\x01", b"\x01\x00"])
def test_hash__round_and_seals__leave_it_as_it_is(round_: bytes) -> None:
    block = block_like(some_members(), FOUR, round=round_)
    for seen in (block, block.sealed_by(*FOUR[:3]), block.sealed_by(*FOUR)):
        header = BlockHeader.from_rlp(seen.rlp())
        assert header.is_qbft
        assert header.hash == block_like(some_members(), FOUR).hash
        assert header.hash != keccak(seen.sealed_by(FOUR[0]).rlp())


def test_hash__first_block_and_other_networks__is_that_of_the_bytes() -> None:
    first = block_like([*some_members()[:8], b"", *some_members()[9:]], FOUR)
    assert BlockHeader.from_rlp(first.rlp()).hash == keccak(first.rlp())
    plain = rlp.encode([*some_members()[:13], b"\x07" * 32, *some_members()[14:]])
    assert BlockHeader.from_rlp(plain).hash == keccak(plain)


def test_committers__signed_with_the_round__are_found_in_order() -> None:
    block = block_like(some_members(), FOUR, round=b"\x05").sealed_by(FOUR[2], FOUR[0])
    header = BlockHeader.from_rlp(block.rlp())
    assert header.committers() == [FOUR[2].address, FOUR[0].address]
    assert header.validators() == tuple(sorted(v.address for v in FOUR))


def test_committers__round_altered_afterwards__are_others() -> None:
    block = block_like(some_members(), FOUR, round=b"\x05").sealed_by(*FOUR)
    altered = BlockHeader.from_rlp(block.rlp(round_=b"\x06"))
    assert not set(altered.committers()) & {v.address for v in FOUR}


def test_vote__either_way__is_part_of_the_hash() -> None:
    for vote in ((bytes(20), b"\xff"), (bytes(20), b"")):
        block = block_like(some_members(), FOUR, vote=vote).sealed_by(*FOUR)
        header = BlockHeader.from_rlp(block.rlp())
        assert header.hash == block.hash
        assert set(header.committers()) == {v.address for v in FOUR}


@pytest.mark.parametrize(
    "seal", [b"", bytes(65), b"\x01" * 64 + b"\x02", b"\xff" * 65, b"\x01" * 66]
)
def test_seal__no_signature__is_refused(seal: bytes) -> None:
    block = block_like(some_members(), FOUR, seals=(seal,))
    with pytest.raises(ProofRejected):
        BlockHeader.from_rlp(block.rlp()).committers()


@pytest.mark.parametrize("extra", [b"", b"\x80", b"\xc0", rlp.encode([b"", [], [], b""])])
def test_extra_data__of_another_form__has_no_hash(extra: bytes) -> None:
    members = some_members()
    data = rlp.encode([*members[:12], extra, *members[13:]])
    with pytest.raises(ProofRejected):
        _ = BlockHeader.from_rlp(data).hash


@pytest.mark.parametrize(
    ("validators", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (7, 5), (10, 7)]
)
def test_quorum__is_two_thirds_rounded_up(validators: int, needed: int) -> None:
    assert quorum(validators) == needed


@pytest.mark.parametrize(
    "data",
    [b"", b"\xc0", b"\x80", rlp.encode([b""] * 15), rlp.encode([*some_members(), *[b""] * 5]),
     rlp.encode(some_members()) + b"\x00", rlp.encode([[], *some_members()[1:]]),
     rlp.encode([*some_members()[:8], b"\x00\x29", *some_members()[9:]]), b"\xf9\xff\xff"],
)  # fmt: skip
def test_header__not_one__is_refused(data: bytes) -> None:
    with pytest.raises(ProofRejected):
        BlockHeader.from_rlp(data)
