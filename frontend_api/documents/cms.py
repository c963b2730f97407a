"""PAdES signatures as CMS: made once by pyhanko for each signer, then only completed.

All but the digest of the document and the signature's value is the same for every document that
one certificate signs. Building it anew takes milliseconds, completing it microseconds. Whoever
verifies makes it again in the same way and compares, so that no byte of it can be altered unseen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from asn1crypto import cms, core, x509

from frontend_api.documents.awaiting import finished

_DIGEST = hashlib.sha256(b"piaolian: the place of a document's digest").digest()
_SET, _SEQUENCE, _OCTETS, _TAG_0, _TAG_1 = b"\x31", b"\x30", b"\x04", b"\xa0", b"\xa1"
_LONGEST_EC = 72  # DER of two numbers of 32 bytes


@dataclass(frozen=True, slots=True)
class CmsTemplate:
    """The constant parts of one signer's CMS, in DER."""

    _head: bytes  # version, digest algorithms, what is signed, certificates
    _signer: bytes  # version and who signs
    _before: bytes  # signed attributes before and after the document's digest
    _after: bytes
    _algorithm: bytes

    def to_sign(self, digest: bytes) -> bytes:
        """What the key signs for a document whose covered bytes have this SHA-256."""
        return _der(_SET, self._before + digest + self._after)

    def complete(self, digest: bytes, signature: bytes, timestamp: bytes = b"") -> bytes:
        """The CMS; ``timestamp`` is a time stamp token over the signature's value, if any."""
        attributes = _der(_TAG_0, self._before + digest + self._after)
        value = _der(_OCTETS, signature)
        unsigned = _der(_TAG_1, _timestamp_attribute(timestamp)) if timestamp else b""
        signer = _der(_SEQUENCE, self._signer + attributes + self._algorithm + value + unsigned)
        signed_data = _der(_SEQUENCE, self._head + _der(_SET, signer))
        kind = core.ObjectIdentifier("1.2.840.113549.1.7.2").dump()
        return _der(_SEQUENCE, kind + _der(_TAG_0, signed_data))


@lru_cache(maxsize=256)
def template_of(chain: tuple[bytes, ...]) -> CmsTemplate:
    """The template of a signer: its certificate first, then those up to the root, in DER."""
    # Half a second to import: not for those who neither sign nor check.
    from pyhanko.sign.signers import ExternalSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificates = [x509.Certificate.load(der, strict=True) for der in chain]
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple(certificates[1:])
    signer = ExternalSigner(certificates[0], store, signature_value=bytes(_LONGEST_EC))
    made = finished(signer.async_sign(_DIGEST, "sha256", use_pades=True))
    data = made["content"]
    info = data["signer_infos"][0]
    before, after = info["signed_attrs"].untag().contents.split(_DIGEST)
    head = [data[part].dump() for part in ("version", "digest_algorithms", "encap_content_info")]
    return CmsTemplate(
        b"".join(head) + _der(_TAG_0, b"".join(chain)),
        info["version"].dump() + info["sid"].dump() + info["digest_algorithm"].dump(),
        before,
        after,
        info["signature_algorithm"].dump(),
    )


@dataclass(frozen=True, slots=True)
class ReadCms:
    """What a CMS of ours holds; ``chain`` as :func:`template_of` takes it."""

    chain: tuple[bytes, ...]
    signature: bytes
    timestamp: bytes


def read_cms(der: bytes, digest: bytes) -> ReadCms:
    """Take a CMS apart. Raises ValueError unless putting the parts together gives it again."""
    try:
        content = cms.ContentInfo.load(der, strict=True)["content"]
        chain = tuple(choice.dump() for choice in content["certificates"])
        info = content["signer_infos"][0]
        token = _timestamp_in(info)
        read = ReadCms(chain, info["signature"].native, token)
        again = template_of(chain).complete(digest, read.signature, token)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as e:
        raise ValueError("the signature cannot be read") from e
    if again != der:
        raise ValueError("the signature is not as it was made")
    return read


def _timestamp_in(info: cms.SignerInfo) -> bytes:
    attributes = info["unsigned_attrs"]
    if isinstance(attributes, core.Void):
        return b""
    return bytes(attributes[0]["values"][0].dump())


def _timestamp_attribute(token: bytes) -> bytes:
    kind = core.ObjectIdentifier("1.2.840.113549.1.9.16.2.14").dump()
    return _der(_SEQUENCE, kind + _der(_SET, token))


def _der(tag: bytes, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return tag + bytes((size,)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return tag + bytes((0x80 | len(octets),)) + octets + content
