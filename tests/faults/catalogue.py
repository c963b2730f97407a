"""All faults, by name, and which of them this run injects."""

from __future__ import annotations

import os

from faults import cases_books, cases_chain, cases_crash, cases_rpc, cases_together
from faults.cases_crash import COMMITS
from faults.run import QUICK, REAL, Fault

ALL = os.environ.get("FAULTS") == "all"  # `make faults`: every fault, with its real waits
PACE = REAL if ALL else QUICK

FAULTS: list[Fault] = [
    *cases_crash.FAULTS, *cases_rpc.FAULTS, *cases_chain.FAULTS, *cases_books.FAULTS,
    *cases_together.FAULTS,
]  # fmt: skip
CHOSEN = [fault for fault in FAULTS if ALL or fault.quick]
# The naive issuer commits once a bill: around its other commits nothing can fail.
NOT_OF_NAIVE = tuple(f"commit of {what}" for what in COMMITS[1:])
EXAMPLE = next(fault for fault in FAULTS if fault.name == "reply lost after acceptance")
