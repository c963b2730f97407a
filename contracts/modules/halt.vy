# pragma version 0.4.3
"""
@title The halt, as the other contracts ask for it
@license Apache-2.0
@notice Every function that writes asks here first; no function that reads does.
@custom:invariant INV-23 The pause of the issuer registry stops every write.
"""

from ..interfaces import IOffice


@internal
@view
def _only_running(registry: address):
    paused: bool = staticcall IOffice(registry).paused()
    assert not paused, "pause: contracts are paused"
