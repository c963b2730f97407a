"""A few mutants for every run of the tests: some of each operator and of each file."""

from __future__ import annotations

import random

from .mutant import Mutant


def draw(mutants: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """`count` mutants, the same for the same seed: one of each operator and file, then any."""
    order = random.Random(seed).sample(mutants, len(mutants))
    chosen: dict[str, Mutant] = {}
    operators: set[str] = set()
    files: set[str] = set()
    for mutant in order:
        if mutant.operator not in operators or mutant.file not in files:
            chosen[mutant.digest] = mutant
            operators.add(mutant.operator)
            files.add(mutant.file)
    rest = [mutant for mutant in order if mutant.digest not in chosen]
    return [*chosen.values(), *rest][:count]
