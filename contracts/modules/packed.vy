# pragma version 0.4.3
"""
@title Fields and bits of a word
@license Apache-2.0
@notice Reads one field of a storage word, and counts the bits of a flag. Writers build the word
        by shifting and or-ing values whose type or a prior check bounds them to the field.
"""


@internal
@pure
def _field(word: uint256, offset: uint256, width: uint256) -> uint256:
    """
    @param word The packed word.
    @param offset Bits to the right of the field.
    @param width Bits of the field.
    """
    return (word >> offset) & ((1 << width) - 1)


@internal
@pure
def _is_one_bit(bits: uint256) -> bool:
    # A flag argument may carry several bits, or none; zero never grants.
    return bits != 0 and bits & (bits - 1) == 0
