"""All that the contracts hold, slot by slot."""

import boa

# Address and slot → value.
Storage = dict[tuple[str, int], int]


def storage_of(*addresses: str) -> Storage:
    """Every slot that was ever written to by these contracts, zeros left out.

    The trace of written slots also keeps those of writes that were undone.
    """
    found = {}
    for address in addresses:
        for slot in boa.env.sstore_trace.get(address, ()):
            value = boa.env.get_storage(address, slot)
            if value:
                found[address, slot] = value
    return found
