"""The ABI codec against web3.py's own, and against answers that do not fit."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from eth_utils.abi import event_abi_to_log_topic, function_abi_to_4byte_selector
from web3 import Web3

from frontend_api.chain.codec import CONTRACTS, ContractCodec, codec, load_abi
from frontend_api.chain.rpc import MalformedReply

USCC = b"12460000DEM0000012"


@pytest.mark.parametrize("name", CONTRACTS)
def test_selectors_and_topics_are_those_of_the_library(name):
    ours = ContractCodec(name)
    for entry in load_abi(name):
        if entry["type"] == "function":
            selector = function_abi_to_4byte_selector(entry)
            assert ours._functions[entry["name"]].selector == selector
        elif entry["type"] == "event":
            assert ours.topic(entry["name"]) == event_abi_to_log_topic(entry)


def test_a_call_is_encoded_as_web3_encodes_it():
    args = (1, 460601260000000001, 5, b"\x07" * 32, 813_000)
    theirs = Web3().eth.contract(abi=load_abi("BillRegistry")).encode_abi("anchor", args=list(args))
    assert codec("BillRegistry").encode_call("anchor", args) == bytes.fromhex(theirs[2:])


@pytest.mark.parametrize("args", [(), (1,), (-1, 2, 3, b"", 4), ("x", 1, 1, b"\0" * 32, 1)])
def test_arguments_that_do_not_fit_are_refused(args):
    with pytest.raises(ValueError, match="anchor"):
        codec("BillRegistry").encode_call("anchor", args)


def test_a_struct_comes_back_by_member_name():
    data = encode(["(bool,uint64,uint8)"], [(True, 1_780_000_000, 3)])
    state = codec("BillRegistry").decode_output("bill_state", data)
    assert state == {"voided": True, "voided_at": 1_780_000_000, "reason": 3}


def test_several_values_come_back_as_a_tuple_and_addresses_checksummed():
    data = encode(["uint128", "uint128", "bool"], [1, 2, True])
    assert codec("ReimbursementLedger").decode_output("amounts", data) == (1, 2, True)
    address = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
    word = encode(["address"], [address])
    assert codec("IssuerRegistry").decode_output("bills", word) == address


def test_addresses_in_a_list_are_checksummed_too():
    address = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
    word = encode(["(uint64,uint32,address[])"], [(9, 110000, [address, address])])
    pending = codec("IssuerRegistry").decode_output("pending_act", word)
    assert pending == {"opened_at": 9, "region": 110000, "approvers": (address, address)}


@pytest.mark.parametrize("data", [b"", b"\x01", b"\xff" * 32, b"\xff" * 96, b"\0" * 31])
def test_an_answer_that_does_not_fit_is_malformed(data):
    with pytest.raises(MalformedReply, match="bill_state"):
        codec("BillRegistry").decode_output("bill_state", data)


def test_a_name_that_is_not_utf8_is_malformed():
    good = encode(["(uint256,uint32,uint64,string)"], [(1, 460000, 9, "ab")])
    with pytest.raises(MalformedReply):
        codec("IssuerRegistry").decode_output("issuer", good.replace(b"ab", b"\xff\xfe"))


def test_an_event_is_read_with_its_indexed_arguments():
    known = codec("BillRegistry")
    topics = [
        known.topic("Voided"),
        (460601260000000001).to_bytes(32),
        USCC.ljust(32, b"\0"),
    ]
    assert known.decode_event(topics, encode(["uint8"], [3])) == (
        "Voided",
        {"bill_key": 460601260000000001, "issuer": USCC, "reason": 3},
    )


def test_an_event_of_another_contract_is_none():
    assert codec("BillRegistry").decode_event([b"\x01" * 32], b"") is None
    assert codec("BillRegistry").decode_event([], b"") is None


def test_an_event_with_missing_topics_is_malformed():
    known = codec("BillRegistry")
    with pytest.raises(MalformedReply, match="topics"):
        known.decode_event([known.topic("Voided")], encode(["uint8"], [3]))
    with pytest.raises(KeyError):
        known.topic("Unheard")
