"""Who says whether a package's bills are right: a chain, or a list of roots and trusted blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from frontend_api.bootstrap.archive.layout import ROOTS
from frontend_api.bootstrap.archive.report import Fault
from frontend_api.bootstrap.offline import OfflineVerifier, list_roots
from frontend_api.bootstrap.verifier import Verifier
from frontend_api.chain.circuit_breaker import CircuitBreaker
from frontend_api.chain.reader import EthReader
from frontend_api.commitment.roots_list import RootsList
from frontend_api.domain.errors import MalformedInput, PiaolianError
from frontend_api.verify import Verdict, VerificationReport


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What a package says of the chain: its list of roots, its blocks' hashes (32 bytes).

    ``vouched`` if the package is, to the byte, the one whose digest was noted.
    """

    roots: RootsList
    blocks: frozenset[bytes]
    vouched: bool


class Witness(Protocol):
    """Judges the bills of one package."""

    def hear(self, own: OwnWord) -> Iterator[Fault]:
        """Take note of what the package says itself, before its bills are judged."""
        ...

    def report(self, pdf: bytes, bill_file: bytes, bundle: bytes | None) -> VerificationReport:
        """The report on a bill; ``bill_file`` is what stands beside the PDF. Raises InputError."""
        ...


class ChainWitness:
    """A chain; once it does not answer, it is not asked again for every further bill."""

    def __init__(self, verifier: Verifier) -> None:
        reader = EthReader(CircuitBreaker(verifier.reader.rpc))
        self._verifier = replace(verifier, reader=reader)

    def hear(self, own: OwnWord) -> Iterator[Fault]:
        """Compare the package's list of roots with the chain's events up to the same block."""
        instance = own.roots.deployment.instance
        record = next(
            (r for r in self._verifier.trusted.records() if r.deployment.instance == instance), None
        )
        if record is None:
            yield Fault(Verdict.UNKNOWN, "not-pinned", ROOTS, "its deployment is not a trusted one")
            return
        try:
            listed = list_roots(self._verifier.reader, record, own.roots.head.number)
        except PiaolianError as e:
            yield Fault(Verdict.UNKNOWN, "chain-unreachable", ROOTS, str(e))
            return
        if listed != own.roots:
            yield Fault(Verdict.INVALID, "roots-differ", ROOTS, "from the chain's events")

    def report(self, pdf: bytes, bill_file: bytes, bundle: bytes | None) -> VerificationReport:
        """By the chain."""
        report = self._verifier.verify_upload(pdf)
        if bundle is None:
            return report
        return self._verifier.with_bundle(report, bill_file, bundle)


@dataclass(slots=True)
class OfflineWitness:
    """A list of roots that is trusted (None: the package's own), and trusted blocks; no network.

    The package's own list and blocks count as far as its noted digest vouches for them.
    """

    verifier: OfflineVerifier
    roots: RootsList | None = None
    _heard: RootsList | None = field(default=None, init=False)

    def hear(self, own: OwnWord) -> Iterator[Fault]:
        """Use the package's list if there is no better one."""
        self._heard = self.roots or own.roots
        known = {self._heard.head.hash} if self.roots or own.vouched else frozenset[bytes]()
        known |= own.blocks if own.vouched else frozenset()
        blocks = replace(self.verifier.blocks, hashes=self.verifier.blocks.hashes | known)
        self.verifier = replace(self.verifier, blocks=blocks)
        if not (self.roots or own.vouched):
            detail = "nobody vouches for it: give the noted digest, a list of your own, or a chain"
            yield Fault(Verdict.UNKNOWN, "roots-not-trusted", ROOTS, detail)

    def report(self, pdf: bytes, bill_file: bytes, bundle: bytes | None) -> VerificationReport:
        """By the list, and the bundle by the trusted blocks."""
        if self._heard is None:
            raise MalformedInput("the package has no list of roots that can be read")
        report = self.verifier.verify_file(pdf, self._heard)
        if bundle is None:
            return report
        return self.verifier.with_bundle(report, bill_file, bundle)
