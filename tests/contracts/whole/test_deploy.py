"""The ape scripts against a real Anvil: deploy, deploy again, check, and what they refuse."""

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from eth_utils import keccak
from web3 import Web3

ROOT = Path(__file__).resolve().parents[3]
ANVIL = ROOT / "node_modules" / ".bin" / "anvil"
APE = Path(sys.executable).parent / "ape"
# The first of the development accounts that every Anvil has.
DEPLOYER_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
DEPLOYER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
INSTANCE = "0x" + "5a" * 32
NETWORK = "ethereum:piaolian:node"
# The one chain id that ape connects to under this network's name.
CHAIN_ID = next(
    network["chain_id"]
    for network in yaml.safe_load((ROOT / "ape-config.yaml").read_text())["networks"]["custom"]
    if network["name"] == "piaolian"
)

pytestmark = pytest.mark.chain


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_anvil(port: int) -> subprocess.Popen:
    command = [ANVIL, "--port", port, "--chain-id", CHAIN_ID, "--silent"]
    command += ["--gas-price", 0, "--block-base-fee-per-gas", 0]
    return subprocess.Popen([str(part) for part in command])


def wait_for(url: str) -> Web3:
    chain = Web3(Web3.HTTPProvider(url))
    for _ in range(100):
        if chain.is_connected():
            return chain
        time.sleep(0.1)
    raise TimeoutError(url)


@pytest.fixture
def url():
    port = free_port()
    anvil = start_anvil(port)
    try:
        wait_for(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        anvil.terminate()
        anvil.wait(10)


def ape(script: str, record: Path, **environment: str) -> subprocess.CompletedProcess:
    clean = {
        name: text
        for name, text in os.environ.items()
        if not name.startswith("PIAOLIAN_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return subprocess.run(
        [APE, "run", script, "--network", NETWORK, "--record", record],
        cwd=ROOT,
        env=clean | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_deploy__twice_then_check__deployed_once_and_as_recorded(url, tmp_path):
    record = tmp_path / "records" / "chain.json"
    environment = {"PIAOLIAN_RPC_URL": url, "PIAOLIAN_DEPLOYER_KEY": DEPLOYER_KEY}
    first = ape("deploy", record, PIAOLIAN_INSTANCE=INSTANCE, **environment)
    assert first.returncode == 0, first.stderr
    written = record.read_text(encoding="utf-8")
    _assert_true_record(json.loads(written), wait_for(url))
    assert [path.name for path in record.parent.iterdir()] == ["chain.json"]

    second = ape("deploy", record, **environment)
    assert second.returncode == 0, second.stderr
    assert "nothing to do" in second.stdout
    assert record.read_text(encoding="utf-8") == written
    # Four contracts, and one call that makes them known to each other.
    assert wait_for(url).eth.get_transaction_count(DEPLOYER) == 5

    check = ape("check", record, PIAOLIAN_RPC_URL=url)
    assert check.returncode == 0, check.stdout + check.stderr
    assert check.stdout.count("ok  ") == 16
    assert "MISMATCH" not in check.stdout
    assert f"supervisor {DEPLOYER}: holds the office of region 0" in check.stdout
    assert "The chain is as recorded." in check.stdout

    _assert_mismatch_is_seen(record, environment)


def _assert_true_record(record: dict, chain: Web3) -> None:
    assert record["format"] == "piaolian-deployment/1"
    assert record["network"] == "piaolian"
    assert record["chain_id"] == chain.eth.chain_id == CHAIN_ID
    assert record["instance"] == INSTANCE
    assert record["supervisor"] == DEPLOYER
    block = chain.eth.get_block(record["deployed_at_block"])
    assert record["deployed_block_hash"] == "0x" + bytes(block["hash"]).hex()
    assert record["versions"] == {"vyper": "0.4.3", "ape": "0.8.51"}
    for contract in record["contracts"].values():
        code = bytes(chain.eth.get_code(contract["address"]))
        assert contract["code_hash"] == "0x" + keccak(code).hex()
        receipt = chain.eth.get_transaction_receipt(contract["tx_hash"])
        assert receipt["contractAddress"] == contract["address"]
        assert receipt["effectiveGasPrice"] == 0


def _assert_mismatch_is_seen(record: Path, environment: dict[str, str]) -> None:
    altered = json.loads(record.read_text(encoding="utf-8"))
    altered["instance"] = "0x" + "5b" * 32
    record.write_text(json.dumps(altered), encoding="utf-8")
    check = ape("check", record, **environment)
    assert check.returncode == 1
    assert check.stdout.count("MISMATCH") == 3
    again = ape("deploy", record, **environment)
    assert again.returncode == 1
    assert "move the record away to deploy anew" in again.stderr


def test_deploy__record_of_a_chain_that_is_gone__refused(url, tmp_path):
    record = tmp_path / "chain.json"
    address, word = "0x" + "11" * 20, "0x" + "22" * 32
    names = ("IssuerRegistry", "BillRegistry", "ConsentRegistry", "ReimbursementLedger")
    contract = {"address": address, "code_hash": word, "tx_hash": word}
    stale = {
        "format": "piaolian-deployment/1",
        "network": "piaolian",
        "chain_id": CHAIN_ID,
        "instance": word,
        "supervisor": address,
        "deployed_at_block": 1,
        "deployed_block_hash": word,
        "contracts": dict.fromkeys(names, contract),
        "versions": {"vyper": "0.4.3", "ape": "0.8.51"},
    }
    record.write_text(json.dumps(stale), encoding="utf-8")
    environment = {"PIAOLIAN_RPC_URL": url, "PIAOLIAN_DEPLOYER_KEY": DEPLOYER_KEY}
    refused = ape("deploy", record, **environment)
    assert refused.returncode == 1
    assert "another chain" in refused.stderr
    assert wait_for(url).eth.block_number == 0


def test_check__chain_not_reachable__exit_code_two(tmp_path):
    record = tmp_path / "chain.json"
    missing = ape("check", record, PIAOLIAN_RPC_URL=f"http://127.0.0.1:{free_port()}")
    assert missing.returncode == 1
    assert "deploy first" in missing.stderr
    record.write_text(
        json.dumps(
            {
                "format": "piaolian-deployment/1",
                "network": "piaolian",
                "chain_id": CHAIN_ID,
                "instance": "",
                "supervisor": "",
                "deployed_at_block": 0,
                "deployed_block_hash": "",
                "contracts": {
                    name: {"address": "", "code_hash": "", "tx_hash": ""}
                    for name in (
                        "IssuerRegistry",
                        "BillRegistry",
                        "ConsentRegistry",
                        "ReimbursementLedger",
                    )
                },
                "versions": {},
            }
        ),
        encoding="utf-8",
    )
    unreachable = ape("check", record, PIAOLIAN_RPC_URL=f"http://127.0.0.1:{free_port()}")
    assert unreachable.returncode == 2
    assert "cannot be reached" in unreachable.stderr


def test_deploy__key_missing_or_wrong__refused_without_showing_it(url, tmp_path):
    record = tmp_path / "chain.json"
    missing = ape("deploy", record, PIAOLIAN_RPC_URL=url)
    assert missing.returncode == 1
    assert "PIAOLIAN_DEPLOYER_KEY" in missing.stderr
    wrong = ape("deploy", record, PIAOLIAN_RPC_URL=url, PIAOLIAN_DEPLOYER_KEY="0xsecret")
    assert wrong.returncode == 1
    assert "secret" not in wrong.stdout + wrong.stderr
    assert not record.exists()
