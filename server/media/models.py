"""Photos as rows: promised, stored, or refused."""

from __future__ import annotations

from hashlib import sha256

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Id, Ms
from server.media.rules import Admitted
from server.permissions import Actor, may, visible
from server.places.models import Community
from server.reports.models import Report, ReportPhoto


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
        is_shown: ColumnElement[bool] = exists().where(
            ReportPhoto.community_id == cls.community_id,
            ReportPhoto.sha256 == cls.sha256,
            ReportPhoto.report_id.in_(reports),
        )
        is_own = and_(cls.community_id == actor.community_id, cls.device_id == actor.device_id)
        if may(actor, "parked.read"):  # it may belong to a report that waits to be recorded
            is_shown = or_(is_shown, cls.community_id == actor.community_id)
        return select(cls).where(
            cls.community_id == community_id,
            cls.sha256 == digest,
            cls.state == "stored",
            or_(is_shown, is_own) if actor.device_id else is_shown,
        )
