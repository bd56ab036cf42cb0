"""Whose request it is."""

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sync.signing import is_genuine, is_public_key, read_claim, signed_text

COMMUNITY = "2b1d9f7e-6c5a-4d3b-8e2f-1a0b9c8d7e6f"
DEVICE = "9e8d7c6b-5a49-4837-9625-1403f2e1d0c9"
NONCE = "bjQLnP-zepicpUTmu3gKLA"
KEY = ec.derive_private_key(20261124, ec.SECP256R1())


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


PUBLIC = base64url(KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def header(signature: bytes = bytes(64)) -> str:
    return (
        f"Lane v=1,community={COMMUNITY},device={DEVICE},nonce={NONCE},"
        f"signature={base64url(signature)}"
    )


def signed(text: bytes) -> bytes:
    r, s = decode_dss_signature(KEY.sign(text, ec.ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def test_a_request_is_known_by_its_signature():
    claim = read_claim(header())
    text = signed_text("post", "/sync/v1/hello?a=1", claim, b"{}")

    genuine = read_claim(header(signed(text)))

    assert text.split(b"\n")[:3] == [b"lane-1", b"POST", b"/sync/v1/hello?a=1"]
    assert (genuine.community, genuine.device, genuine.nonce) == (COMMUNITY, DEVICE, NONCE)
    assert is_genuine(PUBLIC, genuine, text)


def test_anything_else_than_was_signed_is_not_genuine():
    text = signed_text("POST", "/sync/v1/hello", read_claim(header()), b"{}")
    claim = read_claim(header(signed(text)))

    assert not is_genuine(PUBLIC, claim, text + b" ")
    assert not is_genuine(PUBLIC, read_claim(header()), text)
    assert not is_genuine("not a key", claim, text)
    assert not is_genuine(PUBLIC[:-4], claim, text)


def test_a_header_of_another_kind_is_no_claim():
    assert read_claim("") is None
    assert read_claim("Basic eDp5") is None
    assert read_claim(header() + "\n") is None
    assert read_claim(header().replace("v=1", "v=2")) is None


def test_a_public_key_is_a_point_of_the_curve():
    assert is_public_key(PUBLIC)
    assert not is_public_key("")
    assert not is_public_key("A")
    assert not is_public_key("灯")
    assert not is_public_key(base64url(b"\x04" + bytes(64)))
    assert not is_public_key(base64url(b"\x05" + bytes(64)))
