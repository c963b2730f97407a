"""Write the ABI of every contract, as the compiler gives it, for the platform to load.

ape run export_abi             writes frontend_api/chain/abi/<Contract>.json
ape run export_abi --check     changes nothing; exit code 1 when a file is out of date
"""

import json
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
CONTRACTS = ("BillRegistry", "ConsentRegistry", "IssuerRegistry", "ReimbursementLedger")
TARGET = ROOT / "frontend_api" / "chain" / "abi"


def compiled_abis() -> dict[str, str]:
    """The text of each ABI file, by contract: sorted, so that a diff shows only what changed."""
    from vyper.cli.vyper_compile import compile_files

    sources = [ROOT / "contracts" / f"{name}.vy" for name in CONTRACTS]
    output = compile_files(sources, ["abi"], paths=[str(ROOT / "contracts")])
    return {
        Path(path).stem: _as_text(formats["abi"])
        for path, formats in output.items()
        if Path(path).stem in CONTRACTS
    }


def _as_text(abi: list[dict]) -> str:
    entries = sorted(abi, key=lambda entry: (entry["type"], entry.get("name", "")))
    return json.dumps(entries, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def out_of_date(target: Path = TARGET) -> list[str]:
    """Contracts whose ABI file is missing or differs from the compiler's."""
    return [
        name
        for name, text in compiled_abis().items()
        if not (target / f"{name}.json").is_file()
        or (target / f"{name}.json").read_text(encoding="utf-8") != text
    ]


@click.command()
@click.option("--check", is_flag=True, help="Compare only; exit code 1 when a file is out of date.")
def cli(check: bool) -> None:
    """Write frontend_api/chain/abi/<Contract>.json from the sources."""
    if check:
        stale = out_of_date()
        for name in stale:
            click.echo(f"{name}: out of date, run `ape run export_abi`")
        raise SystemExit(1 if stale else 0)
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, text in sorted(compiled_abis().items()):
        (TARGET / f"{name}.json").write_text(text, encoding="utf-8")
        click.echo(f"{name}: written to {(TARGET / name).relative_to(ROOT)}.json")


if __name__ == "__main__":
    cli()
