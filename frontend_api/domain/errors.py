"""The one tree of errors.

Every error has a ``code`` (stable, kebab-case; the tail of its problem type) and a message that
names what is wrong and how to mend it. Which HTTP status a class becomes is decided in one table
in ``rest``; nothing here knows about HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class PiaolianError(Exception):
    """Root of every error this project raises on purpose."""

    code = "error"


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One bad field: where (JSON Pointer, RFC 6901), which rule, and what to do about it."""

    path: str
    code: str
    message: str


# --- what came in is not acceptable -------------------------------------------------------------


class InputError(PiaolianError):
    """What came in cannot be accepted; sending it again unchanged will not help."""

    code = "bad-input"


class MalformedInput(InputError):
    """The bytes are not the format they claim to be (not JSON, duplicate keys, too deep)."""

    code = "malformed"


class InvalidFields(InputError):
    """Well-formed, but some fields break a rule; ``problems`` names every one of them."""

    code = "invalid-fields"

    def __init__(self, problems: Iterable[FieldProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.path or '/'}: {p.message}" for p in self.problems))


class TooLarge(InputError):
    """More bytes than the limit."""

    code = "too-large"


class UnsupportedType(InputError):
    """A media type that is not taken here, or bytes that disagree with it."""

    code = "unsupported-type"


class MissingIdempotencyKey(InputError):
    """A write without an Idempotency-Key."""

    code = "missing-idempotency-key"


class IdempotencyKeyReused(InputError):
    """The same Idempotency-Key came with another body."""

    code = "idempotency-key-reused"


class ProofRejected(InputError):
    """An inclusion proof that cannot be right: too long, wrong index, inner node."""

    code = "proof-rejected"


# --- who asks ------------------------------------------------------------------------------------


class NotAuthenticated(PiaolianError):
    """No credential, or one that is not (or no longer) valid."""

    code = "not-authenticated"


class NotAllowed(PiaolianError):
    """A valid credential whose role, grant or standing does not allow this."""

    code = "not-allowed"


class NotFound(PiaolianError):
    """No such thing, or not the caller's: both answer alike."""

    code = "not-found"


# --- the state of things -------------------------------------------------------------------------


class StateConflict(PiaolianError):
    """The request is fine, but the present state does not allow it."""

    code = "state-conflict"


class NumbersExhausted(StateConflict):
    """No granted bill number is left for this kind, year and outlet (票号用尽)."""

    code = "numbers-exhausted"


class NotAnchoredYet(StateConflict):
    """The bill is accepted and safe, but the chain has not confirmed it yet."""

    code = "not-anchored-yet"


class RefusedByContract(StateConflict):
    """A contract reverted; ``reason`` is its own word, such as ``claim: exceeds what is left``."""

    code = "refused-by-contract"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the contract refused: {reason}")


# --- what we depend on ---------------------------------------------------------------------------


class Unavailable(PiaolianError):
    """Something we depend on does not answer now; what was accepted stays accepted."""

    code = "unavailable"


class Overloaded(Unavailable):
    """More comes in than can be stored now; nothing of this request was kept."""

    code = "overloaded"


class ChainUnreachable(Unavailable):
    """The chain's RPC does not answer. Says nothing about any bill."""

    code = "chain-unreachable"


class WrongChain(Unavailable):
    """The RPC answers for another chain, or without our contracts: writing is stopped."""

    code = "wrong-chain"


class HistoryChanged(Unavailable):
    """The chain came back with an older or another history: what it lost is sent again."""

    code = "history-changed"


class SignerUnavailable(Unavailable):
    """The key that must sign cannot be used now."""

    code = "signer-unavailable"
