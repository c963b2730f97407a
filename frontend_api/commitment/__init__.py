"""The commitment: from a bill's content to the hash on the chain, byte by byte.

Normative text and vectors: ``docs/protocol.md``. Bytes in, bytes out; no clock, no storage.
"""
