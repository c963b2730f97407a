"""The indexer: page by page to the head, and back when the chain tells another history."""

from __future__ import annotations

import pytest
from in_memory.chain import MemoryChain, issuer_admitted, standing
from in_memory.platform import MemoryPlatform
from in_memory.values import DEPLOYMENT, HOSPITAL, SCHOOL

from frontend_api.domain.errors import ChainUnreachable, HistoryChanged, WrongChain
from frontend_api.indexer import Indexer, UpTo
from frontend_api.ports import ChainBlock
from frontend_api.store.projections import SqlProjections


def _cursor(home: MemoryPlatform) -> int | None:
    cursor = SqlProjections(home.database).cursor()
    return cursor.number if cursor else None


def _follow(home: MemoryPlatform) -> None:
    while home.indexer.step():
        pass


def test_step__new_blocks__read_once(home: MemoryPlatform) -> None:
    home.chain.add(issuer_admitted(SCHOOL))
    assert home.indexer.step()
    assert (_cursor(home), home.views.issuer(SCHOOL) is not None) == (1, True)
    assert not home.indexer.step()
    home.chain.add()
    assert home.indexer.step()
    assert _cursor(home) == 2


def test_step__starts_at_the_deployment__earlier_events_are_not_ours(home: MemoryPlatform) -> None:
    home.chain.add(issuer_admitted(SCHOOL))
    home.chain.add(issuer_admitted(HOSPITAL))
    late = Indexer(home.chain, SqlProjections(home.database), DEPLOYMENT, 2)
    assert late.step()
    assert home.views.issuer(SCHOOL) is None
    assert home.views.issuer(HOSPITAL) is not None


def test_step__many_blocks__page_after_page(
    home: MemoryPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("frontend_api.indexer.indexer._PAGE", 10)
    for number in range(25):
        home.chain.add(*([issuer_admitted(SCHOOL)] if number == 17 else []))
    cursors = []
    while home.indexer.step():
        cursors.append(_cursor(home))
    assert cursors == [9, 19, 25]
    assert home.views.issuer(SCHOOL) is not None


def test_step__chain_down__cursor_stays(home: MemoryPlatform) -> None:
    home.chain.down = True
    with pytest.raises(ChainUnreachable):
        home.indexer.step()
    assert _cursor(home) is None
    home.chain.down = False
    assert home.indexer.step()


def test_step__history_changed__said_and_nothing_applied(home: MemoryPlatform) -> None:
    home.chain.add(issuer_admitted(SCHOOL))
    home.chain.add(standing("IssuerSuspended", SCHOOL))
    _follow(home)
    home.chain.lose(1)
    home.chain.add()
    with pytest.raises(HistoryChanged, match="block 2"):
        home.indexer.step()
    assert _cursor(home) == 2


def test_step__chain_shorter_than_the_cursor__history_changed(home: MemoryPlatform) -> None:
    home.chain.add()
    home.chain.add()
    _follow(home)
    home.chain.lose(1)
    with pytest.raises(HistoryChanged):
        home.indexer.step()


def test_rewind__changed_history__only_what_was_lost_is_forgotten(home: MemoryPlatform) -> None:
    home.chain.add(issuer_admitted(SCHOOL))
    home.chain.add(standing("IssuerSuspended", SCHOOL))
    home.chain.add(issuer_admitted(HOSPITAL))
    _follow(home)
    home.chain.lose(2)
    home.chain.add(standing("IssuerRevoked", SCHOOL))
    assert home.indexer.rewind_if_changed()
    assert _cursor(home) == 1
    issuer = home.views.issuer(SCHOOL)
    assert issuer is not None
    assert (issuer.status, home.views.issuer(HOSPITAL)) == ("ACTIVE", None)
    _follow(home)
    issuer = home.views.issuer(SCHOOL)
    assert issuer is not None
    assert issuer.status == "REVOKED"


def test_rewind__nothing_is_left__all_is_read_again(home: MemoryPlatform) -> None:
    home.chain.add(issuer_admitted(SCHOOL))
    _follow(home)
    home.chain.blocks = MemoryChain(history=1).blocks
    assert home.indexer.rewind_if_changed()
    assert _cursor(home) is None
    assert home.views.issuer(SCHOOL) is None


def test_rewind__same_history__nothing_done(home: MemoryPlatform) -> None:
    assert not home.indexer.rewind_if_changed()
    home.chain.add(issuer_admitted(SCHOOL))
    _follow(home)
    home.chain.add()
    assert not home.indexer.rewind_if_changed()
    assert home.views.issuer(SCHOOL) is not None


def test_step__chain_moves_between_two_reads__nothing_applied(home: MemoryPlatform) -> None:
    home.chain.add(issuer_admitted(SCHOOL))
    read = home.chain.logs

    def moving(*args: object) -> list[object]:
        found = read(*args)  # type: ignore[arg-type]
        home.chain.lose(1)
        home.chain.add()
        return list(found)

    home.chain.logs = moving  # type: ignore[method-assign, assignment]
    assert not home.indexer.step()
    assert _cursor(home) is None
    home.chain.logs = read  # type: ignore[method-assign]
    _follow(home)
    assert home.views.issuer(SCHOOL) is None


def test_step__projections_and_cursor__move_together(
    home: MemoryPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.chain.add(issuer_admitted(SCHOOL))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("frontend_api.store.projections._move_cursor", killed)
    with pytest.raises(KeyboardInterrupt):
        home.indexer.step()
    assert home.views.issuer(SCHOOL) is None
    monkeypatch.undo()
    assert home.indexer.step()
    assert home.views.issuer(SCHOOL) is not None


def test_cursor__after_a_page__is_the_head(home: MemoryPlatform) -> None:
    home.chain.add()
    _follow(home)
    head = home.chain.head()
    assert SqlProjections(home.database).cursor() == ChainBlock(head.number, head.hash, 0)


def test_same_history__chain_behind_or_other__said_and_nothing_forgotten(
    home: MemoryPlatform,
) -> None:
    home.indexer.require_same_history()
    home.chain.add(issuer_admitted(SCHOOL))
    _follow(home)
    home.indexer.require_same_history()
    home.chain.lose(1)
    with pytest.raises(WrongChain, match="block 1"):
        home.indexer.require_same_history()
    assert home.views.issuer(SCHOOL) is not None


def test_up_to__stops_at_its_block__and_says_when_that_is_gone(home: MemoryPlatform) -> None:
    home.chain.add(issuer_admitted(SCHOOL))
    last = home.chain.block(1)
    assert last is not None
    home.chain.add(issuer_admitted(HOSPITAL))
    then = Indexer(UpTo(home.chain, last), SqlProjections(home.database), DEPLOYMENT, 0)
    while then.step():
        pass
    assert (_cursor(home), home.views.issuer(HOSPITAL)) == (1, None)
    home.chain.lose(2)
    with pytest.raises(HistoryChanged):
        then.step()
