"""Checking many bills at once, as a payer with a day's claims does: a chain, pins, no database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path

from frontend_api.bootstrap.verifier import clock
from frontend_api.chain.many import ManyReader
from frontend_api.chain.rpc import JsonRpc
from frontend_api.chain.trust import TrustStore
from frontend_api.commitment.bill_file import BillFile
from frontend_api.documents import extract_bill_file
from frontend_api.domain.anchor import Deployment
from frontend_api.domain.errors import InputError, PiaolianError
from frontend_api.ports import TrustedDeployments
from frontend_api.verify import VerificationReport, unreadable_report, verify

ManyVerifier = Callable[[Iterable[bytes]], Iterator[VerificationReport]]
_AT_ONCE = 500  # bills; their facts are some hundred kilobytes


def verify_many(
    rpc: JsonRpc, trusted: TrustedDeployments, files: Iterable[bytes]
) -> Iterator[VerificationReport]:
    """A report on each bill file or PDF, in their order; the chain is asked for hundreds at once.

    Pages of PDFs are not drawn again. What is no bill file has a report that says so. Raises what
    ``trusted`` raises for a broken record.
    """
    pins, rest = _Pins(trusted), iter(files)
    while some := [_bill_file_in(data) for data in islice(rest, _AT_ONCE)]:
        yield from _reports(rpc, pins, some)


def many_from(rpc_url: str, trusted: Iterable[Path]) -> ManyVerifier:
    """:func:`verify_many` over a node's address and deployment records, to be given files."""
    return lambda files: verify_many(JsonRpc(rpc_url), TrustStore(trusted), files)


def _reports(
    rpc: JsonRpc, pins: _Pins, files: Sequence[BillFile | InputError]
) -> Iterator[VerificationReport]:
    reader, now = ManyReader(rpc), clock()
    bills = [file for file in files if isinstance(file, BillFile)]
    for instance in {bill.deployment.instance for bill in bills}:
        if pinned := pins.find(instance):
            with suppress(PiaolianError):  # each report will tell what stands in the way
                reader.look(pinned, [b for b in bills if b.deployment.instance == instance])
    for file in files:
        if isinstance(file, InputError):
            yield unreadable_report(file, now)
        else:
            yield verify(file, reader, pins, now)


def _bill_file_in(data: bytes) -> BillFile | InputError:
    try:
        return BillFile.from_bytes(extract_bill_file(data) if data.startswith(b"%PDF-") else data)
    except InputError as e:
        return e


class _Pins:
    """Implements ``ports.TrustedDeployments``: records as they are when first asked for."""

    def __init__(self, trusted: TrustedDeployments) -> None:
        self._trusted = trusted
        self._found: dict[bytes, Deployment | None] = {}

    def find(self, instance: bytes) -> Deployment | None:
        if instance not in self._found:
            self._found[instance] = self._trusted.find(instance)
        return self._found[instance]
