"""Signed bytes: bound to a chain, the same every time, and made by the fast library."""

from __future__ import annotations

import pytest
from eth_account import Account
from eth_utils.crypto import keccak

from frontend_api.chain import signing
from frontend_api.chain.signing import address_of, require_fast_signing, sign_transaction
from frontend_api.domain.errors import SignerUnavailable

KEY = b"\x46" * 32  # the key of EIP-155's example
TO = "0x" + "35" * 20


def test_the_example_of_eip_155_signs_for_its_chain_only():
    signed = sign_transaction(KEY, 9, TO, b"", 21_000, 1)
    assert address_of(KEY) == "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
    assert Account.recover_transaction(signed.raw) == address_of(KEY)
    assert sign_transaction(KEY, 9, TO, b"", 21_000, 2).raw != signed.raw


def test_the_same_arguments_give_the_same_bytes_and_the_hash_names_them():
    first = sign_transaction(KEY, 0, TO, b"\x01\x02", 100_000, 46600)
    assert first == sign_transaction(KEY, 0, TO, b"\x01\x02", 100_000, 46600)
    assert first.hash == keccak(first.raw)


def test_an_address_in_any_capitals_signs_alike():
    lower = "0x" + "ab" * 20
    assert (
        sign_transaction(KEY, 0, lower, b"", 21_000, 1).raw
        == sign_transaction(KEY, 0, lower.upper().replace("X", "x"), b"", 21_000, 1).raw
    )


def test_a_deployment_has_no_recipient():
    signed = sign_transaction(KEY, 0, None, b"\x60\x00", 100_000, 46600)
    assert Account.recover_transaction(signed.raw) == address_of(KEY)


def test_the_fast_library_signs():
    require_fast_signing()


def test_a_slow_library_stops_the_start(monkeypatch):
    class NativeECCBackend: ...

    monkeypatch.setattr(signing, "get_backend_class", lambda: NativeECCBackend)
    with pytest.raises(SignerUnavailable, match="coincurve"):
        require_fast_signing()
