"""INV-19, INV-20: what the events tell is what the contracts hold."""

from collections import defaultdict

import boa
from eth_utils import keccak

from ..support.events import events_of
from ..support.world import (
    ACTIVE,
    BUREAU,
    CLAIM,
    DAY,
    EXPIRED,
    GRANT_REVOKED,
    HOSPITAL,
    INSURER,
    ISSUER,
    LIVE,
    REJECTED,
    RESERVED,
    REVOKED,
    SETTLED,
    SUSPENDED,
    VOUCHER,
)


class Rebuilt:
    """State from events alone."""

    def __init__(self):
        self.issuers, self.consumed = {}, defaultdict(int)
        self.batches, self.voided, self.grants = {}, {}, {}
        self.settled, self.reserved = defaultdict(int), defaultdict(int)
        self.decided, self.claims = set(), {}

    def take(self, contract):
        for event in events_of(contract):
            getattr(self, event.name)(**event.args)

    def IssuerSuspended(self, uscc):  # noqa: N802 - named as the event
        self.issuers[uscc] = SUSPENDED

    def IssuerResumed(self, uscc):  # noqa: N802
        self.issuers[uscc] = ACTIVE

    def IssuerRevoked(self, uscc):  # noqa: N802
        self.issuers[uscc] = REVOKED

    def Anchored(self, **e):  # noqa: N802
        self.batches[e["batch_id"]] = e
        self.consumed[e["segment_id"]] += e["count"]

    def Voided(self, bill_key, issuer, reason):  # noqa: N802, ARG002
        self.voided[bill_key] = reason

    def Granted(self, grant_id, **_):  # noqa: N802
        self.grants[grant_id] = (LIVE, 0)

    def GrantRevoked(self, grant_id, **_):  # noqa: N802
        self.grants[grant_id] = (GRANT_REVOKED, self.grants[grant_id][1])

    def GrantUsed(self, grant_id, amount_fen, used_fen, **_):  # noqa: N802
        assert used_fen == self.grants[grant_id][1] + amount_fen
        self.grants[grant_id] = (self.grants[grant_id][0], used_fen)

    def GrantReleased(self, grant_id, amount_fen, used_fen):  # noqa: N802
        assert used_fen == self.grants[grant_id][1] - amount_fen
        self.grants[grant_id] = (self.grants[grant_id][0], used_fen)

    def Locked(self, bill_key, payer, claim_id, **e):  # noqa: N802
        self.reserved[bill_key] += e["amount_fen"]
        self.claims[payer, bill_key, claim_id] = [
            RESERVED, e["amount_fen"], 0, e["expires_at"], e["statutory"], e["grant_id"],
        ]  # fmt: skip

    def Settled(self, bill_key, payer, claim_id, approved_fen, deducted_fen, **_):  # noqa: N802
        self._close(bill_key, payer, claim_id, SETTLED, approved_fen + deducted_fen)
        self.settled[bill_key] += approved_fen
        self.claims[payer, bill_key, claim_id][2] = approved_fen

    def Rejected(self, bill_key, payer, claim_id, released_fen, **_):  # noqa: N802
        self._close(bill_key, payer, claim_id, REJECTED, released_fen)

    def Expired(self, bill_key, payer, claim_id, released_fen):  # noqa: N802
        self._close(bill_key, payer, claim_id, EXPIRED, released_fen)

    def _close(self, bill_key, payer, claim_id, status, reserved_fen):
        claim = self.claims[payer, bill_key, claim_id]
        assert claim[:2] == [RESERVED, reserved_fen]
        claim[0] = status
        self.reserved[bill_key] -= reserved_fen
        if claim[4] and status != EXPIRED:
            self.decided.add(bill_key)


def test_events__a_day_of_work__rebuild_the_storage(world):
    w, seen = world, Rebuilt()

    def step(contract, function, *arguments, sender):
        getattr(contract, function)(*arguments, sender=sender)
        seen.take(contract)

    batch = w.anchor(6)
    seen.take(w.bills)
    keys = [header.key for header in batch.headers]
    grants = {}
    for index, payer in ((0, BUREAU), (1, BUREAU), (2, BUREAU), (3, INSURER)):
        grants[index] = w.grant_for(keys[index], payer, no_statutory=True)
        step(w.consents, "grant", grants[index], sender=w.holder.address)
        w.lock(batch, grants[index], 1_000 * (index + 1), index=index)
        seen.take(w.ledger)
    step(w.ledger, "settle", keys[0], keys[0], CLAIM, 400, VOUCHER, sender=w.bureau_key)
    step(w.ledger, "reject", keys[1], CLAIM, 2, sender=w.bureau_key)
    w.lock(batch, grants[0], 50, claim_id=keccak(text="second"))
    seen.take(w.ledger)
    boa.env.timestamp += DAY + 1
    step(w.ledger, "expire", keys[2], BUREAU, CLAIM, sender=w.holder.address)
    step(w.consents, "revoke", grants[3], sender=w.holder.address)
    step(w.bills, "void", keys[5], keys[0], 4, sender=w.hospital_key)
    step(w.registry, "suspend_issuer", HOSPITAL, sender=w.supervisor)
    step(w.registry, "resume_issuer", HOSPITAL, sender=w.supervisor)
    step(w.registry, "revoke_issuer", HOSPITAL, sender=w.supervisor)

    assert w.registry.issuer(HOSPITAL).status == seen.issuers[HOSPITAL]
    assert w.bills.consumed(w.segment) == seen.consumed[w.segment]
    stored = w.bills.batch(keys[0])
    for member in ("root", "count", "segment_id", "signer", "sum_fen", "issuer"):
        assert getattr(stored, member) == seen.batches[keys[0]][member]
    for key in keys:
        state = w.bills.bill_state(key)
        assert (state.voided, state.reason) == (key in seen.voided, seen.voided.get(key, 0))
        held = (seen.settled[key], seen.reserved[key], key in seen.decided)
        assert w.ledger.amounts(key) == held
    for grant_id, state in seen.grants.items():
        assert tuple(w.consents.grant_state(grant_id)) == state
    for (payer, key, claim_id), claim in seen.claims.items():
        assert list(w.ledger.claim(payer, key, claim_id)) == claim
    assert len(seen.claims) == 5


def test_events__the_same_transaction__nothing_twice(world):
    """One event of each contract that changed, even when a call goes through three of them."""
    batch = world.locked()
    names = [event.name for event in events_of(world.ledger)]
    assert names == ["GrantUsed", "Locked"]
    world.settle(batch, BUREAU, 1)
    assert [event.name for event in events_of(world.ledger)] == ["GrantReleased", "Settled"]
    key = boa.env.generate_address()
    world.registry.register_key(key, HOSPITAL, ISSUER, sender=world.supervisor)
    world.registry.disown_key(key, boa.env.timestamp, sender=world.supervisor)
    assert [event.name for event in events_of(world.registry)] == ["KeyDisowned"]
