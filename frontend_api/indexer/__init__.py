"""The indexer: reads the chain's events into projections and notices when history changed."""

from frontend_api.indexer.indexer import Indexer, UpTo

__all__ = ["Indexer", "UpTo"]
