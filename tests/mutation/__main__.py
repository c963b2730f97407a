"""`python -m mutation`, from the project's folder, with `tests` on the path of modules."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from pathlib import Path

from . import sources, survivors
from .campaign import Campaign
from .mutant import Mutant
from .sample import draw
from .summary import faults, summarise


def main() -> int:
    """0 when every survivor has a reason and every contract its score; 1 otherwise."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    found = sources.load()
    listed = survivors.load()
    mutants = [m for m in found.mutants if _matches(m, asked.only)]
    if asked.sample:
        unlisted = [m for m in mutants if m.name not in listed]
        mutants = draw(unlisted, asked.sample, asked.seed)
    whole = not (asked.sample or asked.only)
    with tempfile.TemporaryDirectory() as fresh:
        place = Path(fresh if asked.fresh else asked.out)
        campaign = Campaign(found, place, asked.workers, lambda line: print(line, flush=True))
        verdicts = campaign.run(mutants)
    report = summarise(found, mutants, verdicts, listed)
    wrong = [f"has a reason, but is gone: {name}" for name in survivors.gone(listed, found.mutants)]
    wrong += faults(report, mutants, verdicts, listed, judge_score=whole)
    _write(Path(asked.out), "summary.json" if whole else "part.json", {**report, "faults": wrong})
    _tell(report, wrong)
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutation")
    parser.add_argument("--only", nargs="+", default=[], help="FILE or FILE:FUNCTION, of contracts")
    parser.add_argument("--sample", type=int, help="so many mutants instead of all")
    parser.add_argument("--seed", type=int, default=0, help="another sample")
    parser.add_argument("--fresh", action="store_true", help="try even what earlier runs found")
    parser.add_argument("--workers", type=int, default=2, help="processes at a time")
    parser.add_argument("--out", default="out/mutation", help="where the findings go")
    return parser.parse_args()


def _matches(mutant: Mutant, only: list[str]) -> bool:
    places = {mutant.file, f"{mutant.file}:{mutant.function}"}
    return not only or not places.isdisjoint(only)


def _write(folder: Path, name: str, report: dict[str, object]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, indent=1, ensure_ascii=False)
    (folder / name).write_text(text + "\n", encoding="utf-8")


def _tell(report: dict[str, dict[str, dict[str, object]]], wrong: list[str]) -> None:
    for contract, counted in report["contracts"].items():
        print(f"{contract:21}{counted['killed']:>6} of {counted['mutants']:>5}  {counted['score']}")
    for fault in wrong:
        print(fault)


if __name__ == "__main__":
    sys.exit(main())
