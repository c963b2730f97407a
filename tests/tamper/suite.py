"""All cases, and what came of them: ``python -m tamper.suite`` writes out/tamper/summary.json."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from . import cases_bundle, cases_carried, cases_code, cases_file, cases_proofs
from .case import Case, outcome_of, summary_of

SUMMARY = Path(__file__).resolve().parents[2] / "out" / "tamper" / "summary.json"
_MAKERS = (
    cases_bundle.of_header, cases_bundle.of_fields, cases_bundle.of_withheld, cases_bundle.of_path,
    cases_bundle.of_chain, cases_bundle.of_text, cases_proofs.of_headers, cases_proofs.of_nodes,
    cases_proofs.of_swaps, cases_proofs.of_seals, cases_code.of_members, cases_code.of_digits,
    cases_code.of_split, cases_code.of_lists, cases_file.of_members, cases_file.of_text,
    cases_carried.of_others, cases_carried.of_members, cases_carried.of_files,
)  # fmt: skip


def all_cases() -> Iterator[Case]:
    """Every case of every kind."""
    for make in _MAKERS:
        yield from make()


def main() -> int:
    """Run all, write the summary; 1 if anything was accepted, or refused for another reason."""
    summary = summary_of(map(outcome_of, all_cases()))
    SUMMARY.parent.mkdir(parents=True, exist_ok=True)
    SUMMARY.write_text(json.dumps(summary, indent=2, ensure_ascii=False) + "\n")
    for fault in summary["faults"]:
        print(f"{fault['group']}: {fault['name']}: {fault['reasons']}")
    print(f"{summary['cases']} cases, {summary['refused']} refused, "
          f"{summary['wrong_reason']} for another reason")  # fmt: skip
    return 1 if summary["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
