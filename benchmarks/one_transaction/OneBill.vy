# pragma version 0.4.3
# pragma evm-version cancun
"""
@title One transaction per bill
@license Apache-2.0
@notice The least that records a bill by itself: one slot and one event. For comparison only.
"""

event Recorded:
    bill_key: indexed(uint64)
    digest: bytes32

digests: public(HashMap[uint64, bytes32])


@external
def record(bill_key: uint64, digest: bytes32):
    assert self.digests[bill_key] == empty(bytes32), "bill: already recorded"
    self.digests[bill_key] = digest
    log Recorded(bill_key=bill_key, digest=digest)
