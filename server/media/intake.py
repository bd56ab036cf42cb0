"""Photos on their way in: promised, sent in parts, whole, through the door, stored."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from server.database import db
from server.media.models import Photo
from server.media.rules import MOST_BYTES, Admitted, admit
from server.media.store import expect, put, record, settings
from sync.receipt import Refused
from sync.wire import Malformed

PART_BYTES = 512 << 10
DAY_MS = 24 * 3600 * 1000
DAILY_PHOTOS = 300
DAILY_BYTES = 200_000_000
PART_DAYS = 30

DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Upload:
    """One photo of one device on its way to us.

    What has arrived is one file, its name says how long it shall be. Several servers need this
    folder in common, or phones that come back to the same one; else a photo starts anew.
    """

    community_id: str
    device_id: str
    sha256: str

    def __post_init__(self) -> None:
        if not DIGEST.fullmatch(self.sha256):
            raise Malformed("sha256", "wrong_form")

    @property
    def folder(self) -> Path:
        return settings().data / "parts" / self.community_id / self.device_id

    def part(self) -> Path:
        """The file with what has arrived; refused where nothing was promised, or long ago."""
        for path in self.folder.glob(f"{self.sha256}.*"):
            return path
        raise Refused("photo_unknown")

    def begin(self, size: int) -> None:
        """An empty part, unless one of this length has begun."""
        part = self.folder / f"{self.sha256}.{size}"
        for other in self.folder.glob(f"{self.sha256}.*"):
            if other != part:  # The length promised earlier was a mistake.
                other.unlink(missing_ok=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        part.touch()

    @property
    def key(self) -> tuple[str, str]:
        return self.community_id, self.sha256

    def photo(self) -> Photo | None:
        return db.session.get(Photo, self.key)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a photo has come. `offset` is the length of what lies here, never a number kept
    beside it, so that no crash can make the two differ."""

    state: str
    offset: int
    bytes: int
    reason: str = ""


def promise(upload: Upload, size: int, declared: str, now: int) -> Progress:
    """A phone says what it is going to send; the answer says from where on."""
    photo = upload.photo() or announce(upload, size, declared, now)
    if photo.state != "awaiting":
        return final(photo)
    if size > MOST_BYTES:
        return final(record(*upload.key, Refused("photo_too_large"), now))
    upload.begin(size)
    at = progress(upload)
    # All is here, yet not brought in: the server died, or had no room, after the last part.
    return append(upload, size, b"", now) if at.offset == size else at


def progress(upload: Upload) -> Progress:
    photo = upload.photo()
    if photo and photo.state != "awaiting":
        return final(photo)
    part = upload.part()
    return Progress("awaiting", part.stat().st_size, whole(part))


def append(upload: Upload, offset: int, part: bytes, now: int) -> Progress:
    """Add a part at its place. The last one, or an empty one after it, brings the photo in.

    The part is here as a whole before the file is taken, so a request that hangs holds nothing:
    the newer one goes first, and the older one is told the right offset.
    """
    photo = upload.photo()
    if photo and photo.state != "awaiting":
        return final(photo)
    with taken(upload.part()) as file:
        have, size = file.seek(0, os.SEEK_END), whole(Path(file.name))
        if offset != have:
            raise Refused("offset", offset=have)
        if have + len(part) > size:
            raise Malformed("bytes", "more_than_promised")
        write(file, part, have)
        if have + len(part) < size:
            return Progress("awaiting", have + len(part), size)
        return final(bring_in(upload, file, now))


def announce(upload: Upload, size: int, declared: str, now: int) -> Photo:
    """A new photo, if the device has not sent too many since this time yesterday."""
    sent = Photo.sent_since(upload.community_id, upload.device_id, now - DAY_MS)
    photos, total = db.session.execute(sent).one()
    if photos >= DAILY_PHOTOS or total + size > DAILY_BYTES:
        raise Refused("slow_down", retry_after_s=3600)
    return expect(*upload.key, size, declared, upload.device_id, now)


def bring_in(upload: Upload, file: BinaryIO, now: int) -> Photo:
    """All bytes are here: are they the promised ones, and a photo?"""
    file.seek(0)
    raw = file.read()
    if sha256(raw).hexdigest() != upload.sha256:
        file.truncate(0)
        raise Refused("photo_hash", offset=0)
    outcome = through_the_door(upload.community_id, raw)
    photo = record(*upload.key, outcome, now)
    Path(file.name).unlink(missing_ok=True)
    return photo


def through_the_door(community_id: str, raw: bytes) -> Admitted | Refused:
    try:
        picture = admit(raw)
    except Refused as refusal:
        return refusal
    put(community_id, picture)
    return picture


def final(photo: Photo) -> Progress:
    return Progress(photo.state, photo.bytes, photo.bytes, photo.reason)


def whole(part: Path) -> int:
    """The promised length of a part."""
    return int(part.suffix[1:])


@contextmanager
def taken(part: Path) -> Iterator[BinaryIO]:
    """The part, for one request at a time. Closing it, or dying, lets it go."""
    try:
        file = part.open("r+b", buffering=0)
    except FileNotFoundError:  # Brought in by another request since we looked.
        raise Refused("photo_unknown") from None
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file


def write(file: BinaryIO, part: bytes, at: int) -> None:
    """The whole part or nothing of it."""
    try:
        left = memoryview(part)
        while left:
            left = left[file.write(left) :]
    except OSError:
        file.truncate(at)
        raise


def forget_old_parts(now: int) -> None:
    """Remove parts nobody went on with for 30 days; sending just starts anew."""
    old = now / 1000 - PART_DAYS * 24 * 3600
    for part in (settings().data / "parts").glob("*/*/*.*"):
        with suppress(FileNotFoundError):  # Its photo came in since we looked.
            if part.stat().st_mtime < old:
                part.unlink()
