"""The same under the rules of Cancun and of Prague, on a real chain where nobody has any money.

What boa runs is recorded and sent again, transaction by transaction: from the deployment through a
whole life, and then every function of the table of acts, by an allowed caller and by a stranger.
"""

from typing import NamedTuple

import boa
import pytest

from ..support.chain import anvil
from ..support.compiled import compiled
from ..support.events import CONTRACTS
from ..support.journal import Transaction, recording
from ..support.life import live
from ..support.stage import Stage
from ..support.storage import Storage, storage_of
from ..support.table import ACTS
from ..support.world import START, World

pytestmark = pytest.mark.chain

HARDFORKS = ("cancun", "prague")
CHAIN_ID = 31337


class Chapter(NamedTuple):
    """Some transactions, and all that the contracts hold after them."""

    name: str
    journal: list[Transaction]
    storage: Storage


@pytest.fixture(scope="module")
def told(_the_world):
    """What boa did: the chapter up to the stage, and one for each act and a life that follow it."""
    with boa.env.anchor():
        with recording() as journal:
            stage = Stage(World())
        addresses = {name: stage.contract(name).address for name in CONTRACTS}
        beginning = Chapter("beginning", journal, storage_of(*addresses.values()))
        following = [of_life(stage, addresses), *(of_act(stage, act, addresses) for act in ACTS)]
    return addresses, beginning, following


def of_life(stage, addresses):
    with boa.env.anchor(), recording() as journal:
        live(stage)
        return Chapter("life", journal, storage_of(*addresses.values()))


def of_act(stage, act, addresses):
    """A refused call is sent too; where anybody may, there is none."""
    with boa.env.anchor(), recording() as journal:
        arguments = act.prepare(stage)
        if not act.allows("stranger"):
            with pytest.raises(boa.BoaError):
                act.call(stage, arguments, stage.callers["stranger"])
        act.call(stage, arguments, stage.callers[act.caller])
        return Chapter(act.name, journal, storage_of(*addresses.values()))


@pytest.fixture(scope="module", params=HARDFORKS)
def chain(request, told, tmp_path_factory):
    """A chain of the hardfork with the contracts compiled for it, at the end of the beginning."""
    home = tmp_path_factory.mktemp(request.param)
    with anvil(home, request.param, CHAIN_ID, START - 1) as chain:
        assert chain.hardfork == request.param
        play(chain, told[1])
        yield chain


def test_forks__runtime_code__the_same_byte_for_byte():
    cancun, prague = (compiled(hardfork) for hardfork in HARDFORKS)
    for name in CONTRACTS:
        assert cancun[name]["bytecode_runtime"] == prague[name]["bytecode_runtime"]


def test_forks__deployed_code__as_compiled(chain, told):
    addresses, _, _ = told
    for name, address in addresses.items():
        runtime = compiled(chain.hardfork)[name]["bytecode_runtime"]
        # What follows are the immutables.
        assert chain.code(address).startswith(runtime)


def test_forks__whole_life_and_every_function__end_alike(chain, told):
    """INV-20. Success, events, gas and storage, transaction by transaction."""
    addresses, beginning, following = told
    assert chain.storage(*addresses.values()) == beginning.storage
    for chapter in following:
        with chain.undone():
            play(chain, chapter)
            assert chain.storage(*addresses.values()) == chapter.storage, chapter.name
    senders = {t.sender for chapter in (beginning, *following) for t in chapter.journal}
    assert {chain.balance(address) for address in (*senders, *addresses.values())} == {0}


def play(chain, chapter):
    for index, transaction in enumerate(chapter.journal):
        where = f"{chapter.name}, transaction {index}"
        data = transaction.data if transaction.to else for_hardfork(transaction, chain.hardfork)
        outcome = chain.send(transaction, data)
        assert outcome.succeeded == (not transaction.failed), where
        assert outcome.logs == transaction.logs, where
        assert (outcome.price, outcome.time) == (0, transaction.time), where
        if transaction.to:
            assert outcome.gas_used == gas_of_transaction(transaction, chain.hardfork), where


def for_hardfork(transaction, hardfork) -> bytes:
    """The same deployment, of code compiled for the hardfork."""
    own = compiled("cancun")
    (name,) = (n for n in CONTRACTS if transaction.data.startswith(own[n]["bytecode"]))
    arguments = transaction.data.removeprefix(own[name]["bytecode"])
    return compiled(hardfork)[name]["bytecode"] + arguments


def gas_of_transaction(transaction, hardfork) -> int:
    """What boa measured, plus what a transaction itself costs (EIP-2028, 3529, 7623)."""
    zeros = transaction.data.count(0)
    tokens = zeros + 4 * (len(transaction.data) - zeros)
    spent = 21_000 + 4 * tokens + transaction.gas
    spent -= min(transaction.refund, spent // 5)
    return max(spent, 21_000 + 10 * tokens) if hardfork == "prague" else spent
