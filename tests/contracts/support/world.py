"""A small world: the four contracts, two issuers, three payers, one holder, one segment."""

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import boa
import rlp
from eth_abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_utils import keccak, to_canonical_address, to_checksum_address

from .merkle import Tree, leaf_hash

CONTRACTS = Path(__file__).resolve().parents[3] / "contracts"

HOSPITAL = b"12110000400686019A"
CLINIC = b"52110105MJ0123456Q"
BUREAU = b"11110000000012345X"
INSURER = b"91110000100001234J"
EMPLOYER = b"91110108551385082Q"
NOBODY = b"91310000607378008D"

CODE = 11010126
OTHER_CODE = 11020126
ZERO_ADDRESS = "0x" + "00" * 20
START = 1_780_000_000
DAY = 86_400

# Regions: the province of Beijing, its districts, and two others.
PLATFORM, BEIJING, DISTRICTS, DONGCHENG, CHAOYANG = 0, 110000, 110100, 110101, 110105
HEBEI, SHIJIAZHUANG = 130000, 130100

ISSUER, PAYER = 1, 2
STATUTORY, COMMERCIAL, EMPLOYING, PROVIDENT_FUND = 1, 2, 4, 8
ACTIVE, SUSPENDED, REVOKED = 1, 2, 4
GOOD, NOT_IN_BATCH, VOIDED, DISPUTED, REVERSED, RED, SWAPPED = 1, 2, 4, 8, 16, 32, 64
LIFE_VOIDED, LIFE_REVERSED, LIFE_RED = 1, 2, 4
PAPER_OUT, PAPER_BACK = 1, 2
LIVE, GRANT_REVOKED = 1, 2
RESERVED, SETTLED, REJECTED, EXPIRED, RECOVERED = 1, 2, 4, 8, 16

HEADER_DOMAIN = b"piaolian/bill-header/1".ljust(32, b"\0")
REIMBURSEMENT = b"reimbursement".ljust(32, b"\0")
VOUCHER = b"voucher 1".ljust(32, b"\0")
CLAIM = b"claim 1".ljust(32, b"\0")


class Header(NamedTuple):
    bill_code: int
    bill_no: int
    amount_fen: int
    at_source_fen: int
    currency: bytes
    holder: bytes
    content_root: bytes
    issued_at: int

    @property
    def key(self) -> int:
        return self.bill_code * 10**10 + self.bill_no

    def leaf(self, instance: bytes) -> bytes:
        types = ["bytes32", "bytes32", "uint64", "uint64", "uint128", "uint128"]
        types += ["bytes3", "bytes32", "bytes32", "uint64"]
        return leaf_hash(encode(types, [HEADER_DOMAIN, instance, *self]))


class Grant(NamedTuple):
    holder: bytes
    bill_key: int
    payer: bytes
    purpose: bytes
    field_set: bytes
    cap_fen: int
    expires_at: int
    no_statutory: bool
    nonce: int


@dataclass(frozen=True)
class Batch:
    """An anchored batch with its headers and tree."""

    batch_id: int
    headers: list[Header]
    tree: Tree

    def path(self, index: int) -> list[bytes]:
        return self.tree.path(index)


def proved(batch: Batch, index: int = 0) -> tuple:
    """A bill with the proof that its batch holds it."""
    return (batch.headers[index], batch.batch_id, batch.path(index))


def created_address(creator: str, nonce: int) -> str:
    return to_checksum_address(keccak(rlp.encode([to_canonical_address(creator), nonce]))[12:])


# Compiled once; tests/mutation puts altered contracts here.
DEPLOYERS: dict[str, Any] = {}


def deployer_of(name: str) -> Any:
    if name not in DEPLOYERS:
        DEPLOYERS[name] = boa.load_partial(str(CONTRACTS / f"{name}.vy"))
    return DEPLOYERS[name]


def deploy(instance: bytes, supervisor: str) -> SimpleNamespace:
    """The four contracts, by a supervisor who has deployed nothing yet."""
    with boa.env.prank(supervisor):
        ledger = created_address(supervisor, 3)
        registry = deployer_of("IssuerRegistry").deploy(instance)
        bills = deployer_of("BillRegistry").deploy(registry.address, ledger)
        consents = deployer_of("ConsentRegistry").deploy(registry.address, ledger)
        reimbursement = deployer_of("ReimbursementLedger").deploy(
            registry.address, bills.address, consents.address
        )
    return SimpleNamespace(registry=registry, bills=bills, consents=consents, ledger=reimbursement)


class World:
    """Actors and contracts. Every method that changes something speaks as the rightful actor."""

    def __init__(self) -> None:
        boa.env.timestamp = START
        boa.env.evm.patch.chain_id = 31337
        self.instance = keccak(text="the world of the tests")
        self.supervisor = boa.env.generate_address("supervisor")
        contracts = deploy(self.instance, self.supervisor)
        self.registry = contracts.registry
        self.bills = contracts.bills
        self.consents = contracts.consents
        self.ledger = contracts.ledger
        self.holder: LocalAccount = Account.from_key(keccak(text="holder"))
        self.stranger: LocalAccount = Account.from_key(keccak(text="stranger"))
        self.hospital_key = boa.env.generate_address("hospital")
        self.clinic_key = boa.env.generate_address("clinic")
        self.bureau_key = boa.env.generate_address("bureau")
        self.insurer_key = boa.env.generate_address("insurer")
        self.employer_key = boa.env.generate_address("employer")
        with boa.env.prank(self.supervisor):
            self._admit()
            self.registry.open_series(CODE, "medical-outpatient", BEIJING)
            self.segment = self.registry.grant_numbers(HOSPITAL, CODE, 100_000)
            self.clinic_segment = self.registry.grant_numbers(CLINIC, CODE, 50)
        boa.env.timestamp = START + DAY

    def officer(self, region: int) -> str:
        """A new officer, appointed by the first one."""
        account = boa.env.generate_address()
        self.registry.appoint_officer(account, region, sender=self.supervisor)
        return account

    def _admit(self) -> None:
        self.registry.admit_issuer(HOSPITAL, "北京协和医院", DONGCHENG)
        self.registry.admit_issuer(CLINIC, "朝阳社区诊所", CHAOYANG)
        self.registry.admit_payer(BUREAU, "北京市医疗保险事务管理中心", STATUTORY, BEIJING)
        self.registry.admit_payer(INSURER, "示例人寿保险", COMMERCIAL, PLATFORM)
        self.registry.admit_payer(EMPLOYER, "示例科技", EMPLOYING, DONGCHENG)
        self.registry.register_key(self.hospital_key, HOSPITAL, ISSUER)
        self.registry.register_key(self.clinic_key, CLINIC, ISSUER)
        self.registry.register_key(self.bureau_key, BUREAU, PAYER)
        self.registry.register_key(self.insurer_key, INSURER, PAYER)
        self.registry.register_key(self.employer_key, EMPLOYER, PAYER)

    @property
    def holder_word(self) -> bytes:
        return word_of(self.holder.address)

    @property
    def paying_key(self) -> dict[bytes, str]:
        return {BUREAU: self.bureau_key, INSURER: self.insurer_key, EMPLOYER: self.employer_key}

    def header(self, bill_no: int, **changes: Any) -> Header:
        """A bill of 1,000 yuan, nothing paid at source, issued a minute ago."""
        return Header(
            bill_code=CODE,
            bill_no=bill_no,
            amount_fen=100_000,
            at_source_fen=0,
            currency=b"CNY",
            holder=self.holder_word,
            content_root=keccak(text=f"content {bill_no}"),
            issued_at=boa.env.timestamp - 60,
        )._replace(**changes)

    def next_no(self) -> int:
        return 1 + self.bills.consumed(self.segment)

    def batch_of(self, headers: list[Header]) -> Batch:
        tree = Tree([header.leaf(self.instance) for header in headers])
        return Batch(headers[0].key, headers, tree)

    def anchor(self, count: int = 1, **changes: Any) -> Batch:
        """The hospital's next `count` bills, all with the same changes to their headers."""
        first = self.next_no()
        batch = self.batch_of([self.header(first + i, **changes) for i in range(count)])
        self.anchor_batch(batch)
        return batch

    def anchor_batch(self, batch: Batch) -> None:
        total = sum(header.amount_fen for header in batch.headers)
        self.bills.anchor(
            self.segment,
            batch.batch_id,
            len(batch.headers),
            batch.tree.root,
            total,
            sender=self.hospital_key,
        )

    def grant_for(self, bill_key: int, payer: bytes, **changes: Any) -> Grant:
        return Grant(
            holder=self.holder_word,
            bill_key=bill_key,
            payer=payer,
            purpose=REIMBURSEMENT,
            field_set=keccak(text="all fields"),
            cap_fen=100_000,
            expires_at=boa.env.timestamp + 30 * DAY,
            no_statutory=False,
            nonce=1,
        )._replace(**changes)

    def give(self, grant: Grant) -> Grant:
        self.consents.grant(grant, sender=self.holder.address)
        return grant

    def granted(self, bill_key: int, payer: bytes, **changes: Any) -> Grant:
        return self.give(self.grant_for(bill_key, payer, **changes))

    def lock(
        self,
        batch: Batch,
        grant: Grant,
        amount_fen: int = 10_000,
        *,
        index: int = 0,
        claim_id: bytes = CLAIM,
        expires_at: int | None = None,
        sender: str | None = None,
    ) -> None:
        self.ledger.lock(
            batch.headers[index],
            batch.batch_id,
            batch.path(index),
            grant,
            claim_id,
            amount_fen,
            boa.env.timestamp + DAY if expires_at is None else expires_at,
            sender=sender or self.paying_key[grant.payer],
        )

    def locked(self, payer: bytes = BUREAU, amount_fen: int = 10_000, **changes: Any) -> Batch:
        """A fresh bill of which a payer has locked an amount, until a day from now."""
        batch = self.anchor(**changes)
        self.lock(batch, self.granted(batch.batch_id, payer), amount_fen)
        return batch

    def settle(
        self, batch: Batch, payer: bytes, approved_fen: int, claim_id: bytes = CLAIM
    ) -> None:
        self.ledger.settle(
            batch.batch_id,
            batch.batch_id,
            claim_id,
            approved_fen,
            VOUCHER,
            sender=self.paying_key[payer],
        )

    def settled(self, payer: bytes = BUREAU, amount_fen: int = 10_000, **changes: Any) -> Batch:
        """A fresh bill of which a payer has settled an amount."""
        batch = self.locked(payer, amount_fen, **changes)
        self.settle(batch, payer, amount_fen)
        return batch

    def reverse(
        self, batch: Batch, red: Batch, replacement: int = 0, reason: int = 3, **call: Any
    ) -> None:
        """The hospital takes back a bill; a replacement is a batch of its own."""
        call.setdefault("sender", self.hospital_key)
        self.bills.reverse(proved(batch), proved(red), replacement, replacement, reason, **call)

    def account(self, batch: Batch, grant: Grant, claim_id: bytes = CLAIM, **changes: Any) -> None:
        """The employer enters what is left of a bill into its books."""
        self.ledger.account(
            batch.headers[0],
            batch.batch_id,
            batch.path(0),
            grant,
            claim_id,
            changes.get("voucher", VOUCHER),
            changes.get("accounted_at", boa.env.timestamp),
            sender=changes.get("sender", self.employer_key),
        )

    def sign_grant(self, grant: Grant, by: LocalAccount | None = None, **domain: Any) -> bytes:
        return self._sign("Grant", GRANT_TYPE, _camel(grant), by, domain)

    def sign_revoke(self, grant: Grant, by: LocalAccount | None = None, **domain: Any) -> bytes:
        message = {"grantId": self.grant_id(grant)}
        return self._sign("Revoke", REVOKE_TYPE, message, by, domain)

    def grant_id(self, grant: Grant) -> bytes:
        """The digest as another library works it out."""
        signable = encode_typed_data(self.domain(), {"Grant": GRANT_TYPE}, _camel(grant))
        return keccak(b"\x19" + signable.version + signable.header + signable.body)

    def domain(self, **changes: Any) -> dict[str, Any]:
        return {
            "name": "Piaolian Consent",
            "version": "1",
            "chainId": boa.env.evm.patch.chain_id,
            "verifyingContract": self.consents.address,
            "salt": self.instance,
        } | changes

    def _sign(
        self,
        name: str,
        members: list[dict],
        message: dict,
        by: LocalAccount | None,
        domain: dict,
    ) -> bytes:
        signable = encode_typed_data(self.domain(**domain), {name: members}, message)
        return (by or self.holder).sign_message(signable).signature


GRANT_TYPE = [
    {"name": name, "type": kind}
    for name, kind in (
        ("holder", "bytes32"),
        ("billKey", "uint64"),
        ("payer", "bytes18"),
        ("purpose", "bytes32"),
        ("fieldSet", "bytes32"),
        ("capFen", "uint128"),
        ("expiresAt", "uint64"),
        ("noStatutory", "bool"),
        ("nonce", "uint256"),
    )
]
REVOKE_TYPE = [{"name": "grantId", "type": "bytes32"}]


def _camel(grant: Grant) -> dict[str, Any]:
    return {member["name"]: value for member, value in zip(GRANT_TYPE, grant, strict=True)}


def word_of(address: str) -> bytes:
    return bytes(12) + to_canonical_address(address)
