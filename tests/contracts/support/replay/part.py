"""What the parts of a replay have in common."""

from collections.abc import Iterator
from typing import Any

from eth_utils import to_checksum_address

from ..world import Batch

# View, arguments, answer.
Expected = tuple[str, tuple[Any, ...], Any]
UNKNOWN_ADDRESS = to_checksum_address("0x" + "ab" * 20)
# A bill by its batch and index.
Proof = tuple[Batch, int]


class Refused:
    """The answer of a view that reverts."""


class Part:
    """One handler for each event it knows, such as ``on_key_revoked``.

    A handler gets the block time and the event's members. ``views`` tells what each view of the
    contract answers: of everything the events spoke of, and of something they never did.
    """

    contract: str

    @classmethod
    def knows(cls, event: str) -> bool:
        return callable(getattr(cls, handler_of(event), None))

    def take(self, event: str, at: int, args: dict[str, Any]) -> None:
        getattr(self, handler_of(event))(at, **args)

    def views(self) -> Iterator[Expected]:
        raise NotImplementedError


def handler_of(event: str) -> str:
    """``KeyRegistered`` → ``on_key_registered``."""
    return "on" + "".join(f"_{c.lower()}" if c.isupper() else c for c in event)
