"""Members, their passwords and sessions."""

from __future__ import annotations

import unicodedata

from sqlalchemy import ForeignKeyConstraint, Select, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from server.database import Base, Id, Ms
from server.permissions import Actor
from server.places.models import Community, PlaceAssignment

STAFF = ("coordinator", "committee_member", "officer")
MEMBER_KEY = ["members.community_id", "members.id"]


class Member(Base):
    """A person who works for a community or, as officer, for a subdistrict."""

    __tablename__ = "members"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(30))
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(10), default="")
    demo_sign_in: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def with_role(cls, community_id: str, role: str) -> Select[Member]:
        """The members of a community in one role, by name."""
        return (
            select(cls)
            .where(cls.community_id == community_id, cls.role == role)
            .order_by(cls.name, cls.id)
        )

    @classmethod
    def shown_in_demo(cls) -> Select[Member]:
        """Whom a visitor of the demo may become."""
        return select(cls).where(cls.demo_sign_in).order_by(cls.role, cls.community_id, cls.id)


class Credential(Base):
    """How a staff member proves who they are."""

    __tablename__ = "credentials"
    __table_args__ = (ForeignKeyConstraint(["community_id", "member_id"], MEMBER_KEY),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    member_id: Mapped[str] = mapped_column(Id, primary_key=True)
    sign_in_name: Mapped[str] = mapped_column(String(60), index=True)
    password_hash: Mapped[str] = mapped_column(String(200))

    member: Mapped[Member] = relationship()

    @classmethod
    def named(cls, name: str) -> Select[Credential]:
        """Whose sign-in name this is. Two communities may each have one."""
        return select(cls).where(cls.sign_in_name == plain_name(name)).order_by(cls.community_id)


class StaffSession(Base):
    """A browser at the desk. Only the hash of what its cookie says is kept."""

    __tablename__ = "staff_sessions"
    __table_args__ = (ForeignKeyConstraint(["community_id", "member_id"], MEMBER_KEY),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    member_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[int] = mapped_column(Ms)
    last_used_at: Mapped[int] = mapped_column(Ms)

    member: Mapped[Member] = relationship()


class SignInTries(Base):
    """Wrong passwords lately, for a name or for an address; belongs to no community."""

    __tablename__ = "sign_in_tries"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[int] = mapped_column(Ms, index=True)


def plain_name(name: str) -> str:
    """A sign-in name as it is compared: case, width and spaces around it do not matter, nor does
    what PostgreSQL can keep in no text."""
    return unicodedata.normalize("NFKC", name.replace("\0", "")).strip().casefold()


def actor_for(session: Session, member: Member, at: int, device_id: str = "") -> Actor:
    """The member as one who acts, with the places in their care at the time."""
    if member.role == "officer":
        subdistrict_id = member.community_id
    else:
        of_community = select(Community.subdistrict_id).where(Community.id == member.community_id)
        subdistrict_id = session.scalars(of_community).one()
    places = PlaceAssignment.of_member(member.community_id, member.id, at)
    return Actor(
        id=member.id,
        role=member.role,
        community_id=member.community_id,
        subdistrict_id=subdistrict_id,
        name=member.name,
        place_ids=frozenset(session.scalars(places)) if member.role == "steward" else frozenset(),
        device_id=device_id,
    )
