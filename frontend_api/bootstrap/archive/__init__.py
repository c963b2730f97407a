"""Archive packages (归档信息包): an issuer's bills with metadata and proofs, made and judged.

Laid out as a BagIt bag. Each bill has a folder with its PDF, its bill file, its metadata by the
names of DA/T 95-2022, its proof without content, and its proof bundle; ``roots.json`` lists the
batches as of when the package was made, ``index.json`` its bills and blocks.
"""

from frontend_api.bootstrap.archive.judging import verify_package
from frontend_api.bootstrap.archive.making import Made, Range, make_package
from frontend_api.bootstrap.archive.report import Fault, PackageReport
from frontend_api.bootstrap.archive.witness import ChainWitness, OfflineWitness

__all__ = [
    "ChainWitness",
    "Fault",
    "Made",
    "OfflineWitness",
    "PackageReport",
    "Range",
    "make_package",
    "verify_package",
]
