"""Pictures as strangers send them, all made here: honest ones, and every kind of trap."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

PHONE = "0c5bd7a1-6b0a-4a3e-8f0e-000000000003"
OTHER_PHONE = "0c5bd7a1-6b0a-4a3e-8f0e-000000000004"
SECRET = b"31.2304N121.4737E"
FORMATS = ("JPEG", "PNG", "WEBP")
QUARTERS = {
    "red": (200, 30, 30),
    "green": (30, 160, 60),
    "blue": (30, 60, 200),
    "white": (250,) * 3,
}

# The corner that each EXIF orientation puts red into, starting from red at the top left.
RED_GOES_TO = {
    1: "top left",
    2: "top right",
    3: "bottom right",
    4: "bottom left",
    5: "top left",
    6: "top right",
    7: "bottom right",
    8: "bottom left",
}


def encoded(picture: Image.Image, format: str = "JPEG", **more) -> bytes:
    out = BytesIO()
    picture.save(out, format, **more)
    return out.getvalue()


def quarters(width: int = 320, height: int = 200, mode: str = "RGB") -> Image.Image:
    """Red, green, blue and white quarters: which way up it is can be seen."""
    picture = Image.new("RGB", (width, height))
    for n, colour in enumerate(QUARTERS.values()):
        left, top = (n % 2) * width // 2, (n // 2) * height // 2
        picture.paste(colour, (left, top, left + width // 2, top + height // 2))
    return picture.convert(mode)


def photo(format: str = "JPEG", **more) -> bytes:
    return encoded(quarters(), format, **more)


def noise(width: int = 700, height: int = 500) -> Image.Image:
    """Grain that hardly compresses, so that a small picture makes many bytes."""
    return Image.effect_noise((width, height), 90).convert("RGB")


def with_secrets(format: str) -> bytes:
    """A photo that says where it was taken, in every place its format has for it."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[29] = SECRET.decode()
    exif.get_ifd(0x8769)[0x927C] = SECRET
    more: dict = {"exif": exif, "xmp": b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"}
    if format == "JPEG":
        more["comment"] = SECRET
    if format == "PNG":
        more["pnginfo"] = PngInfo()
        more["pnginfo"].add_text("Comment", SECRET.decode())
        more["pnginfo"].add_itxt("Place", SECRET.decode(), zip=False)
    raw = photo(format, **more)
    if format == "JPEG":
        iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(SECRET)) + SECRET
        raw = raw[:2] + segment(0xED, iptc) + segment(0xEB, SECRET) + raw[2:]
    return raw


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int, height: int, *chunks: bytes, pixels: bytes = b"\0" * 64) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(pixels, 9))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + body + chunk(b"IEND", b"")


def jpeg_claiming(width: int, height: int) -> bytes:
    raw = photo()
    at = raw.index(b"\xff\xc0") + 5
    return raw[:at] + struct.pack(">HH", height, width) + raw[at + 4 :]


def bombs() -> dict[str, bytes]:
    """Small files that would be large once unfolded."""
    zeros = zlib.compress(bytes(80 << 20), 9)
    wide = zlib.compress(bytes(1 << 20), 9)
    return {
        "png 50,000 square": png(50_000, 50_000),
        "png 65,535 square": png(65_535, 65_535),
        "png too long": png(12_001, 300),
        "png a thread": png(6_000, 2),
        "jpeg 65,535 square": jpeg_claiming(65_535, 65_535),
        "jpeg 12,000 square": jpeg_claiming(12_000, 12_000),
        "webp 16,383 square": webp_claiming(16_383, 16_383),
        "png more pixels than it says": png(40, 40, pixels=bytes(80 << 20)),
        "png text": png(40, 40, chunk(b"zTXt", b"Comment\0\0" + zeros)),
        "png many texts": png(40, 40, *[chunk(b"zTXt", b"C\0\0" + wide)] * 200),
        "png profile": png(40, 40, chunk(b"iCCP", b"icc\0\0" + zeros)),
        "jpeg exif": bloated(0xE1, b"Exif\0\0"),
        "jpeg profile": bloated(0xE2, b"ICC_PROFILE\0\x01\x01"),
        "jpeg many scans": many_scans(),
    }


def bloated(marker: int, start: bytes) -> bytes:
    raw = photo()
    return raw[:2] + segment(marker, start + b"A" * 65_000) * 180 + raw[2:]


def many_scans() -> bytes:
    """A progressive JPEG that asks for its whole picture to be gone over two thousand times."""
    raw = encoded(Image.new("L", (6_000, 6_000), 90), "JPEG", progressive=True)
    last = raw.rindex(b"\xff\xda")
    return raw[:last] + raw[last:-2] * 2_000 + raw[-2:]


def webp_claiming(width: int, height: int) -> bytes:
    raw = encoded(quarters(mode="RGBA"), "WEBP", exif=Image.Exif(), xmp=b"x")
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    assert raw[12:16] == b"VP8X"
    return raw[:24] + canvas + raw[30:]


def polyglots() -> dict[str, bytes]:
    """Photos that are something else as well."""
    script = b"<html><script>alert(1)</script></html>"
    archive = b"PK\x03\x04" + b"\0" * 26 + b"evil.php" + b"PK\x05\x06" + b"\0" * 18
    document = b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript>>>>endobj\n%%EOF"
    made = {}
    for name, payload in {"html": script, "zip": archive, "pdf": document}.items():
        for format in FORMATS:
            made[f"{format} then {name}"] = photo(format) + payload
        raw = photo()
        made[f"JPEG comment {name}"] = raw[:2] + segment(0xFE, payload) + raw[2:]
        made[f"JPEG app {name}"] = raw[:2] + segment(0xEF, payload) + raw[2:]
        made[f"PNG chunk {name}"] = png(4, 4, chunk(b"tEXt", b"a\0" + payload), pixels=bytes(52))
    return made


PAYLOADS = (b"<script", b"PK\x03\x04", b"evil.php", b"%PDF", b"OpenAction")


def wrong_types() -> dict[str, bytes]:
    """Files by what they really are; every one may be called photo.jpg."""
    small = quarters()
    return {
        "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>',
        "html": b"\xef\xbb\xbf\n<!DOCTYPE html><img src=x onerror=x()>",
        "gif": encoded(small, "GIF"),
        "tiff": encoded(small, "TIFF"),
        "bmp": encoded(small, "BMP"),
        "pdf": b"%PDF-1.7\n%%EOF",
        "psd": b"8BPS\0\x01" + bytes(40),
        "fits": b"SIMPLE  =                    T",
        "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40),
        "avif": b"\0\0\0\x18ftypavif\0\0\0\0mif1avif" + bytes(40),
        "video": b"\0\0\0\x18ftypisom\0\0\0\0isomavc1" + bytes(40),
        "zip": b"PK\x03\x04" + bytes(40),
        "unknown": b"just some words",
        "empty": b"",
    }


def animated() -> dict[str, bytes]:
    frames = [Image.new("RGB", (30, 30), (40 * n, 0, 0)) for n in range(5)]
    more = {"save_all": True, "append_images": frames[1:], "duration": 100}
    return {format: encoded(frames[0], format, **more) for format in ("PNG", "WEBP")}


def colour_models() -> dict[str, bytes]:
    """The same quarters in every way a format can hold a colour."""
    alpha = quarters(mode="RGBA")
    clear = quarters(mode="P")
    return {
        "cmyk jpeg": photo_in("CMYK", "JPEG"),
        "ycc jpeg": photo_in("RGB", "JPEG", subsampling=0),
        "progressive jpeg": photo_in("RGB", "JPEG", progressive=True),
        "profiled jpeg": photo_in("RGB", "JPEG", icc_profile=srgb_profile()),
        "profiled png": photo_in("RGB", "PNG", icc_profile=srgb_profile()),
        "torn profile": photo_in("RGB", "JPEG", icc_profile=srgb_profile()[:200]),
        "nonsense profile": photo_in("RGB", "JPEG", icc_profile=b"no profile at all" * 20),
        "palette png": photo_in("P", "PNG"),
        "clear palette png": encoded(clear, "PNG", transparency=255),
        "alpha png": encoded(alpha, "PNG"),
        "alpha webp": encoded(alpha, "WEBP", lossless=True),
        "webp": photo_in("RGB", "WEBP", quality=95),
    }


def greys() -> dict[str, bytes]:
    """A half-bright grey in every depth."""
    return {
        "1 bit": encoded(Image.new("1", (40, 30), 1), "PNG"),
        "8 bit png": encoded(Image.new("L", (40, 30), 128), "PNG"),
        "8 bit jpeg": encoded(Image.new("L", (40, 30), 128), "JPEG"),
        "8 bit alpha": encoded(Image.new("LA", (40, 30), (128, 255)), "PNG"),
        "16 bit": encoded(Image.new("I;16", (40, 30), 128 * 256), "PNG"),
    }


def photo_in(mode: str, format: str, **more) -> bytes:
    return encoded(quarters(mode=mode), format, **more)


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def turned(format: str, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return photo(format, exif=exif)


def cuts(format: str) -> list[bytes]:
    """The photo cut before, at and after each place where its format starts something new."""
    raw = photo(format)
    marks = {
        "JPEG": [at for at in range(len(raw) - 1) if raw[at] == 0xFF and raw[at + 1] != 0],
        "PNG": [raw.find(name) for name in (b"IHDR", b"IDAT", b"IEND")],
        "WEBP": [0, 4, 8, 12, 16, 20, 24, 30],
    }[format]
    places = {at + step for at in marks for step in (-4, -1, 0, 1, 2, 4)}
    places |= {len(raw) * share // 10 for share in range(10)}
    return [raw[:at] for at in sorted(places) if 0 <= at < len(raw)]
