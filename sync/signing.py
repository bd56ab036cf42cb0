"""Requests of phones are signed: P-256, SHA-256, over what is asked and the bytes sent with it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

SCHEME = "Lane"
_ALGORITHM = ec.ECDSA(SHA256())
_HEADER = re.compile(
    r"Lane v=1,community=([0-9a-f-]{36}),device=([0-9a-f-]{36}),"
    r"nonce=([A-Za-z0-9_-]{22}),signature=([A-Za-z0-9_-]{86})"
)


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it comes from, and its proof."""

    community: str
    device: str
    nonce: str
    signature: bytes


def read_claim(header: str) -> Claim | None:
    """The claim in an Authorization header, or None when it is none of ours."""
    found = _HEADER.fullmatch(header)
    if not found:
        return None
    return Claim(found[1], found[2], found[3], _unpack(found[4]))


def signed_text(method: str, target: str, claim: Claim, body: bytes) -> bytes:
    """The bytes that are signed. `target` is path and query as sent."""
    lines = (
        "lane-1",
        method.upper(),
        target,
        claim.community,
        claim.device,
        claim.nonce,
        hashlib.sha256(body).hexdigest(),
    )
    return "\n".join(lines).encode()


def is_genuine(public_key: str, claim: Claim, text: bytes) -> bool:
    """`public_key`: base64url of the 65 bytes of the uncompressed point."""
    half = len(claim.signature) // 2
    pair = (int.from_bytes(claim.signature[:half]), int.from_bytes(claim.signature[half:]))
    try:
        _key(public_key).verify(encode_dss_signature(*pair), text, _ALGORITHM)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_public_key(text: str) -> bool:
    """True when the text is a point of the curve in the form phones send it."""
    try:
        _key(text)
    except (ValueError, binascii.Error):
        return False
    return True


@lru_cache(maxsize=4096)
def _key(text: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _unpack(text))


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
