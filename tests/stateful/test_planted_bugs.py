"""The machine finds bugs: in each copy of the contracts that has one, within a few thousand steps."""

from __future__ import annotations

from pathlib import Path

import boa
import pytest

from .bench import Disagreement
from .planted import BUGS, planted
from .platform_machine import run
from .stage import build
from .tally import Tally

ROUNDS = 10  # as an ordinary run


@pytest.mark.parametrize("name", BUGS)
def test_machine__one_bug__disagreement(name: str, tmp_path: Path) -> None:
    with boa.env.anchor(), planted(BUGS[name], tmp_path), pytest.raises(Disagreement):
        run(build(), Tally(), seeds=range(1, ROUNDS + 1), shrink=False)
