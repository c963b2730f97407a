"""Whether the C library gives big blocks back, asked of it in a process of its own."""

from __future__ import annotations

import subprocess
import sys

BIG, LARGER = 1 << 20, 20 << 20  # bytes
PROGRAM = """
import ctypes
from frontend_api.bootstrap import return_free_memory

class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
        "fordblks", "keepcost")]

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = Mallinfo

def mapped_for(size):
    before = libc.mallinfo2().hblkhd
    block = bytes(size)
    mapped = libc.mallinfo2().hblkhd - before
    del block
    return mapped

block = bytes({larger})
del block  # from now on glibc puts blocks up to this size into its heap
print(mapped_for({big}))
return_free_memory()
print(mapped_for(4 * {big}))  # more than the heap has left over
"""


def test_return_free_memory__larger_block_freed_before__big_blocks_are_mappings_again() -> None:
    program = PROGRAM.format(big=BIG, larger=LARGER)
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, stdout=subprocess.PIPE, text=True
    )
    without, with_it = (int(line) for line in done.stdout.split())
    assert without == 0
    assert with_it >= 4 * BIG
