"""The chain's part of a bundle altered: header bytes, trie nodes, parts of other bundles, seals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import rlp

from frontend_api.commitment.block_header import BlockHeader
from frontend_api.verify import VerificationReport

from .case import Case
from .cases_bundle import case, flipped, setting
from .qbft_blocks import Validator
from .recorded import VALIDATORS, bundle, bundle_json, by_seals, judged, qbft_block, sealed_json

_MEMBERS = (
    "parent", "uncles", "miner", "state root", "transactions root", "receipts root", "bloom",
    "difficulty", "number", "gas limit", "gas used", "time", "extra data", "mix hash", "nonce",
    "base fee", "withdrawals root", "blob gas", "excess blob gas", "beacon root",
)  # fmt: skip
_PARTS = {"receipt": "anchoring", "state": "state"}
_UNBELIEVED = "needs-trusted-block"
_UNPROVED = {"receipt": "receipt-unproved", "state": "state-unproved"}


def of_headers() -> Iterator[Case]:
    """Every member, and every byte, of both block headers; only that block is trusted."""
    for part, trusted in _PARTS.items():
        members = BlockHeader.from_rlp(getattr(bundle(), part).block).members
        assert len(members) == len(_MEMBERS)
        for place, name in enumerate(_MEMBERS):
            expected: tuple[str, ...] = (_UNBELIEVED,)
            if (part, name) in (("receipt", "receipts root"), ("state", "state root")):
                expected = (_UNPROVED[part],)
            elif name in ("time", "number"):
                expected = ("proofs-differ", _UNBELIEVED)
            altered = list(members)
            last = altered[place][-1] if altered[place] else 0
            altered[place] = (altered[place] or b"\0")[:-1] + bytes((last ^ 3 or 1,))
            data = "0x" + rlp.encode(altered).hex()
            yield case(
                "block header", f"{part} {name}", expected,
                setting((part, "block"), data), parts=(trusted,),
            )  # fmt: skip
        block = getattr(bundle(), part).block
        for at in range(len(block)):
            data = "0x" + (block[:at] + bytes((block[at] ^ 0x11,)) + block[at + 1 :]).hex()
            yield case(
                "block header byte", f"{part} {at}",
                (_UNBELIEVED, "block-malformed", _UNPROVED[part], "proofs-differ"),
                setting((part, "block"), data), parts=(trusted,),
            )  # fmt: skip
        yield case(
            "block header", f"{part} cut", "block-malformed",
            setting((part, "block"), lambda v: v[:-2]), parts=(trusted,),
        )  # fmt: skip
        yield case(
            "block header", f"{part} of lists in lists", "block-malformed",
            setting((part, "block"), "0x" + _nested(4_000).hex()), parts=(trusted,),
        )  # fmt: skip
        yield case(
            "block header", f"{part} with a member more", "block-malformed",
            setting((part, "block"), "0x" + rlp.encode([*members, b"", b""]).hex()),
            parts=(trusted,),
        )  # fmt: skip


def _nested(levels: int) -> bytes:
    """A list in a list in a list …"""
    data = b"\xc0"
    for _ in range(levels):
        size = len(data)
        head = bytes((0xC0 + size,)) if size < 56 else b"\xf9" + size.to_bytes(2)
        data = (head if size >= 256 or size < 56 else bytes((0xF8, size))) + data
    return data


def of_nodes() -> Iterator[Case]:
    """Every node of the three tries: altered, left out, doubled, moved, and strangers added."""
    for part, name in (("receipt", "nodes"), ("state", "account"), ("state", "storage")):
        nodes = bundle_json()[part][name]
        where, unproved = (part, name), _UNPROVED[part]
        for i, node in enumerate(nodes):
            for at in range(2, len(node), max(1, len(node) // 8)):
                yield case(
                    "node", f"{part} {name} {i} digit {at}", unproved,
                    setting((*where, i), lambda v, at=at: flipped(v, at)),
                )  # fmt: skip
            yield case(
                "node", f"{part} {name} {i} left out", unproved,
                setting(where, lambda v, i=i: v[:i] + v[i + 1 :]),
            )  # fmt: skip
            yield case(
                "node", f"{part} {name} {i} twice", unproved,
                setting(where, lambda v, i=i: [*v[: i + 1], *v[i:]]),
            )  # fmt: skip
            if i:
                yield case(
                    "node", f"{part} {name} {i} before the one above", unproved,
                    setting(where, lambda v, i=i: [*v[: i - 1], v[i], v[i - 1], *v[i + 1 :]]),
                )  # fmt: skip
        for stranger in ("0x" + "c0" * 40, "0x80", bundle_json("another")["state"]["storage"][-1]):
            yield case(
                "node", f"{part} {name} and {stranger:.8}", unproved,
                setting(where, lambda v, s=stranger: [*v, s]),
            )  # fmt: skip
        yield case("node", f"{part} {name} none", unproved, setting(where, []))
        yield case("node", f"{part} {name} 65", unproved, setting(where, lambda v: v[:1] * 65))
        yield case("node", f"{part} {name} reversed", unproved, setting(where, lambda v: v[::-1]))
        yield case("node", f"{part} {name} empty bytes", "unreadable", setting(where, ["0x"]))
    for index in (0, 16, 18, 2**40):
        yield case(
            "node", f"receipt index {index}", "receipt-unproved",
            setting(("receipt", "index"), index),
        )  # fmt: skip


def of_swaps() -> Iterator[Case]:
    """Parts of other bundles: of the neighbour, of another batch, of a voided bill, of a forger."""
    expected = {
        "header": ("content-altered", "wrong-place"),
        "fields": ("content-altered",),
        "proof": ("wrong-place", "root-differs"),
        "chain": ("not-pinned",),
        "receipt": ("receipt-of-another", "proofs-differ"),
        "state": ("state-unproved", "code-differs"),
    }
    for other in ("neighbour", "another", "voided", "foreign"):
        theirs = bundle_json(other)
        for part, reasons in expected.items():
            if theirs[part] != bundle_json()[part]:
                yield case("swap", f"{part} of {other}", reasons, setting((part,), theirs[part]))
    both = bundle_json("another")
    for parts, reasons in (
        (("header", "fields"), ("wrong-place",)),
        (("header", "fields", "proof"), ("receipt-of-another", "state-unproved")),
        (("header", "fields", "proof", "receipt"), ("state-unproved",)),
        (("header", "fields", "proof", "state"), ("receipt-of-another",)),
    ):
        taken = {part: both[part] for part in parts}
        yield case("swap", f"{'+'.join(parts)} of another", reasons, lambda b, t=taken: b.update(t))
    # The state in which a voided bill still stood, under the bill that is voided.
    state = bundle_json("another")["state"]
    yield case(
        "swap", "a voided bill with its neighbour's state", "state-unproved",
        setting(("state",), state), of="voided",
    )  # fmt: skip


def of_seals() -> Iterator[Case]:
    """A QBFT network's blocks: sealed by too few, twice, by strangers, or altered after it."""

    report = judged(sealed_json(), by_seals())

    def genuine() -> VerificationReport:
        return report

    def sealed(name: str, reason: str, *sealers: Validator) -> Case:
        return Case(
            "seals", name, frozenset({reason}),
            lambda: judged(sealed_json(*sealers), by_seals()), genuine,
        )  # fmt: skip

    for count in (1, 2):
        yield sealed(f"{count} of 4", "seals-too-few", *VALIDATORS[:count])
    yield sealed("one twice", "seals-repeated", *VALIDATORS[:2], VALIDATORS[0])
    yield sealed("a stranger's among them", "seals-of-strangers", *VALIDATORS[:3], Validator(9))
    for part in ("receipt", "state"):
        block = qbft_block(part=part).sealed_by(*VALIDATORS[:3])
        for place, name in enumerate(_MEMBERS):
            if name in ("extra data", "mix hash"):
                continue
            members = list(block.members)
            last = members[place][-1] if members[place] else 0
            members[place] = (members[place] or b"\0")[:-1] + bytes((last ^ 3 or 1,))
            changed = type(block)(block.validators, tuple(members), seals=block.seals)
            yield _resealed(f"{part} {name} altered after", part, changed.rlp(), genuine)
        yield _resealed(f"{part} another round", part, block.rlp(round_=b"\x07"), genuine)
        yield _resealed(f"{part} no seals", part, block.rlp(seals=()), genuine, "seals-too-few")
        for what, seals in (
            ("cut", [seal[:-1] for seal in block.seals]),
            ("of zeros", [bytes(65)] * 3),
            ("with v of 27", [seal[:-1] + b"\x1b" for seal in block.seals]),
        ):
            yield _resealed(
                f"{part} seals {what}", part, block.rlp(seals=seals), genuine, "seals-malformed"
            )


def _resealed(
    name: str, part: str, data: bytes, genuine: Any, reason: str = "seals-of-strangers"
) -> Case:
    def forged() -> Any:
        made = sealed_json()
        made[part]["block"] = "0x" + data.hex()
        return judged(made, by_seals())

    return Case("seals", name, frozenset({reason}), forged, genuine)
