"""Compare a chain with its deployment record: a line per check.

    ape run check --network ethereum:piaolian:node --record PATH

Exit code 0: all as recorded; 1: a mismatch, or no usable record; 2: the chain cannot be reached.
"""

import click

from scripts._deployment import (
    Record,
    connected,
    findings,
    network_option,
    office_of_supervisor,
    record_option,
    record_path,
)


@click.command()
@network_option()
@record_option()
def cli(network: str, record: str | None) -> None:
    """Compare the chain with the deployment record; changes nothing."""
    path = record_path(record, network.split(":")[1] if ":" in network else network)
    expected = Record.read(path)
    failed = 0
    with connected(network) as provider:
        for subject, recorded, found in findings(provider, expected):
            if recorded == found:
                click.echo(f"ok        {subject}: {found}")
            else:
                failed += 1
                click.echo(f"MISMATCH  {subject}: recorded {recorded}, found {found}")
        if not failed:
            click.echo(
                f"          supervisor {expected.supervisor}: {office_of_supervisor(expected)}"
            )
    if failed:
        raise click.ClickException(f"{failed} of the checks failed: {path} is of another chain.")
    click.echo("The chain is as recorded.")
