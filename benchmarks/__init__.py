"""Measurements of the whole product: run one with ``python -m benchmarks.NAME``."""
