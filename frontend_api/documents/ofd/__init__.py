"""The bill as OFD (GB/T 33190), the fixed-layout format of Chinese archives and offices.

Written from the same texts as the PDF (documents/face.py), with the bill file attached; read, when
a stranger sends it, within strict limits.
"""

from frontend_api.documents.ofd.maker import OfdMaker
from frontend_api.documents.ofd.reader import MAX_OFD_BYTES, extract_from_ofd

__all__ = ["MAX_OFD_BYTES", "OfdMaker", "extract_from_ofd"]
