# pragma version 0.4.3
"""
@title The leaf of a bill
@license Apache-2.0
@notice Leaf data is ten words of 32 bytes: purpose, instance, and the members of the
        header in their order, each as the standard ABI encodes it.
@custom:invariant
     INV-13 Amounts, holder and content are fixed by the leaf.
     INV-17 Another deployment has another instance, hence other leaves.
"""

from . import rfc6962
from ..interfaces import IBillRegistry

# ASCII "piaolian/bill-header/1", padded on the right: what the hash is for, and its version.
DOMAIN: constant(bytes32) = 0x7069616f6c69616e2f62696c6c2d6865616465722f3100000000000000000000


@internal
@pure
def _leaf_hash(instance: bytes32, header: IBillRegistry.BillHeader) -> bytes32:
    data: Bytes[320] = abi_encode(
        DOMAIN,
        instance,
        header.bill_code,
        header.bill_no,
        header.amount_fen,
        header.at_source_fen,
        header.currency,
        header.holder,
        header.content_root,
        header.issued_at,
    )
    return sha256(concat(rfc6962.LEAF_PREFIX, data))
