"""The tool itself: what it remembers, what it demands, which tests it runs first."""

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from . import reach, survivors
from .memory import Digests, Memory
from .mutant import Mutant
from .operators import NAMES
from .order import folder_of, plan
from .reach import Reach
from .sample import draw
from .summary import faults, summarise
from .trial import EQUAL, INVALID, KILLED, SURVIVED, Verdict
from .workers import each


def mutant(number=1, file="BillRegistry.vy", operator="comparison"):
    return Mutant(file, "void", operator, number, f"a == {number}", "b", 1, f"source {number}")


def world_of(mutants):
    """Sources in which two contracts share a module."""
    users = {
        "BillRegistry.vy": ("BillRegistry",),
        "modules/halt.vy": ("BillRegistry", "ConsentRegistry"),
    }
    found = SimpleNamespace(users=users, mutants=mutants)
    found.files_of = lambda contract: [f for f, names in users.items() if contract in names]
    return found


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A folder of tests, with two files and one that both share."""
    for name in ("support/world.py", "a/test_f.py", "a/test_g.py"):
        (tmp_path / "tests" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tests" / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def memory(code="code") -> Memory:
    return Memory(Path("kept.jsonl"), Digests(code, Path("tests")))


KILL = Verdict(KILLED, "tests/a/test_f.py::test_one")


@pytest.mark.usefixtures("places")
def test_memory__nothing_changed__verdicts_hold():
    before = memory()
    before.keep(mutant(1), KILL)
    before.keep(mutant(2), Verdict(SURVIVED))
    assert memory().verdict(mutant(1)) == KILL
    assert memory().verdict(mutant(2)) == Verdict(SURVIVED)
    assert memory().verdict(mutant(3)) is None
    assert [memory().survived(mutant(n)) for n in (1, 2, 3)] == [False, True, False]


@pytest.mark.parametrize(
    ("changed", "kill_holds"),
    [("support/world.py", False), ("a/test_f.py", False), ("a/test_g.py", True)],
)
def test_memory__a_file_changed__forgets_what_rested_on_it(places, changed, kill_holds):
    before = memory()
    before.keep(mutant(1), KILL)
    before.keep(mutant(2), Verdict(SURVIVED))
    (places / "tests" / changed).write_text("another")
    assert before.verdict(mutant(1)) == KILL
    after = memory()
    assert (after.verdict(mutant(1)) == KILL) is kill_holds
    assert after.verdict(mutant(2)) is None
    assert after.killer(mutant(1)) == KILL.by


@pytest.mark.usefixtures("places")
def test_memory__other_code__all_is_tried_again_with_the_same_test_first():
    memory().keep(mutant(1), KILL)
    after = memory("other code")
    assert after.verdict(mutant(1)) is None
    assert after.killer(mutant(1)) == KILL.by


def test_reach__a_test_changed__only_it_is_recorded_again(places):
    items = [item(f"tests/a/test_{name}.py") for name in "fg"]
    names = ["world", *(i.nodeid for i in items)]
    file = places / "reach.json"
    reach.save(file, Digests("code", Path("tests")), {name: ["void"] for name in names})
    (places / "tests/a/test_f.py").write_text("another")
    assert set(reach.load(file, Digests("code", Path("tests")), items)) == {names[0], names[2]}
    assert set(reach.load(file, Digests("code", Path("tests")), items[:1])) == {names[0]}
    assert reach.load(file, Digests("other code", Path("tests")), items) == {}


def test_summary__a_module_of_two_contracts__counted_for_both_and_once_in_all():
    mutants = [mutant(1), mutant(2, "modules/halt.vy"), mutant(3), mutant(4)]
    verdicts = dict(
        zip(
            (m.digest for m in mutants),
            (KILL, Verdict(SURVIVED), Verdict(INVALID), Verdict(EQUAL)),
            strict=True,
        )
    )
    report = summarise(world_of(mutants), mutants, verdicts, {})
    assert report["total"] == {"mutants": 2, "killed": 1, "score": 50.0}
    assert report["not_counted"] == {INVALID: 1, EQUAL: 1}
    assert report["contracts"]["BillRegistry"]["score"] == 50.0
    assert report["contracts"]["ConsentRegistry"]["score"] == 0.0
    assert report["contracts"]["ConsentRegistry"]["survivors"][0]["file"] == "modules/halt.vy"
    assert json.loads(json.dumps(report)) == report


def listed(of: Mutant, reason="equal for a reason given here"):
    return {of.name: SimpleNamespace(reason=reason)}


def found_faults(mutants, verdicts, known, **options):
    sources = world_of(mutants)
    report = summarise(sources, mutants, verdicts, known)
    report["generated"] = options.pop("generated", dict.fromkeys(NAMES, 1))
    for contract in ("IssuerRegistry", "ReimbursementLedger", "ConsentRegistry"):
        report["contracts"][contract] = {"mutants": 1, "score": 100.0}
    return faults(report, mutants, verdicts, known, judge_score=True, **options)


def test_faults__survivor__needs_a_reason():
    one, others = mutant(1), [mutant(n) for n in range(2, 101)]
    verdicts = {m.digest: KILL for m in others} | {one.digest: Verdict(SURVIVED)}
    assert found_faults([one, *others], verdicts, listed(one)) == []
    [fault] = found_faults([one, *others], verdicts, {})
    assert "survived, without a reason" in fault


def test_faults__reason_for_a_mutant_that_is_noticed__no_longer_wanted():
    [fault] = found_faults([mutant()], {mutant().digest: KILL}, listed(mutant()))
    assert "has a reason, but: killed" in fault


def test_faults__score_below_the_threshold__named():
    mutants = [mutant(n) for n in range(1, 101)]
    verdicts = {m.digest: KILL for m in mutants}
    known = {}
    for each_one in mutants[:4]:
        verdicts[each_one.digest] = Verdict(SURVIVED)
        known |= listed(each_one)
    [fault] = found_faults(mutants, verdicts, known)
    assert "BillRegistry: score 96.0 % is below" in fault


def test_faults__an_operator_that_found_nothing__named():
    made = dict.fromkeys(NAMES, 1) | {"sender": 0}
    [fault] = found_faults([mutant()], {mutant().digest: KILL}, {}, generated=made)
    assert fault == "operator sender: no mutants"


def test_survivors__file__read_with_reasons():
    assert all(len(s.reason) > 20 for s in survivors.load().values())


ENTRY = """[[survivor]]
file = "A.vy"
function = "f"
operator = "boundary"
before = "a < 1"
after = "a <= 1"
reason = "{}"
"""


def test_survivors__no_reason_or_twice__refused(tmp_path):
    file = tmp_path / "survivors.toml"
    file.write_text(ENTRY.format("never equal, as b bounds it"))
    known = survivors.load(file)
    assert survivors.gone(known, []) == list(known)
    file.write_text(ENTRY.format("equal"))
    with pytest.raises(ValueError, match="no reason"):
        survivors.load(file)
    file.write_text(2 * ENTRY.format("never equal, as b bounds it"))
    with pytest.raises(ValueError, match="twice"):
        survivors.load(file)


def item(path, nodeid=None):
    return SimpleNamespace(path=Path(path), nodeid=nodeid or f"{path}::test")


def test_plan__tests_of_the_function_first__then_of_the_contract_then_of_the_whole():
    items = [
        item("whole/test_pause.py"),
        item("bill_registry/test_holds.py"),
        item("bill_registry/test_reverse.py"),
        item("bill_registry/test_void.py"),
        item("consent_registry/test_use.py"),
        item("consent_registry/test_grant.py", "known"),
    ]
    sources = world_of([])
    sources.distance_to = {"void": {"void": 0, "reverse": 1}}.__getitem__
    sources.functions_with = lambda name: {name}
    near, far = plan(sources, None, mutant(), items, "known")
    assert [i.path.name for i in near] == ["test_grant.py", "test_void.py", "test_reverse.py"]
    assert [i.path.name for i in far] == ["test_holds.py", "test_pause.py"]


def test_plan__reach_known__only_tests_that_run_the_function():
    items = [item("bill_registry/test_void.py"), item("bill_registry/test_holds.py")]
    items += [item("reimbursement_ledger/test_lock.py"), item("new/test_of_today.py")]
    names = [i.nodeid for i in items]
    tests = {names[0]: {"void"}, names[1]: {"holds"}, names[2]: {"void", "lock"}}
    sources = world_of([])
    sources.distance_to = lambda name: {name: 0}
    sources.functions_with = lambda name: {name}
    near, far = plan(sources, Reach(frozenset({"admit"}), tests), mutant(), items, None)
    assert [i.nodeid for i in near + far] == [names[0], names[2], names[3]]
    near, far = plan(sources, Reach(frozenset({"void"}), tests), mutant(), items, None)
    assert [i.nodeid for i in near + far] == names[:2]


def test_folder_of__contracts_and_harness__as_their_tests_are_kept():
    names = [folder_of(name) for name in ("BillRegistry", "harness/Rfc6962Harness")]
    assert names == ["bill_registry", "rfc6962"]


def test_draw__same_seed__same_mutants_of_every_operator_and_file():
    many = [
        mutant(n, f"F{n % 4}.vy", NAMES[n % len(NAMES)]) for n in range(400)
    ]  # fmt: skip
    chosen = draw(many, 30, seed=3)
    assert chosen == draw(many, 30, seed=3) != draw(many, 30, seed=4)
    assert len(set(chosen)) == 30
    assert set(Counter(m.operator for m in chosen)) == set(NAMES)


def test_each__jobs_in_processes__every_answer_and_what_did_not_end(monkeypatch):
    monkeypatch.setattr("mutation.workers.CPU_SECONDS", 1)

    def task(number):
        while number == 2:
            pass
        return number * number

    assert dict(each([1, 2, 3], task, workers=2)) == {1: 1, 2: None, 3: 9}


def test_each__a_job_that_fails__not_taken_for_a_result():
    with pytest.raises(RuntimeError, match="ended with status"):
        list(each([0], lambda number: 1 // number, workers=1))
