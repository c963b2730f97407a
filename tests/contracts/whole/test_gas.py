"""INV-25: gas does not grow with the number of bills; and no cost changes unseen."""

import json

import pytest

from ..support.document import table
from ..support.events import CONTRACTS
from ..support.gas import SNAPSHOT, changes, document_tables, measure, text_of
from ..support.table import ACTS

EIP_170_LIMIT = 24_576


@pytest.fixture(scope="module")
def written() -> str:
    return SNAPSHOT.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def snapshot(written) -> dict:
    return json.loads(written)


@pytest.mark.usefixtures("_the_world")
def test_gas__measured_anew__as_in_the_snapshot(written):
    """To the unit. `make gas` writes the snapshot anew, and the document with it."""
    changed = changes(written, text_of(measure()))
    assert not changed, f"run `make gas` if this is meant:\n{changed}"


def test_gas__snapshot__has_every_function_and_contract(snapshot):
    assert set(snapshot["functions"]) == {act.function for act in ACTS}
    assert set(snapshot["bytes"]) == set(CONTRACTS)


def test_gas__anchor__the_same_for_one_bill_and_for_a_million(snapshot):
    """INV-25."""
    one, thousand, million = (
        snapshot["sized"][f"anchor, {count} bills"] for count in ("1", "1,000", "1,000,000")
    )
    assert one == thousand == million < snapshot["sized"]["anchor, the first of a segment"]


def test_gas__anchor_signed__twenty_issuers_cost_no_more_than_twenty_calls(snapshot):
    """A call of their own costs each 21,000 more, for the transaction."""
    together = snapshot["sized"]["anchor_signed, 20 batches of 20 issuers"]
    assert together < 20 * (snapshot["sized"]["anchor, the first of a segment"] + 21_000)


def test_gas__lock__grows_with_the_depth_of_the_tree_and_by_the_same_each_level(snapshot):
    """INV-25. Twice the bills, one level more."""
    flat, ten, twenty = (snapshot["sized"][f"lock, path of {n}"] for n in (0, 10, 20))
    assert 0 < twenty - ten < 10 * 1_000
    assert abs((twenty - ten) - (ten - flat)) < 500


@pytest.mark.parametrize("contract", CONTRACTS)
def test_code__size__below_the_limit_of_a_chain(snapshot, contract):
    assert 0 < snapshot["bytes"][contract] < EIP_170_LIMIT


def test_gas__document__shows_the_snapshot(snapshot):
    for header, rows in document_tables(snapshot).items():
        assert table(header) == rows


def test_gas__one_unit_more__would_be_seen(written, snapshot):
    """The comparison is not blind, and says where."""
    snapshot["functions"]["settle"] += 1
    assert '"settle"' in changes(written, text_of(snapshot))
