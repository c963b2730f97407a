import boa

from ..support.world import BUREAU


def test_amount_left__untouched__face_less_at_source(world, ledger):
    batch = world.anchor(3, at_source_fen=25_000)
    for index, header in enumerate(batch.headers):
        assert ledger.amount_left(header, batch.batch_id, batch.path(index)) == 75_000


def test_amount_left__reserved_and_settled__less_both(world, ledger):
    batch = world.locked(BUREAU, 10_000)
    assert ledger.amount_left(batch.headers[0], batch.batch_id, []) == 90_000
    world.settle(batch, BUREAU, 4_000)
    assert ledger.amount_left(batch.headers[0], batch.batch_id, []) == 96_000


def test_amount_left__voided__says_nothing_on_validity(world, ledger, bills):
    batch = world.anchor()
    bills.void(batch.batch_id, batch.batch_id, 1, sender=world.hospital_key)
    assert ledger.amount_left(batch.headers[0], batch.batch_id, []) == 100_000


def test_amount_left__not_proved__reverts(world, ledger):
    batch = world.anchor(3)
    raised = batch.headers[0]._replace(amount_fen=10**9)
    with boa.reverts("proof: bill not in batch"):
        ledger.amount_left(raised, batch.batch_id, batch.path(0))
