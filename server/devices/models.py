"""Devices and the codes that open them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Select,
    String,
    and_,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import Member
from server.database import Base, Id, Ms

STALE_MS = 48 * 3_600_000


class Device(Base):
    """A phone, a desk, or the public door. `key` is empty for what does not sign."""

    __tablename__ = "devices"
    __table_args__ = (Index(None, "community_id", "member_id"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))  # phone | desk | public
    member_id: Mapped[str | None] = mapped_column(Id)
    key: Mapped[str] = mapped_column(String(88), default="")
    label: Mapped[str] = mapped_column(String(80), default="")
    last_n: Mapped[int] = mapped_column(BigInteger, default=0)
    chain: Mapped[bytes] = mapped_column(LargeBinary(32), default=bytes(32))
    last_eff: Mapped[int] = mapped_column(BigInteger, default=0)
    anchor_segment: Mapped[int] = mapped_column(BigInteger, default=0)
    anchor_wall: Mapped[int] = mapped_column(Ms, default=0)
    anchor_server: Mapped[int] = mapped_column(Ms, default=0)
    enrolled_at: Mapped[int] = mapped_column(Ms)
    seen_at: Mapped[int] = mapped_column(Ms, default=0)
    app: Mapped[str] = mapped_column(String(40), default="")
    unsent: Mapped[int] = mapped_column(default=0)
    oldest_unsent_at: Mapped[int | None] = mapped_column(Ms)
    clock_offset: Mapped[int] = mapped_column(Ms, default=0)
    is_persisted: Mapped[bool | None]
    opens_offline: Mapped[bool | None]  # as the phone itself found when it tried; None: not tried
    revoked_at: Mapped[int | None] = mapped_column(Ms)
    revoked_by: Mapped[str | None] = mapped_column(Id)
    unsent_when_revoked: Mapped[int | None]
    replaced_by: Mapped[str | None] = mapped_column(Id)

    read_action = "device.read"

    @classmethod
    def phones(cls, community_id: str) -> Select[Device]:
        """The phones of a community that are or were in use; those replaced are left out."""
        return (
            select(cls)
            .where(
                cls.community_id == community_id,
                cls.kind == "phone",
                cls.replaced_by.is_(None),
            )
            .order_by(cls.enrolled_at)
        )

    @classmethod
    def holding(cls, community_id: str) -> Select[Device]:
        """Phones in use that said, when last heard of, that something is only on them."""
        return cls.phones(community_id).where(cls.revoked_at.is_(None), cls.unsent > 0)

    @classmethod
    def silent(cls, community_id: str, now: int) -> Select[Device]:
        """Phones that have held something for more than 48 hours (now in ms)."""
        oldest = func.coalesce(cls.oldest_unsent_at, cls.seen_at)
        return cls.holding(community_id).where(oldest < now - STALE_MS)


class Enrolment(Base):
    """An invitation for one phone of one member: single use, fifteen minutes."""

    __tablename__ = "enrolments"
    __table_args__ = (
        Index(None, "digits_hash"),
        Index(None, "token_hash"),
        ForeignKeyConstraint(["community_id", "member_id"], ["members.community_id", "members.id"]),
    )

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    member_id: Mapped[str] = mapped_column(Id)
    digits_hash: Mapped[str] = mapped_column(String(64))
    token_hash: Mapped[str] = mapped_column(String(64))
    created_by: Mapped[str] = mapped_column(Id)
    created_at: Mapped[int] = mapped_column(Ms)
    expires_at: Mapped[int] = mapped_column(Ms)
    used_at: Mapped[int | None] = mapped_column(Ms)
    device_id: Mapped[str | None] = mapped_column(Id)

    @classmethod
    def open(cls, community_id: str, now: int) -> Select[Enrolment, str]:
        """Codes that can still be used, each with the name of whom they are for."""
        return (
            select(cls, Member.name)
            .join(Member, and_(Member.community_id == cls.community_id, Member.id == cls.member_id))
            .where(cls.community_id == community_id, cls.used_at.is_(None), cls.expires_at > now)
            .order_by(cls.created_at.desc())
        )


class CodeTries(Base):
    """Wrong enrolment codes lately from one address; belongs to no community."""

    __tablename__ = "code_tries"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[int] = mapped_column(Ms, index=True)
