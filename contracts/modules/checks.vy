# pragma version 0.4.3
"""
@title Checks with a reason
@license Apache-2.0
@notice The same as `assert ok, reason`, once in the code of a contract instead of each time.
@dev An `assert` with a reason takes about 100 bytes where it stands, a call of this one 50. The
     issuer registry has some 75 of them and would not fit on a chain; where other contracts ask
     it before every bill, `assert` stays, being some 150 gas cheaper.
"""


@internal
@pure
def _require(ok: bool, reason: String[40]):
    assert ok, reason
