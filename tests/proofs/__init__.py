"""Invariants by forge and proofs by halmos, over the bytecode that is deployed."""
