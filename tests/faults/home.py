"""Homes for faults: one deployed platform with its institutions, copied for every fault."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from frontend_api.bootstrap import AnvilChain, Services, build, running
from frontend_api.chain.calls import ContractCalls
from frontend_api.chain.reader import EthReader
from frontend_api.chain.rpc import JsonRpc
from frontend_api.chain.signing import address_of, sign_transaction
from frontend_api.cli.demo.admit import admit_all, load_sign_ins, save_sign_ins
from frontend_api.cli.run import deploy_contracts
from frontend_api.domain.states import Role
from frontend_api.ports import Call
from frontend_api.settings import load, save

DATABASE = "piaolian.sqlite3"
NAIVE_DATABASE = "naive.sqlite3"
CONTROL = "faults"  # folder through which a child is told to fail, and says that it did


def make_template(home: Path) -> Path:
    """Deploy and admit once; the copies share instance, keys and numbers."""
    save(home, supervisor_name="琼州省财政厅（样例）", sample=True)
    (home / CONTROL).mkdir()
    with AnvilChain(home / "chain") as chain:
        deploy_contracts(home, home / "deployment.json", chain.url)
        with running(load(home), chain.url) as services:
            now = datetime.now(UTC)
            years = {now.year, now.year - 1} if now.month == 1 else {now.year}
            save_sign_ins(home, admit_all(services, years))
            wait_idle(services)
        chain.wait_saved()
    return home


def wait_idle(services: Services) -> None:
    """Until every event of ours has been read."""
    height = services.reader.head().number
    stored = services.desk.views.segment_count
    assert services.engine.wait_for(lambda: stored() > 0 and _read(services, height), 20)


def _read(services: Services, height: int) -> bool:
    with services.database.read() as c:
        row = c.exec_driver_sql("SELECT block_number FROM cursor").first()
    return row is not None and row[0] >= height


def copy_home(template: Path, target: Path) -> Path:
    """A home of its own; its chain takes a port of its own."""
    shutil.copytree(template, target)
    (target / "chain" / "anvil.json").unlink(missing_ok=True)
    return target


@contextmanager
def opened(home: Path, rpc_url: str) -> Iterator[Services]:
    """The home's parts without an engine."""
    services = build(load(home), rpc_url)
    try:
        yield services
    finally:
        services.close()


class Office:
    """Sends transactions of the home's keys past the service, straight to the chain."""

    def __init__(self, home: Path, rpc_url: str) -> None:
        self.home, self.rpc_url = home, rpc_url

    def uscc(self, kind: str) -> str:
        """Who issues this kind."""
        with opened(self.home, self.rpc_url) as services:
            return services.caller(load_sign_ins(self.home).issuers[kind]).owner

    def address(self, owner: str, role: Role) -> str:
        with opened(self.home, self.rpc_url) as services:
            return services.keys.address_of(owner, role)

    def suspend(self, uscc: str) -> None:
        self.send("", Role.SUPERVISOR, self._calls().suspend_issuer(uscc))

    def resume(self, uscc: str) -> None:
        self.send("", Role.SUPERVISOR, self._calls().resume_issuer(uscc))

    def send(self, owner: str, role: Role, call: Call) -> bytes:
        """Hand a call to the node under the key's next nonce; its transaction's hash."""
        with opened(self.home, self.rpc_url) as services:
            key = services.keys.private_key(services.keys.address_of(owner, role))
        with JsonRpc(self.rpc_url) as rpc:
            reader = EthReader(rpc)
            nonce = reader.transaction_count(address_of(key))
            signed = sign_transaction(key, nonce, call.to, call.data, call.gas, reader.chain_id())
            reader.send_raw(signed.raw)
            return signed.hash

    def _calls(self) -> ContractCalls:
        with opened(self.home, self.rpc_url) as services:
            return ContractCalls(services.record.deployment)
