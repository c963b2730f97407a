"""Records ``tests/vectors/proof_bundles.json`` from a real chain; run in ``tests``:

python -m ports.record_bundles
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from frontend_api.chain.anvil import AnvilChain
from frontend_api.chain.block_proofs import bundle_of
from frontend_api.chain.rpc import JsonRpc
from frontend_api.commitment.bill_file import BillFile, deployment_json
from frontend_api.documents.codes import code_texts
from frontend_api.indexer.roots import roots_of

from .crowded import crowded_block
from .deploying import ISSUER_KEY, Network, admit, deploy

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "proof_bundles.json"
_DISCLOSED = ["/holder/name", "/business_no", "/staff/handler"]


def recorded() -> dict[str, Any]:
    """Bundles of four bills on one chain, and of one on another."""
    with tempfile.TemporaryDirectory() as folder:
        ours = _ours(Path(folder) / "ours")
        with AnvilChain(Path(folder) / "other", chain_id=7) as other, JsonRpc(other.url) as rpc:
            network = admit(deploy(rpc))
            foreign = network.anchor(5)[2]
            ours["bundles"]["foreign"] = _bundle(rpc, foreign)
            ours["foreign_deployment"] = deployment_json(network.deployment)
    return ours


def _ours(folder: Path) -> dict[str, Any]:
    with AnvilChain(folder) as chain, JsonRpc(chain.url) as rpc:
        network = admit(deploy(rpc))
        with crowded_block(network, 17):
            one = network.anchor(5)
        another = network.anchor(4)
        key = another[3].header.number.key
        network.send(ISSUER_KEY, network.calls.void(key, another[0].header.number.key, 2))
        code = network.reader.code_hash(network.deployment.bill_registry)
        assert code is not None
        return {
            "deployment": deployment_json(network.deployment),
            "registry_code": "0x" + code.hex(),
            "bundles": {
                "one": _bundle(rpc, one[2]),
                "neighbour": _bundle(rpc, one[3]),
                "another": _bundle(rpc, another[1]),
                "voided": _bundle(rpc, another[3]),
                "withheld": json.loads(bundle_of(rpc, one[2]).withholding(_DISCLOSED).to_bytes()),
            },
            "bill_files": {
                "one": json.loads(one[2].to_bytes()),
                "another": json.loads(another[1].to_bytes()),
            },
            "codes": {"one": _codes(one[2]), "another": _codes(another[1])},
            "roots": _roots(network),
        }


def _bundle(rpc: JsonRpc, file: BillFile) -> Any:
    return json.loads(bundle_of(rpc, file).to_bytes())


def _codes(file: BillFile) -> dict[str, Any]:
    """What the codes on the bill's page say."""
    return {"verify_url": file.verify_url, "texts": code_texts(file)}


def _roots(network: Network) -> Any:
    made = roots_of(network.reader, network.deployment, network.first_block)
    return json.loads(made.to_bytes())


if __name__ == "__main__":
    VECTORS.write_text(json.dumps(recorded(), ensure_ascii=False, indent=1) + "\n")
