"""Photos as rows, and the place where their two JPEGs lie."""

from __future__ import annotations

import errno
import os
from datetime import timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import obstore
from flask import current_app
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store
from sqlalchemy import ForeignKey, Index, Select, String, and_, exists, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Id, Ms
from server.media.rules import Admitted
from server.permissions import Actor, visible
from server.places.models import Community
from server.reports.models import Report, ReportPhoto
from server.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ObjectStore


class Photo(Base):
    """A photo somebody promised; once stored, its JPEGs lie under the hash of what we drew.

    state: awaiting · stored · refused (with the reason).
    """

    __tablename__ = "photos"
    __table_args__ = (Index(None, "community_id", "device_id", "created_at"),)

    community_id: Mapped[str] = mapped_column(Id, ForeignKey(Community.id), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(String(20), default="awaiting")
    reason: Mapped[str] = mapped_column(String(40), default="")
    bytes: Mapped[int]
    type: Mapped[str] = mapped_column(String(40))
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    stored_sha256: Mapped[str] = mapped_column(String(64), default="")
    device_id: Mapped[str] = mapped_column(Id, default="")
    created_at: Mapped[int] = mapped_column(Ms)
    stored_at: Mapped[int | None] = mapped_column(Ms)

    def keep(self, picture: Admitted, now: int) -> None:
        """The picture lies safely in the store already; now the row says so."""
        self.state, self.reason = "stored", ""
        self.type, self.width, self.height = picture.type, picture.width, picture.height
        self.stored_sha256, self.stored_at = sha256(picture.full).hexdigest(), now

    def refuse(self, reason: str) -> None:
        self.state, self.reason = "refused", reason

    @classmethod
    def sent_since(cls, community_id: str, device_id: str, at: int) -> Select[int, int]:
        """How many photos, and how many bytes, a device has promised since then."""
        return select(func.count(), func.coalesce(func.sum(cls.bytes), 0)).where(
            cls.community_id == community_id, cls.device_id == device_id, cls.created_at > at
        )

    @classmethod
    def shown_to(cls, actor: Actor, community_id: str, digest: str) -> Select[Photo]:
        """A stored photo, where one of its reports is the actor's to see, or it came from the
        actor's own phone."""
        reports = visible(actor, Report).with_only_columns(Report.id)
        is_shown = exists().where(
            ReportPhoto.community_id == cls.community_id,
            ReportPhoto.sha256 == cls.sha256,
            ReportPhoto.report_id.in_(reports),
        )
        is_own = and_(cls.community_id == actor.community_id, cls.device_id == actor.device_id)
        return select(cls).where(
            cls.community_id == community_id,
            cls.sha256 == digest,
            cls.state == "stored",
            or_(is_shown, is_own) if actor.device_id else is_shown,
        )


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
    for step in (path, *list(path.parents)[:4]):
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
