"""The only place where a stranger's picture is decoded: one process, one picture, then gone.

It has a file name of its own because it is a program of its own. `rules.admit` starts it by its
path, with an empty environment and without this project on its path, so that a decoder taken
over by a picture finds no server, no settings, no keys, no files and no network.

In:  a picture on standard input.
Out: a line of JSON; {"width", "height", "full", "thumb"} is followed by that many bytes of two
JPEGs redrawn from pixels; {"refused"} is followed by nothing. No line at all means that the
process was ended by its own limits, or that the machine is out of order, never a verdict.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from contextlib import suppress
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, JpegImagePlugin, MpoImagePlugin, PngImagePlugin
from PIL import WebPImagePlugin as WebPImagePlugin  # registers the format

FORMATS = (JpegImagePlugin.JpegImageFile.format, PngImagePlugin.PngImageFile.format, "WEBP")
PIXELS = 40_000_000
SIDE = 12_000
RATIO = 50
FULL = 1600
THUMB = 400
QUALITY = 80

MEMORY = 768 << 20
SECONDS = 10
ANSWER = 4 << 20


class Unfit(Exception):
    """The picture may not come in; the one argument is the reason."""


def confine() -> None:
    """Give up everything that redrawing does not need."""
    with suppress(ValueError, OSError):  # macOS has no such limit; the others hold there too.
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (ANSWER, ANSWER))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    # With no descriptor to be had, nothing can be opened and no socket made.
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def prepare() -> None:
    """Load what would otherwise be looked for on disk later, and tell Pillow the limits."""
    Image.preinit()
    Image.MAX_IMAGE_PIXELS = PIXELS // 2  # Pillow warns above it, and refuses above twice of it.
    warnings.simplefilter("ignore")


def redraw(raw: bytes) -> tuple[Image.Image, Image.Image]:
    """The picture and its thumbnail: upright, sRGB, on white, made of pixels and nothing else."""
    with Image.open(BytesIO(raw), formats=FORMATS) as picture:
        look_at_size(picture)
        picture.draft(None, within(picture.size, FULL))
        picture.load()
        profile = picture.info.get("icc_profile")
        full = on_white(shrunk(eight_bit(upright(picture)), FULL))
    full = in_srgb(full, profile)
    return bare(full), bare(shrunk(full.copy(), THUMB))


def look_at_size(picture: Image.Image) -> None:
    """Refuse by the header, before one pixel is decoded."""
    width, height = picture.size
    if width * height > PIXELS or max(width, height) > SIDE:
        raise Unfit("photo_too_large")
    if max(width, height) > RATIO * min(width, height):
        raise Unfit("photo_bomb")
    # Phones append a second picture (depth, brightness) to a JPEG; it is left behind.
    is_jpeg = isinstance(picture, JpegImagePlugin.JpegImageFile | MpoImagePlugin.MpoImageFile)
    if not is_jpeg and getattr(picture, "n_frames", 1) > 1:
        raise Unfit("photo_type")


def within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """The size with its longer side brought down to `side`."""
    share = min(1.0, side / max(size))
    return max(1, round(size[0] * share)), max(1, round(size[1] * share))


def upright(picture: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # A mangled EXIF block says nothing; the pixels still do.
        return picture


def eight_bit(picture: Image.Image) -> Image.Image:
    """Every mode a PNG, WebP or JPEG can have, as L, RGB, RGBA or CMYK."""
    if picture.mode.startswith(("I", "F")):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if "transparency" in picture.info or picture.mode in {"P", "PA", "LA", "La", "RGBa"}:
        return picture.convert("RGBA")
    return picture.convert("L") if picture.mode == "1" else picture


def shrunk(picture: Image.Image, side: int) -> Image.Image:
    if max(picture.size) <= side:
        return picture
    return picture.resize(within(picture.size, side), Image.Resampling.LANCZOS, reducing_gap=2.0)


def on_white(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    if profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError, TypeError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            srgb = ImageCms.createProfile("sRGB")
            turned = ImageCms.profileToProfile(picture, source, srgb, outputMode="RGB")
            if turned is not None:
                return turned
    return picture.convert("RGB")


def bare(picture: Image.Image) -> Image.Image:
    """A copy of the pixels alone: profiles, comments and EXIF hang on the object copied from."""
    copy = Image.new("RGB", picture.size)
    copy.paste(picture)
    return copy


def as_jpeg(picture: Image.Image) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()


def answer(raw: bytes) -> tuple[dict[str, object], bytes]:
    try:
        full, thumb = redraw(raw)
    except Unfit as unfit:
        return {"refused": unfit.args[0]}, b""
    except (Image.DecompressionBombError, MemoryError):
        return {"refused": "photo_too_large"}, b""
    except Exception:  # Decoders raise whatever they like on broken bytes.
        return {"refused": "photo_broken"}, b""
    big, small = as_jpeg(full), as_jpeg(thumb)
    head: dict[str, object] = {
        "width": full.width,
        "height": full.height,
        "full": len(big),
        "thumb": len(small),
    }
    return head, big + small


def main() -> None:
    prepare()
    confine()
    head, body = answer(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
