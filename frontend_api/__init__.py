"""Piaolian 票链: the off-chain half of the blockchain electronic bill platform.

Imports point down only; see ``docs/architecture.md`` and the import-linter contract.
"""
