"""bundle and roots, and verifying with neither chain nor platform."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from frontend_api.bootstrap import (
    OfflineVerifier,
    TrustedBlocks,
    TrustStore,
    client_of,
    clock,
    list_roots,
    read_record,
)
from frontend_api.cli.opened import bill_number, platform
from frontend_api.commitment.proof_bundle import is_bundle
from frontend_api.commitment.roots_list import RootsList
from frontend_api.domain.errors import InputError, StateConflict
from frontend_api.flow.read import bill_file_of
from frontend_api.verify import VerificationReport, unreadable_report

roots_app = typer.Typer(
    name="roots", help="The list of batch roots, for verifying codes without network."
)
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_HASH, _ADDRESS = re.compile(r"0x[0-9a-fA-F]{64}\Z"), re.compile(r"0x[0-9a-fA-F]{40}\Z")


def bundle(
    context: typer.Context,
    bill: Annotated[str, typer.Argument(help="A bill, as 46060126-0000000001")],
    out: Annotated[
        Path | None, typer.Option(help="Where to write it; BILL.proof.json by default")
    ] = None,
    withhold: Annotated[
        list[str] | None, typer.Option(help="Path of a field not to disclose, as /holder/name")
    ] = None,
) -> None:
    """Write a bill's proof bundle: what proves it years later, with all servers gone."""
    number = bill_number(bill)
    with platform(context.obj) as services:
        stored = services.desk.bills.find(number.key)
        if stored is None:
            raise StateConflict(f"there is no bill {number} here")
        made = services.prove(bill_file_of(services.desk, stored))
    path = out or Path(f"{number}.proof.json")
    path.write_bytes(made.withholding(withhold or []).to_bytes())
    typer.echo(f"{path}")
    for name, block in made.block_hashes().items():
        typer.echo(f"{name} block 0x{block.hex()}")


@roots_app.callback()
def _roots() -> None:
    """A group, so that its one command is called by name."""


@roots_app.command("export")
def export_roots(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="Where to write the list")] = Path("roots.json"),
    rpc: Annotated[
        str | None, typer.Option(help="JSON-RPC address; without one, this home's chain")
    ] = None,
    trust: Annotated[
        Path | None, typer.Option(help="Deployment record; without one, this home's")
    ] = None,
) -> None:
    """Write the list of batch roots, from the chain's events alone."""
    if rpc:
        made = list_roots(client_of(rpc), read_record(trust or context.obj / "deployment.json"))
    else:
        with platform(context.obj) as services:
            made = list_roots(services.reader, services.record)
    out.write_bytes(made.to_bytes())
    typer.echo(f"{out}: {len(made.batches)} batches up to block {made.head.number}")
    typer.echo(f"digest 0x{made.digest().hex()}")


@dataclass(frozen=True, slots=True)
class OfflineQuestion:
    """What ``verify`` was given besides a chain."""

    qr: Sequence[str]
    roots: Path | None
    block_hashes: Sequence[str]
    validators: Sequence[str]

    def report(self, file: Path | None, trusted: Sequence[Path]) -> VerificationReport | None:
        """The report, if this is to be answered without a chain; else None.

        Raises InputError for options that do not go together.
        """
        data = file.read_bytes() if file else b""
        bundled, drawn = is_bundle(data), data.startswith(_PICTURES)
        # A PDF with a block that is trusted: by the proof bundle that it carries.
        carrying = data.startswith(b"%PDF-") and self.roots is None and self._names_blocks
        if not (self.qr or self.roots or bundled or drawn or carrying):
            if file is None:
                raise InputError("name a file to verify, or a code's text with --qr")
            return None
        verifier = OfflineVerifier(
            TrustStore(trusted), trusted_blocks(self.block_hashes, self.validators)
        )
        # A list that cannot be read says nothing of the bill: that is no report.
        roots = None if bundled or carrying else self._roots()
        try:
            if roots is None:
                return verifier.verify_document(data) if carrying else verifier.verify_bundle(data)
            if self.qr:
                return verifier.verify_codes(self.qr, roots)
            judge = verifier.verify_photo if drawn else verifier.verify_file
            return judge(data, roots)
        except InputError as e:
            return unreadable_report(e, clock())

    @property
    def _names_blocks(self) -> bool:
        return bool(self.block_hashes or self.validators)

    def _roots(self) -> RootsList:
        if self.roots is None:
            raise InputError("a code is verified against a list of roots: pass it with --roots")
        return RootsList.from_bytes(self.roots.read_bytes())


def trusted_blocks(hashes: Sequence[str], validators: Sequence[str]) -> TrustedBlocks:
    """What the options name. Raises InputError for what is no hash or address."""
    return TrustedBlocks(
        frozenset(_hex(text, _HASH, "a block hash: 0x and 64") for text in hashes),
        frozenset(_hex(text, _ADDRESS, "an address: 0x and 40") for text in validators),
    )


def _hex(text: str, form: re.Pattern[str], what: str) -> bytes:
    if not form.match(text):
        raise InputError(f"{text!r} is not {what} hexadecimal digits")
    return bytes.fromhex(text[2:])
