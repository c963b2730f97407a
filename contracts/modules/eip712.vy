# pragma version 0.4.3
"""
@title Typed signatures of EIP-712, by keys of secp256k1
@license Apache-2.0
@notice Every contract has a domain of its own: name, version "1", chain id, the
        contract itself, and the instance as salt.
@custom:invariant
     INV-12 A signature for another chain, contract or instance leads to another signer.
"""

DOMAIN_TYPEHASH: constant(bytes32) = keccak256(
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)"
)
VERSION_HASH: constant(bytes32) = keccak256("1")

# Half the order of secp256k1, which is 2**256 - 432420386565659656852420866394968145599:
# of the two signatures that say the same, only the one with the lower s is taken (EIP-2).
MAX_S: constant(uint256) = 57896044618658097711785492504343953926418782139537452191302581570759080747168


@internal
@view
def _domain_separator(name_hash: bytes32, instance: bytes32) -> bytes32:
    # Not kept in an immutable: after a split of the chain, the id may differ.
    return keccak256(
        abi_encode(DOMAIN_TYPEHASH, name_hash, VERSION_HASH, chain.id, self, instance)
    )


@internal
@pure
def _digest(domain_separator: bytes32, struct_hash: bytes32) -> bytes32:
    return keccak256(concat(x"1901", domain_separator, struct_hash))


@internal
@pure
def _signer(digest: bytes32, signature: Bytes[65]) -> address:
    """
    @param digest What was signed.
    @param signature r, s, v; low s, v 27 or 28.
    @return Who signed; the zero address when the signature is malformed.
    """
    if len(signature) != 65:
        return empty(address)
    r: uint256 = convert(slice(signature, 0, 32), uint256)
    s: uint256 = convert(slice(signature, 32, 32), uint256)
    v: uint256 = convert(slice(signature, 64, 1), uint256)
    if s > MAX_S or (v != 27 and v != 28):
        return empty(address)
    return ecrecover(digest, v, r, s)
