"""Every call of the issuer registry on real contracts: encoded, sent, and within its gas limit."""

from __future__ import annotations

import inspect
import secrets
import time

import pytest

from frontend_api.chain.codec import load_abi
from frontend_api.chain.registry_calls import RegistryCalls, act_of
from frontend_api.domain.errors import RefusedByContract
from frontend_api.domain.states import PayerKind, Role
from frontend_api.ports import Call

from .deploying import (
    CODE,
    ISSUER_KEY,
    PAYER_USCC,
    SUPERVISOR,
    USCC,
    Network,
    address_of,
    codec,
)

pytestmark = pytest.mark.chain

CITY = 460_100
SCHOOL = "12460000DEM0000025"


def ask(network: Network, function: str, *args: object):
    known = codec("IssuerRegistry")
    data = known.encode_call(function, args)
    question = {"to": network.deployment.issuer_registry, "data": "0x" + data.hex()}
    answer = network.rpc.call("eth_call", question, "latest")
    return known.decode_output(function, bytes.fromhex(answer[2:]))


def events(network: Network, since: int) -> list[str]:
    logs = network.reader.logs(network.deployment, since + 1, network.reader.head().number)
    return [log.event for log in logs]


def key_of(name: str) -> bytes:
    return name.encode().ljust(32, b"\x01")


def send_all(network: Network, key: bytes, *calls: Call) -> list[str]:
    """The events of calls that all go through."""
    since = network.reader.head().number
    for call in calls:
        network.send(key, call)
    return events(network, since)


def test_numbers_go_from_request_to_write_off(network):
    calls = network.calls
    appoint = codec("IssuerRegistry").encode_call(
        "appoint_bills", (network.deployment.bill_registry,)
    )
    network.send(SUPERVISOR, Call(network.deployment.issuer_registry, appoint, 150_000))
    send_all(network, ISSUER_KEY, calls.request_numbers(CODE, 10))
    send_all(network, SUPERVISOR, calls.approve_request(1), calls.grant_request(1))
    assert ask(network, "segment", 2)["count"] == 10
    done = send_all(
        network,
        ISSUER_KEY,
        calls.split_segment(2, 4, "outlet-2"),
        calls.return_unused(2),
        calls.file_write_off(2, 0, 0, 6),
    )
    assert done == ["SegmentSplit", "NumbersReturned", "WriteOffFiled"]
    done = send_all(
        network,
        SUPERVISOR,
        calls.audit_write_off(2),
        calls.set_stock_limit(5),
        calls.allow_kind(USCC, "donation", allowed=True),
    )
    assert done == ["WriteOffAudited", "StockLimitSet", "KindAllowed"]
    assert not ask(network, "may_issue_kind", USCC.encode(), "medical-outpatient")


def test_standing_and_keys_end_as_they_are_told(network):
    calls, key = network.calls, address_of(ISSUER_KEY)
    done = send_all(
        network,
        SUPERVISOR,
        calls.suspend_payer(PAYER_USCC),
        calls.resume_payer(PAYER_USCC),
        calls.revoke_payer(PAYER_USCC),
        calls.suspend_issuer(USCC),
        calls.resume_issuer(USCC),
        calls.revoke_key(key),
        calls.disown_key(key, network.reader.key(network.deployment, key).valid_from),
        calls.revoke_issuer(USCC),
        calls.pause(),
        calls.unpause(),
    )
    assert done == [
        "PayerSuspended",
        "PayerResumed",
        "PayerRevoked",
        "IssuerSuspended",
        "IssuerResumed",
        "KeyRevoked",
        "KeyDisowned",
        "IssuerRevoked",
        "Paused",
        "Unpaused",
    ]


def test_two_officers_agree_by_the_same_call(network):
    calls, colleague, applicant = network.calls, secrets.token_bytes(32), secrets.token_bytes(32)
    send_all(network, SUPERVISOR, calls.appoint_officer(address_of(colleague), 0))
    for key in (SUPERVISOR, colleague):
        send_all(network, key, calls.set_approval_rule(2, 500))
    send_all(network, applicant, calls.apply_as_issuer(SCHOOL, "琼州大学（样例）", CITY))
    admit = calls.admit_applicant(1)
    assert send_all(network, SUPERVISOR, admit) == ["ActApproved"]
    assert ask(network, "pending_act", act_of(admit))["approvers"] == (address_of(SUPERVISOR),)
    withdraw = calls.withdraw_approval(act_of(admit))
    assert send_all(network, SUPERVISOR, withdraw) == ["ApprovalWithdrawn"]
    assert send_all(network, colleague, admit) == ["ActApproved"]
    with pytest.raises(RefusedByContract, match="approval: already given"):
        network.reader.simulate(address_of(colleague), admit)
    done = send_all(network, SUPERVISOR, admit)
    assert done == ["ApplicationAdmitted", "IssuerAdmitted", "KeyRegistered"]
    assert network.reader.issuer(network.deployment, SCHOOL).region == CITY
    assert network.reader.key(network.deployment, address_of(applicant)).owner == SCHOOL


def test_five_officers_agree_within_the_gas_limits(network):
    calls = network.calls
    agreeing = [SUPERVISOR, *(secrets.token_bytes(32) for _ in range(4))]
    for key in agreeing[1:]:
        send_all(network, SUPERVISOR, calls.appoint_officer(address_of(key), 0))
    applicant = secrets.token_bytes(32)
    long_name = "琼" * 53
    send_all(network, applicant, calls.apply_as_issuer(SCHOOL, long_name, CITY))
    for call in (
        calls.set_approval_rule(5, 0),
        calls.admit_applicant(1),
        calls.admit_payer("91460000DEM0009126", long_name, PayerKind.COMMERCIAL, 0),
        calls.register_key(address_of(key_of("new")), USCC, Role.ISSUER),
        calls.grant_numbers(USCC, CODE, 5),
        calls.revoke_issuer(SCHOOL),
        calls.appoint_officer(address_of(key_of("sixth")), 0),
        calls.dismiss_officer(address_of(key_of("sixth"))),
    ):
        done = [send_all(network, key, call) for key in agreeing]
        assert done[:4] == [["ActApproved"]] * 4
        assert "ActApproved" not in done[4]


def test_an_office_changes_hands_and_an_applicant_is_refused(network):
    calls, heir = network.calls, secrets.token_bytes(32)
    send_all(network, heir, calls.apply_as_issuer(SCHOOL, "琼州大学（样例）", CITY))
    assert send_all(network, SUPERVISOR, calls.refuse_applicant(1)) == ["ApplicationRefused"]
    send_all(network, SUPERVISOR, calls.transfer_office(address_of(heir)))
    done = send_all(network, heir, calls.accept_office(address_of(SUPERVISOR)))
    assert done == ["OfficeTransferred"]
    assert ask(network, "officer", address_of(SUPERVISOR))["appointed_at"] == 0
    assert ask(network, "officer", address_of(heir))["appointed_at"] <= time.time() + 60


def test_every_function_of_the_registry_has_its_call(network):
    """But `appoint_bills`, which the deployment script calls once."""
    changing = {
        entry["name"]
        for entry in load_abi("IssuerRegistry")
        if entry["type"] == "function" and entry["stateMutability"] == "nonpayable"
    }
    written = {name for name, _ in inspect.getmembers(network.calls) if not name.startswith("_")}
    assert changing - written == {"appoint_bills"}
    assert {n for n in vars(RegistryCalls) if not n.startswith("_")} == changing - {"appoint_bills"}
