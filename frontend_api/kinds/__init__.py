"""The kinds of bills (票种), each a folder of data: adding a kind is adding a folder, no code.

A folder holds ``kind.json`` (names, codes, rules), ``schema.json`` (of the ``detail`` object),
``labels.json`` (Chinese and English), ``layout.typ`` (its part of the page) and, for
demonstrations, ``sample.json``.
"""

from frontend_api.kinds.loader import BrokenKind, load_kinds

__all__ = ["BrokenKind", "load_kinds"]
