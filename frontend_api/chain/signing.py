"""Signing of transactions for a network without fees: legacy type with EIP-155, gas price 0."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eth_account import Account
from eth_keys.backends import get_backend_class

from frontend_api.domain.errors import SignerUnavailable

_FAST_BACKEND = "CoinCurveECCBackend"


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A transaction ready to send: ``raw`` bytes and their ``hash`` (32 bytes).

    The hash names it for ever: store ``raw`` before sending, follow it by ``hash``.
    """

    raw: bytes
    hash: bytes


def require_fast_signing() -> None:
    """Make sure that libsecp256k1 signs. Raises SignerUnavailable otherwise.

    Without the coincurve package eth-account falls back in silence to pure Python, nearly ten
    times slower (273 against 2,400 signatures a second): a start must fail rather than crawl.
    """
    name = get_backend_class().__name__
    if name != _FAST_BACKEND:
        raise SignerUnavailable(
            f"signing would run on the slow {name}: install the project's pinned packages "
            "(coincurve) and unset ECC_BACKEND_CLASS"
        )


def address_of(private_key: bytes) -> str:
    """The checksummed address of a key of 32 bytes."""
    return str(Account.from_key(private_key).address)


def sign_transaction(
    private_key: bytes, nonce: int, to: str | None, data: bytes, gas: int, chain_id: int
) -> SignedTransaction:
    """Sign a call of ``data`` at ``to`` (None deploys), with ``gas`` as its limit and price 0.

    The signature binds ``chain_id`` (EIP-155): it is worth nothing on another chain. The same
    arguments give the same bytes (RFC 6979).
    """
    transaction: dict[str, Any] = {
        "nonce": nonce,
        "gasPrice": 0,
        "gas": gas,
        "value": 0,
        "data": data,
        "chainId": chain_id,
    }
    if to is not None:
        transaction["to"] = bytes.fromhex(to.removeprefix("0x"))
    signed = Account.sign_transaction(transaction, private_key)
    return SignedTransaction(raw=bytes(signed.raw_transaction), hash=bytes(signed.hash))
