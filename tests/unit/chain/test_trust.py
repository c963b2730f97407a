"""Deployment records: read strictly, refused by name of file and field."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from frontend_api.chain.trust import TrustStore, read_record
from frontend_api.domain.errors import InvalidFields, MalformedInput

INSTANCE = "0x" + "1f" * 32
ADDRESSES = {
    "IssuerRegistry": "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F",
    "BillRegistry": "0x" + "22" * 20,
    "ConsentRegistry": "0x" + "33" * 20,
    "ReimbursementLedger": "0x" + "44" * 20,
}


def record() -> dict:
    return {
        "format": "piaolian-deployment/1",
        "network": "piaolian",
        "chain_id": 46600,
        "instance": INSTANCE,
        "supervisor": "0x" + "55" * 20,
        "deployed_at_block": 1,
        "deployed_block_hash": "0x" + "66" * 32,
        "contracts": {
            name: {"address": a, "code_hash": "0x" + "77" * 32, "tx_hash": "0x" + "88" * 32}
            for name, a in ADDRESSES.items()
        },
        "versions": {"vyper": "0.4.3"},
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / f"{INSTANCE}.json"
    file.write_text(json.dumps(record()))
    return file


def test_a_record_is_read_whole(path):
    read = read_record(path)
    assert read.deployment.chain_id == 46600
    assert read.deployment.instance == bytes.fromhex(INSTANCE[2:])
    assert read.deployment.issuer_registry == ADDRESSES["IssuerRegistry"]
    assert read.deployment.reimbursement_ledger == ADDRESSES["ReimbursementLedger"]
    assert read.contracts["BillRegistry"].code_hash == b"\x77" * 32
    assert (read.network, read.deployed_at_block) == ("piaolian", 1)
    assert read.versions == {"vyper": "0.4.3"}


def test_a_trusted_instance_is_found_in_a_file_and_in_a_folder(path):
    instance = bytes.fromhex(INSTANCE[2:])
    for source in (path, path.parent):
        found = TrustStore([source]).find(instance)
        assert found is not None
        assert found.bill_registry == ADDRESSES["BillRegistry"]
        assert TrustStore([source]).find(b"\x01" * 32) is None


def test_a_record_added_later_counts_at_once(tmp_path):
    folder = tmp_path / "trusted"
    store = TrustStore([folder])
    assert store.find(bytes.fromhex(INSTANCE[2:])) is None
    folder.mkdir()
    (folder / "a.json").write_text(json.dumps(record()))
    assert store.find(bytes.fromhex(INSTANCE[2:])) is not None


def test_a_file_that_was_named_has_to_exist(tmp_path):
    with pytest.raises(FileNotFoundError):
        TrustStore([tmp_path / "missing.json"]).find(b"\x01" * 32)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"format": "piaolian-deployment/2"}, "/format"),
        ({"format": None}, "/format"),
        ({"chain_id": "46600"}, "/chain_id"),
        ({"chain_id": True}, "/chain_id"),
        ({"instance": "0x1f"}, "/instance"),
        ({"instance": INSTANCE.upper()}, "/instance"),
        ({"network": 1}, "/network"),
        ({"supervisor": "0x55"}, "/supervisor"),
        ({"deployed_at_block": -1}, "/deployed_at_block"),
        ({"deployed_block_hash": ""}, "/deployed_block_hash"),
        ({"contracts": []}, "/contracts"),
        ({"contracts": {}}, "/contracts/IssuerRegistry"),
        ({"versions": {"vyper": 4}}, "/versions"),
    ],
)
def test_a_broken_record_names_file_and_field(path, change, field):
    path.write_text(json.dumps({**record(), **change}))
    with pytest.raises(InvalidFields) as refused:
        TrustStore([path]).find(b"\x01" * 32)
    assert refused.value.problems[0].path == field
    assert str(path) in str(refused.value)


def test_a_mistyped_checksum_is_found(path):
    broken = record()
    address = ADDRESSES["IssuerRegistry"].replace("d8A", "d8a")
    broken["contracts"]["IssuerRegistry"]["address"] = address
    path.write_text(json.dumps(broken))
    with pytest.raises(InvalidFields, match="checksum"):
        read_record(path)


def test_a_file_that_is_not_json_is_named(path):
    path.write_text("{")
    with pytest.raises(MalformedInput, match=str(path)):
        read_record(path)
