"""The machine finds a bug in each copy of the contracts that has one, within an ordinary run."""

from __future__ import annotations

from pathlib import Path

import boa
import pytest

from .bench import Disagreement
from .planted import BUGS, planted
from .platform_machine import run
from .stage import Stage, build
from .tally import Tally

ROUNDS = 10  # of examples, as an ordinary run


@pytest.mark.parametrize("name", BUGS)
def test_machine__one_bug__disagreement(name: str, tmp_path: Path) -> None:
    bug = BUGS[name]
    with boa.env.anchor(), planted(bug, tmp_path):
        stage = build()  # nothing is found yet
        with pytest.raises(Disagreement):
            _rounds(stage, bug.seed)


def _rounds(stage: Stage, first: int) -> None:
    for seed in range(first, first + ROUNDS):
        run(stage, Tally(), seed, shrink=False)
