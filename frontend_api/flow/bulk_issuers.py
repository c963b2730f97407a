"""Who issues the bills of an import."""

from __future__ import annotations

from frontend_api.domain.errors import NotAllowed
from frontend_api.flow.issue import require_active
from frontend_api.ports import ChainIssuer, Views


class Issuers:
    """The issuers as the chain knows them while one chunk is checked.

    Without an issuer of the whole import, each kind's bills go to whoever holds its numbers.
    """

    def __init__(self, views: Views, only: str | None) -> None:
        self._views = views
        self._only = only
        self._by_kind: dict[str, str] = {}
        self._active: dict[str, ChainIssuer | NotAllowed] = {}

    def of(self, body: object) -> str:
        """The USCC of a row's issuer; empty when that is not clear."""
        if self._only:
            return self._only
        kind = body.get("kind") if isinstance(body, dict) else None
        if not isinstance(kind, str):
            return ""
        if kind not in self._by_kind:
            found = self._views.issuers_of_kind(kind)
            self._by_kind[kind] = found[0] if len(found) == 1 else ""
        return self._by_kind[kind]

    def active(self, issuer: str, kind: str) -> ChainIssuer:
        """Its standing. Raises NotAllowed."""
        if not issuer:
            raise NotAllowed(
                f"not exactly one issuer holds numbers of kind {kind!r}: say which it is"
            )
        if issuer not in self._active:
            try:
                self._active[issuer] = require_active(issuer, self._views.issuer(issuer))
            except NotAllowed as e:
                self._active[issuer] = e
        found = self._active[issuer]
        if isinstance(found, NotAllowed):
            raise found
        return found
