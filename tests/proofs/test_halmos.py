"""Properties of the deployed bytecode, proved for all arguments, callers and states."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from .bugs import BUGS, Bug
from .bugs_of_trust import BUGS_OF_TRUST
from .tools import FOUNDRY, Verdict, Workshop

CONTRACTS = {
    path.name.removesuffix(".t.sol"): re.findall(r"function (check_\w+)", path.read_text())
    for path in sorted((FOUNDRY / "properties").glob("*.t.sol"))
}
SHOWN = tuple(bug for bug in (*BUGS, *BUGS_OF_TRUST) if bug.checks)


@dataclass(frozen=True)
class Proof:
    """All properties of a contract, over the contracts or over a copy with a bug."""

    properties: str
    bug: Bug | None = None

    def __call__(self, workshop: Workshop) -> dict[str, Verdict]:
        return workshop.proofs(self.properties, self.bug)

    def __str__(self) -> str:
        return str(self.bug or self.properties)


Outcome = Callable[[Any], dict[str, Verdict]]


@pytest.mark.parametrize("job", [Proof(name) for name in CONTRACTS], ids=str)
def test_properties__of_the_deployed_bytecode__are_proved(
    job: Proof, outcome: Outcome, capsys: pytest.CaptureFixture[str]
) -> None:
    verdicts = outcome(job)
    with capsys.disabled():
        for name, verdict in verdicts.items():
            print(f"\nhalmos: {name}: {verdict.paths} paths, {verdict.seconds:.1f} s", end="")
    assert set(verdicts) == set(CONTRACTS[job.properties])
    assert {name: verdict.word for name, verdict in verdicts.items()} == dict.fromkeys(
        verdicts, "PASS"
    )


@pytest.mark.parametrize("job", [Proof(bug.properties, bug) for bug in SHOWN], ids=str)
def test_properties__planted_bug__fails_those_it_is_about_and_no_others(
    job: Proof, outcome: Outcome
) -> None:
    assert job.bug is not None
    verdicts = outcome(job)
    assert set(verdicts) == set(CONTRACTS[job.properties])
    failed = {name for name, verdict in verdicts.items() if verdict.word != "PASS"}
    assert failed == set(job.bug.checks)
    assert {verdicts[name].word for name in failed} == {"FAIL"}


def test_properties__every_one__fails_on_a_bug() -> None:
    shown = {check for bug in SHOWN for check in bug.checks}
    assert shown == {check for checks in CONTRACTS.values() for check in checks}
