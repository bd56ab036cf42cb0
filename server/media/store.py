"""Where photos are kept: two JPEGs in a folder or an S3, and the row that speaks of them.

Other domains bring photos in with `take_photo` and show them with `jpeg`.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

import obstore
from flask import current_app
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store
from sqlalchemy.exc import IntegrityError

from server.database import db, writing
from server.exchange.intake import announce
from server.media.models import Photo
from server.media.rules import MOST_BYTES, Admitted, admit, photo_type
from server.reports.models import ReportPhoto
from server.settings import Settings
from sync.receipt import Refused

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def take_photo(community_id: str, raw: bytes, now: int, device_id: str = "") -> str:
    """Bring in a photo that came in one piece; its SHA-256 is its name from now on.

    Raises Refused, with the reason, for what is no photo.
    """
    digest = sha256(raw).hexdigest()
    photo = db.session.get(Photo, (community_id, digest))
    if not photo or photo.state != "stored":
        picture = admit(raw)
        put(community_id, picture)
        expect(community_id, digest, len(raw), picture.type, device_id, now)
        record(community_id, digest, picture, now)
    return digest


def take_photos(
    community_id: str, files: Iterable[IO[bytes]], now: int
) -> tuple[list[dict[str, Any]], list[tuple[int, Refused]]]:
    """Bring in the photos of one form: those a change may name, and by position those that are
    none, with the reason. One that is refused does not stop the others."""
    taken: list[dict[str, Any]] = []
    left_out: list[tuple[int, Refused]] = []
    for position, file in enumerate(files, 1):
        try:
            raw = read_photo(file)
            digest = take_photo(community_id, raw, now)
        except Refused as refusal:
            left_out.append((position, refusal))
        else:
            type = f"image/{photo_type(raw)}"
            taken.append({"sha256": digest, "bytes": len(raw), "type": type})
    return taken, left_out


def read_photo(file: IO[bytes]) -> bytes:
    """What a form's file holds, without reading what is too large anyway."""
    size = file.seek(0, os.SEEK_END)
    if size > MOST_BYTES:
        raise Refused("photo_too_large", size=f"{size / 1_000_000:.1f} MB")
    file.seek(0)
    return file.read()


def expect(
    community_id: str, digest: str, size: int, declared: str, device_id: str, now: int
) -> Photo:
    """The row of a photo that is to come, whoever was first to speak of it."""
    try:
        with writing() as session:
            photo = session.get(Photo, (community_id, digest)) or Photo(
                community_id=community_id,
                sha256=digest,
                state="awaiting",
                bytes=size,
                type=declared,
                device_id=device_id,
                created_at=now,
            )
            session.add(photo)
            return photo
    except IntegrityError:  # Somebody else spoke of it in this very moment.
        if found := db.session.get(Photo, (community_id, digest)):
            return found
        raise


def record(community_id: str, digest: str, outcome: Admitted | Refused, now: int) -> Photo:
    """Write down what became of a photo, and tell those who see its report. Once stored is
    stored."""
    with writing() as session:
        photo = session.get_one(Photo, (community_id, digest))
        if isinstance(outcome, Admitted):
            photo.keep(outcome, now)
        elif photo.state != "stored":
            photo.refuse(outcome.reason)
        shown_by = session.scalars(ReportPhoto.reports_with(community_id, digest)).all()
        if shown_by:
            announce(session, community_id, shown_by)
    return photo


def jpeg(photo: Photo, thumb: bool = False) -> bytes:
    """The stored picture, 1600 px or 400 px."""
    try:
        name = object_name(photo.community_id, photo.stored_sha256, thumb)
        return obstore.get(store(), name).bytes().to_bytes()
    except BaseError as error:
        raise out_of_reach(error) from error


def put(community_id: str, picture: Admitted) -> None:
    """Lay both sizes down, safe from a power cut, before any row speaks of them.

    Writing the same picture twice is harmless: its name is its content.
    """
    name = sha256(picture.full).hexdigest()
    for thumb, jpeg in ((True, picture.thumb), (False, picture.full)):
        path = object_name(community_id, name, thumb)
        try:
            obstore.put(store(), path, jpeg, use_multipart=False)
        except BaseError as error:
            raise out_of_reach(error) from error
        if isinstance(store(), LocalStore):
            sync_to_disk(folder(settings()) / path)


def object_name(community_id: str, name: str, thumb: bool) -> str:
    return f"{community_id}/{name[:2]}/{name[2:4]}/{name}{'.thumb' if thumb else ''}.jpg"


def out_of_reach(error: BaseError) -> OSError:
    """A full disk or a store that does not answer: it passes, and whoever sends tries again."""
    return OSError(errno.EAGAIN, f"the photo store: {type(error).__name__}")


def sync_to_disk(path: Path) -> None:
    """Make the file and the way to it outlive a power cut; obstore leaves that to its caller."""
    # Two folders of its name, its community's, that of all photos, and the one that names that.
    for step in (path, *list(path.parents)[:5]):
        descriptor = os.open(step, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def store() -> ObjectStore:
    """Where photos lie: a folder, or S3 and what speaks like it."""
    return open_store(settings())


def folder(chosen: Settings) -> Path:
    return Path(urlsplit(chosen.photos).path) if chosen.photos else chosen.data / "photos"


@cache
def open_store(chosen: Settings) -> ObjectStore:
    """Keys, region and address of an S3 stand in the usual AWS_* variables."""
    if not chosen.photos.startswith("s3:"):
        return LocalStore(folder(chosen), mkdir=True)
    return S3Store.from_url(
        chosen.photos,
        # Whether the way to the store is encrypted stands in its address.
        client_options={"timeout": "20s", "allow_http": True},
        retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
    )
