"""Sample bills and institutions for demonstrations and tests: invented, and marked as such."""

from frontend_api.samples.generator import generate
from frontend_api.samples.institutions import sample_institutions

__all__ = ["generate", "sample_institutions"]
