"""A story of one platform: a bill goes every way that a bill can go, step by step."""

import boa
from eth_utils import keccak

from .acts import act_of, need
from .signed import signed_batch
from .stage import SIGHT, Stage, whole
from .world import (
    BEIJING,
    BUREAU,
    CHAOYANG,
    CLAIM,
    CLINIC,
    CODE,
    DAY,
    DONGCHENG,
    EMPLOYER,
    HOSPITAL,
    INSURER,
    ISSUER,
    NOBODY,
    OTHER_CODE,
    VOUCHER,
    proved,
)

APPLYING = b"12110000400777777S"
SECOND = keccak(text="second claim")


def live(stage: Stage) -> None:
    """From the stage's mid-life to the end of its issuer."""
    numbers_are_asked_for_and_closed(stage)
    payers_share_a_bill(stage)
    a_bill_is_replaced_and_recovered(stage)
    others_look_and_account(stage)
    paper_goes_out_and_comes_back(stage)
    stolen_key_is_forgiven(stage)
    holders_change_their_minds(stage)
    officers_agree(stage)
    everything_ends(stage)


def numbers_are_asked_for_and_closed(stage: Stage) -> None:
    w, registry = stage.world, stage.world.registry
    segment = stage.filed_segment()
    with boa.env.prank(w.supervisor):
        registry.audit_write_off(segment)
        registry.open_series(OTHER_CODE, "donation", BEIJING)
        registry.allow_kind(HOSPITAL, "donation", True)
        registry.allow_kind(HOSPITAL, "medical-outpatient", True)
        registry.allow_kind(HOSPITAL, "donation", False)
        registry.set_stock_limit(100_000)
        registry.grant_request(stage.approved)
        registry.approve_request(stage.asked)
    part = registry.split_segment(w.segment, 500, "east gate", sender=w.hospital_key)
    first = CODE * 10**10 + registry.segment(part).first
    w.bills.anchor(part, first, 20, b"\x06" * 32, 7, sender=w.hospital_key)
    registry.return_unused(part, sender=w.hospital_key)
    w.bills.void(first + 3, first, 4, sender=w.hospital_key)
    registry.file_write_off(part, 19, 1, 480, sender=w.hospital_key)
    w.bills.void(first + 4, first, 4, sender=w.hospital_key)


def payers_share_a_bill(stage: Stage) -> None:
    """The statutory payer first; the insurer is refused once and pays the second time."""
    w = stage.world
    batch = w.anchor(3)
    w.lock(batch, w.granted(batch.batch_id, BUREAU), 60_000)
    w.settle(batch, BUREAU, 45_000)
    own = w.granted(batch.batch_id, INSURER)
    w.lock(batch, own, 20_000)
    w.ledger.reject(batch.batch_id, CLAIM, 5, sender=w.insurer_key)
    w.lock(batch, own, 30_000, claim_id=SECOND)
    w.settle(batch, INSURER, 30_000, SECOND)
    w.ledger.expire(stage.overdue.batch_id, BUREAU, CLAIM, sender=stage.callers["relayer"])
    second = batch.headers[1].key
    w.lock(batch, w.granted(second, BUREAU), 1_000, index=1)
    w.ledger.reject(second, CLAIM, 2, sender=w.bureau_key)
    w.lock(batch, w.granted(second, INSURER), 1_000, index=1)


def a_bill_is_replaced_and_recovered(stage: Stage) -> None:
    """What is due of the original counts against its replacement, until it is recovered."""
    w = stage.world
    replacement = stage.replacement
    w.lock(replacement, w.granted(replacement.batch_id, BUREAU), 50_000)
    w.settle(replacement, BUREAU, 50_000)
    w.ledger.recover(stage.reversed.batch_id, CLAIM, VOUCHER, sender=w.bureau_key)
    again = w.anchor()
    w.reverse(replacement, w.anchor(), again.batch_id)
    w.ledger.recover(replacement.batch_id, CLAIM, VOUCHER, sender=w.bureau_key)
    w.reverse(again, w.anchor())


def others_look_and_account(stage: Stage) -> None:
    w = stage.world
    batch = w.anchor()
    seen = w.granted(batch.batch_id, BUREAU, purpose=SIGHT)
    w.ledger.log_use(*proved(batch), seen, sender=w.bureau_key)
    w.account(batch, w.granted(batch.batch_id, EMPLOYER, no_statutory=True))


def paper_goes_out_and_comes_back(stage: Stage) -> None:
    w, swapped = stage.world, whole(stage.swapped)
    w.bills.recover_paper(*swapped, sender=w.hospital_key)
    w.lock(stage.swapped, w.granted(stage.swapped.batch_id, BUREAU), 1_000)
    w.settle(stage.swapped, BUREAU, 1)
    w.bills.swap_to_paper(*whole(stage.free), "P9", sender=w.hospital_key)


def stolen_key_is_forgiven(stage: Stage) -> None:
    """In part: a batch, a bill of another batch, and a bill that is voided after all."""
    w, disputed = stage.world, stage.disputed
    w.bills.attest_batch(stage.attested, sender=w.supervisor)
    w.bills.attest_bill(disputed, disputed, sender=w.supervisor)
    w.bills.void(disputed + 1, disputed, 9, sender=w.hospital_key)
    first = CODE * 10**10 + w.next_no()
    signed = signed_batch(w, stage.signer, w.segment, first, 4)
    w.bills.anchor_signed([signed], sender=stage.callers["relayer"])
    w.registry.disown_key(stage.signer.address, boa.env.timestamp, sender=w.supervisor)
    boa.env.timestamp += DAY
    w.registry.disown_key(stage.signer.address, stage.past + 1, sender=w.supervisor)


def holders_change_their_minds(stage: Stage) -> None:
    w, relayer = stage.world, stage.callers["relayer"]
    w.consents.grant_signed(stage.new_grant, w.sign_grant(stage.new_grant), sender=relayer)
    w.consents.revoke_signed(stage.grant, w.sign_revoke(stage.grant), sender=relayer)
    w.consents.revoke(w.grant_for(stage.claimed.batch_id, BUREAU), sender=w.holder.address)
    never_given = w.grant_for(stage.free.batch_id, BUREAU, nonce=3)
    w.consents.revoke(never_given, sender=w.holder.address)


def officers_agree(stage: Stage) -> None:
    """Two of them on everything: they begin, withdraw, are dismissed, let lapse, and decide."""
    w, registry, who = stage.world, stage.world.registry, stage.callers
    first, second = need(w, 2, grant_limit=10)
    district, province = who["officer of the district"], who["officer of the province"]
    own_act = act_of("admit_issuer", NOBODY, "诊所", DONGCHENG)
    for officer in (district, province):
        registry.appoint_officer(who["stranger"], DONGCHENG, sender=officer)
    registry.admit_issuer(NOBODY, "诊所", DONGCHENG, sender=who["stranger"])
    registry.withdraw_approval(own_act, sender=who["stranger"])
    registry.admit_issuer(NOBODY, "诊所", DONGCHENG, sender=who["stranger"])
    registry.dismiss_officer(who["stranger"], sender=first)
    registry.admit_issuer(NOBODY, "诊所", DONGCHENG, sender=first)
    for officer in (district, second):
        registry.admit_applicant(stage.applied, sender=officer)
    registry.apply_as_issuer(APPLYING, "学校", CHAOYANG, sender=who["relayer"])
    registry.refuse_applicant(registry.application_total(), sender=province)
    registry.apply_as_issuer(APPLYING, "学校", CHAOYANG, sender=who["relayer"])
    registry.grant_numbers(HOSPITAL, CODE, 11, sender=district)
    boa.env.timestamp += 7 * DAY + 1
    for officer in (first, district):
        registry.grant_numbers(HOSPITAL, CODE, 11, sender=officer)
    registry.register_key(who["stranger"], HOSPITAL, ISSUER, sender=district)
    registry.accept_office(first, sender=who["successor of an officer"])
    registry.dismiss_officer(second, sender=who["another officer of the platform"])
    registry.transfer_office(first, sender=who["successor of an officer"])
    registry.accept_office(who["successor of an officer"], sender=first)


def everything_ends(stage: Stage) -> None:
    """By two officers, where it takes two."""
    w, registry = stage.world, stage.world.registry
    for officer in (w.supervisor, stage.callers["another officer of the platform"]):
        registry.revoke_issuer(HOSPITAL, sender=officer)
        registry.revoke_payer(INSURER, sender=officer)
    with boa.env.prank(w.supervisor):
        registry.suspend_issuer(CLINIC)
        registry.resume_issuer(CLINIC)
        registry.suspend_payer(BUREAU)
        registry.resume_payer(BUREAU)
        registry.revoke_key(w.hospital_key)
        registry.pause()
        registry.unpause()
        registry.pause()
