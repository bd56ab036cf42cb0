"""The one door for pictures: what may come in, and what is kept of it."""

from __future__ import annotations

import errno
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from sync.receipt import Refused

MOST_BYTES = 12 << 20
CHILD = Path(__file__).with_name("child.py")
PATIENCE = 60

TYPES = {b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}
NOT_PHOTOS = {
    b"GIF8": "gif",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    b"%PDF": "pdf",
    b"BM": "bmp",
    b"8BPS": "psd",
    b"SIMPLE": "fits",
    b"PK\x03\x04": "zip",
    b"\x1aE\xdf\xa3": "video",
}
BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}


@dataclass(frozen=True, slots=True)
class Admitted:
    """A picture as we keep it: redrawn by us, upright, without a word about where it was taken."""

    full: bytes
    thumb: bytes
    width: int
    height: int
    type: str


def admit(raw: bytes, program: Path = CHILD) -> Admitted:
    """Redraw what was sent, or refuse it with a reason.

    Raises Refused for the picture's faults and OSError for the machine's: only the first is a
    verdict.
    """
    if len(raw) > MOST_BYTES:
        raise too_large(raw)
    kind = photo_type(raw)
    with TemporaryFile() as out:
        status = run_child(raw, out, program)
        head, body = read_answer(out)
    if head is None:
        raise verdict_of_death(status)
    match head:
        case {"refused": "photo_too_large"}:
            raise too_large(raw)
        case {"refused": str(reason)}:
            raise Refused(reason)
        case {"width": int(width), "height": int(height), "full": int(full), "thumb": int(thumb)}:
            if len(body) == full + thumb:
                return Admitted(body[:full], body[full:], width, height, kind)
    raise out_of_order("half an answer")


def photo_type(raw: bytes) -> str:
    """What the first bytes say; the declared type and name are nobody's business."""
    for start, kind in TYPES.items():
        if raw.startswith(start):
            return kind
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "webp"
    raise Refused("photo_type", found=what_it_is(raw))


def what_it_is(raw: bytes) -> str:
    """A word for the file that came instead of a photo."""
    for start, kind in NOT_PHOTOS.items():
        if raw.startswith(start):
            return kind
    if raw[4:8] == b"ftyp":
        return "heic" if raw[8:12] in BRANDS else "avif" if raw[8:12] == b"avif" else "video"
    opening = raw[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in opening:
        return "svg"
    return "html" if opening.startswith(b"<") else "unknown" if raw else "empty"


def too_large(raw: bytes) -> Refused:
    return Refused("photo_too_large", size=f"{max(0.1, len(raw) / 1_000_000):.1f} MB")


def run_child(raw: bytes, out: IO[bytes], program: Path = CHILD) -> int:
    """One picture through one process of its own; its answer lands in `out`."""
    # A file rather than a pipe: the child's limit on file size then bounds what it can answer.
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no argument from outside
            [sys.executable, "-I", str(program)],
            input=raw,
            stdout=out,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:  # Its own limit is processor time: the machine is too busy.
        raise out_of_order(f"no answer in {PATIENCE} s") from None
    return done.returncode


def read_answer(out: IO[bytes]) -> tuple[object, bytes]:
    out.seek(0)
    line = out.readline()
    return (json.loads(line) if line.endswith(b"\n") else None), out.read()


def verdict_of_death(status: int) -> Exception:
    """A child ended by a signal was ended by its picture; any other end is our own trouble."""
    if status < 0:
        return Refused("photo_bomb")
    return out_of_order(f"exit {status}")


def out_of_order(why: str) -> OSError:
    """It passes, so that whoever sent the picture tries again."""
    return OSError(errno.EAGAIN, f"the picture process could not work: {why}")
