"""What each operator makes of a small contract."""

import boa
import pytest

from .mutant import mutants_of
from .operators import NAMES, edits_of

SOURCE = '''# pragma version 0.4.3
"""
@title A counter
"""
event Counted:
    by: address
    much: uint64

flag Mood:
    GOOD
    BAD

count: uint64
mood: Mood


@external
def add(much: uint64, more: uint64) -> uint64:
    """
    @notice Counts.
    """
    assert much < 10, "counter: too much"
    if much == 3 and not self._is_idle():
        self.count += much * more
    self.mood = Mood.BAD
    log Counted(by=msg.sender, much=much)
    return self._sum(much, more)


@internal
@view
def _is_idle() -> bool:
    return self.count == 0


@internal
@pure
def _sum(left: uint64, right: uint64) -> uint64:
    return left + right
'''

EXPECTED = {
    "comparison": {
        ('assert much < 10, "counter: too much"', 'assert much >= 10, "counter: too much"'),
        ("if much == 3 and not self._is_idle():", "if much != 3 and not self._is_idle():"),
        ("return self.count == 0", "return self.count != 0"),
    },
    "boundary": {
        ('assert much < 10, "counter: too much"', 'assert much <= 10, "counter: too much"'),
        ('assert much < 10, "counter: too much"', 'assert much < 11, "counter: too much"'),
        ('assert much < 10, "counter: too much"', 'assert much < 9, "counter: too much"'),
        ("if much == 3 and not self._is_idle():", "if much == 4 and not self._is_idle():"),
        ("if much == 3 and not self._is_idle():", "if much == 2 and not self._is_idle():"),
        ("return self.count == 0", "return self.count == 1"),
    },
    "logic": {
        ("if much == 3 and not self._is_idle():", f"if {condition}:")
        for condition in (
            "((much == 3) or (not self._is_idle()))",
            "((much == 3))",
            "((not self._is_idle()))",
            "much == 3 and (self._is_idle())",
            "True",
            "False",
        )
    },
    "assertion": {('assert much < 10, "counter: too much"', "pass")},
    "statement": {
        (
            "if much == 3 and not self._is_idle(): self.count += much * more",
            "pass",
        ),
        ("self.count += much * more", "pass"),
        ("self.mood = Mood.BAD", "pass"),
        ("log Counted(by=msg.sender, much=much)", "pass"),
        ("return self._sum(much, more)", "pass"),
        ("return self.count == 0", "pass"),
        ("return left + right", "pass"),
    },
    "state": {
        ("self.count += much * more", "self.count -= much * more"),
        ("self.mood = Mood.BAD", "self.mood = Mood.GOOD"),
        (
            "log Counted(by=msg.sender, much=much)",
            "log Counted(by=empty(address), much=much)",
        ),
        (
            "log Counted(by=msg.sender, much=much)",
            "log Counted(by=msg.sender, much=empty(uint64))",
        ),
    },
    "sender": {
        ("log Counted(by=msg.sender, much=much)", "log Counted(by=tx.origin, much=much)"),
        ("log Counted(by=msg.sender, much=much)", "log Counted(by=self, much=much)"),
    },
    "arithmetic": {
        ("self.count += much * more", "self.count += much // more"),
        ("return left + right", "return left - right"),
    },
    "result": {
        ("return self._sum(much, more)", "return empty(uint64)"),
        ("return self.count == 0", "return not (self.count == 0)"),
        ("return left + right", "return empty(uint64)"),
    },
    "argument": {("return self._sum(much, more)", "return self._sum(more, much)")},
}


def mutants(source):
    """All mutants of a contract, its functions taken as a whole."""
    tree = boa.loads_partial(source).compiler_data.annotated_vyper_module
    return mutants_of("Contract.vy", source, [("f", edit) for edit in edits_of(source, tree)])


@pytest.mark.parametrize("operator", NAMES)
def test_operator__on_a_small_contract__changes_all_that_it_should_and_no_more(operator):
    found = {(m.before, m.after) for m in mutants(SOURCE) if m.operator == operator}
    assert found == EXPECTED[operator]


def test_mutant__only_the_named_lines__differ_from_the_source():
    for mutant in mutants(SOURCE):
        assert mutant.source != SOURCE
        changed = mutant.source.replace(mutant.after, mutant.before)
        assert "".join(changed.split()) == "".join(SOURCE.split()) or len(mutant.after) < 8
        assert SOURCE.split("\n")[mutant.line - 1].strip() in mutant.before


def test_mutants__equal_changes_in_one_function__told_apart_by_number():
    source = "x: uint64\n\n\n@external\ndef f():\n    self.x += 1\n    self.x += 1\n"
    same = [m for m in mutants(source) if m.operator == "statement"]
    assert [m.nth for m in same] == [1, 2]
    assert len({m.name for m in same}) == len({m.digest for m in same}) == 2


def test_mutants__two_operators_with_one_text__counted_once():
    found = mutants(SOURCE)
    assert len({m.source for m in found}) == len(found)


def test_assertion__by_a_function_that_asserts_for_others__goes_as_an_assert_does():
    source = """
@external
def f(x: uint64):
    self._require(x > 0, "x: is zero")


@internal
@pure
def _require(ok: bool, reason: String[40]):
    assert ok, reason
"""
    found = {(m.operator, m.before) for m in mutants(source) if m.after == "pass"}
    assert found == {
        ("assertion", 'self._require(x > 0, "x: is zero")'),
        ("assertion", "assert ok, reason"),
    }


def test_types__of_parameters_and_storage__left_alone():
    source = "names: HashMap[uint64, String[32]]\n\n\n@external\ndef f(x: Bytes[65]):\n    pass\n"
    assert mutants(source) == []
