"""Grants and their use."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..world import GRANT_REVOKED, LIVE, Grant
from .part import Expected, Part


@dataclass
class Consents(Part):
    contract = "ConsentRegistry"
    grants: dict[bytes, Grant] = field(default_factory=dict)
    states: dict[bytes, list] = field(default_factory=dict)

    # --- events ---

    def on_granted(self, _at: int, *, grant_id: bytes, **grant: Any) -> None:
        assert grant_id not in self.states
        self.grants[grant_id] = Grant(**grant)
        self.states[grant_id] = [LIVE, 0]

    def on_grant_revoked(self, _at: int, *, grant_id: bytes, **_: Any) -> None:
        # Perhaps of a grant that never became live.
        self.states.setdefault(grant_id, [0, 0])[0] = GRANT_REVOKED

    def on_grant_used(
        self, _at: int, *, grant_id: bytes, bill_key: int, payer: bytes, amount_fen: int,
        used_fen: int,
    ) -> None:  # fmt: skip
        grant, state = self.grants[grant_id], self.states[grant_id]
        assert (grant.bill_key, grant.payer) == (bill_key, payer)
        assert state == [LIVE, used_fen - amount_fen]
        state[1] = used_fen

    def on_grant_released(
        self, _at: int, *, grant_id: bytes, amount_fen: int, used_fen: int
    ) -> None:
        state = self.states[grant_id]
        assert state[1] == used_fen + amount_fen
        state[1] = used_fen

    # --- views ---

    def views(self) -> Iterator[Expected]:
        for grant_id in (*self.states, bytes(32)):
            yield "grant_state", (grant_id,), tuple(self.states.get(grant_id, (0, 0)))
        for grant_id, grant in self.grants.items():
            yield "grant_id", (grant,), grant_id
