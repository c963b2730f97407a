"""What calls cost: gas of execution, before refunds.

Each call is a transaction of its own, without its 21,000 and its calldata. `make gas` writes the
snapshot and the document.
"""

import difflib
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import boa

from .document import DOCUMENT
from .events import CONTRACTS
from .journal import recording
from .signed import signed_batch, signing_key
from .stage import Stage
from .table import ACTS, Act
from .world import BUREAU, CLAIM, CODE, DAY, DONGCHENG, HOSPITAL, World, deployer_of

SNAPSHOT = Path(__file__).resolve().parents[1] / "whole" / "gas.json"
CALLS_HEADER = "| call | gas |"
BYTES_HEADER = "| contract | bytes of code, at most 24,576 |"
BATCH_SIZES = (1, 1_000, 1_000_000)
PATH_LENGTHS = (0, 10, 20)
ISSUERS_AT_ONCE = 20
# Functions whose cost the document tells; the snapshot has all.
SHOWN = (
    "void", "reverse", "grant", "settle", "account", "recover", "grant_numbers",
)  # fmt: skip


def measure() -> dict[str, dict[str, int]]:
    """All that the snapshot holds, measured anew."""
    with boa.env.anchor(), the_same_addresses():
        stage = Stage(World())
        sized = {
            **{f"anchor, {n:,} bills": of_anchor(stage.world, n) for n in BATCH_SIZES},
            "anchor, the first of a segment": of_anchor(stage.world, 1, another=False),
            f"anchor_signed, {ISSUERS_AT_ONCE} batches of {ISSUERS_AT_ONCE} issuers": (
                of_anchor_signed(stage.world)
            ),
            **{f"lock, path of {n}": of_lock(stage.world, n) for n in PATH_LENGTHS},
        }
        functions = {act.function: of_act(stage, act) for act in ACTS}
    sizes = {name: len(deployer_of(name).compiler_data.bytecode_runtime) for name in CONTRACTS}
    return {"sized": sized, "functions": functions, "bytes": sizes}


@contextmanager
def the_same_addresses() -> Iterator[None]:
    """Signatures depend on addresses, and some gas on signatures."""
    chance = boa.env._random
    boa.env.set_random_seed("gas")
    try:
        yield
    finally:
        boa.env._random = chance


def of_anchor(world: World, count: int, *, another: bool = True) -> int:
    """A batch of a segment; ``another`` came before it."""
    with boa.env.anchor():
        segment = world.registry.grant_numbers(HOSPITAL, CODE, 2_000_000, sender=world.supervisor)
        first = CODE * 10**10 + world.registry.segment(segment).first
        anchor = (b"\x05" * 32, 1)
        if another:
            world.bills.anchor(segment, first, 7, *anchor, sender=world.hospital_key)
            first += 7
        return _gas(
            lambda: world.bills.anchor(segment, first, count, *anchor, sender=world.hospital_key)
        )


def of_anchor_signed(world: World) -> int:
    with boa.env.anchor():
        batches = [_batch_of_issuer(world, index) for index in range(ISSUERS_AT_ONCE)]
        return _gas(lambda: world.bills.anchor_signed(batches, sender=world.stranger.address))


def _batch_of_issuer(world: World, index: int):
    uscc = f"1211000040068{index:05d}".encode()
    with boa.env.prank(world.supervisor):
        world.registry.admit_issuer(uscc, f"issuer {index}", DONGCHENG)
        segment = world.registry.grant_numbers(uscc, CODE, 10_000)
        key = signing_key(world, uscc, f"issuer {index}")
    first = world.registry.segment(segment).first
    return signed_batch(world, key, segment, CODE * 10**10 + first, 10_000)


def of_lock(world: World, levels: int) -> int:
    """The first bill of a batch of 2**levels.

    Only the path to it is known: to the contract, the others' hashes are any 32 bytes.
    """
    with boa.env.anchor():
        size = 2**levels
        segment = world.registry.grant_numbers(HOSPITAL, CODE, size, sender=world.supervisor)
        header = world.header(world.registry.segment(segment).first)
        path = [sha256(b"sibling %d" % level).digest() for level in range(levels)]
        root = header.leaf(world.instance)
        for sibling in path:
            root = sha256(b"\x01" + root + sibling).digest()
        world.bills.anchor(segment, header.key, size, root, 1, sender=world.hospital_key)
        grant = world.granted(header.key, BUREAU)
        proof = (header, header.key, path, grant)
        claim = (CLAIM, 10_000, boa.env.timestamp + DAY)
        return _gas(lambda: world.ledger.lock(*proof, *claim, sender=world.bureau_key))


def of_act(stage: Stage, act: Act) -> int:
    with boa.env.anchor():
        arguments = act.prepare(stage)
        sender = stage.callers[act.caller]
        return _gas(lambda: act.call(stage, arguments, sender))


def _gas(call: Callable[[], object]) -> int:
    with recording() as journal:
        call()
    (transaction,) = journal
    return transaction.gas


# --- the snapshot and the document ---


def text_of(snapshot: dict[str, dict[str, int]]) -> str:
    return json.dumps(snapshot, indent=2) + "\n"


def changes(before: str, after: str) -> str:
    """The lines that differ; empty when none does."""
    return "\n".join(difflib.unified_diff(before.splitlines(), after.splitlines(), n=0))


def document_tables(snapshot: dict[str, dict[str, int]]) -> dict[str, list[list[str]]]:
    """Header → rows, as the document has to have them."""
    shown = {name: snapshot["functions"][name] for name in SHOWN}
    calls = snapshot["sized"] | shown
    return {
        CALLS_HEADER: [[_marked(name), f"{gas:,}"] for name, gas in calls.items()],
        BYTES_HEADER: [[name, f"{size:,}"] for name, size in snapshot["bytes"].items()],
    }


def _marked(call: str) -> str:
    """The function's name as code: the first word."""
    return re.sub(r"^\w+", r"`\g<0>`", call)


def write() -> None:
    """Measure, write the snapshot and both tables of the document, and tell what changed."""
    snapshot = measure()
    before = SNAPSHOT.read_text(encoding="utf-8") if SNAPSHOT.exists() else ""
    SNAPSHOT.write_text(text_of(snapshot), encoding="utf-8")
    text = DOCUMENT.read_text(encoding="utf-8")
    for header, rows in document_tables(snapshot).items():
        lines = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
        text, found = re.subn(
            rf"({re.escape(header)}\n\|---\|---\|\n)(?:\|.*\n)+", rf"\g<1>{lines}", text
        )
        assert found == 1, header
    DOCUMENT.write_text(text, encoding="utf-8")
    print(changes(before, text_of(snapshot)) or "Nothing changed.")


if __name__ == "__main__":
    write()
