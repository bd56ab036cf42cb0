"""Subdistricts, communities, grids, places, and who looks after them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Select,
    String,
    UniqueConstraint,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from server.database import Base, Id, Ms

MOST_FOUND = 60


class Subdistrict(Base):
    """A subdistrict: its officers appoint and assess."""

    __tablename__ = "subdistricts"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    latin_name: Mapped[str] = mapped_column(String(80))
    city: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str] = mapped_column(String(40))


class Community(Base):
    """A community: the owner of every row that bears its id."""

    __tablename__ = "communities"
    __table_args__ = (UniqueConstraint("plate_prefix"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subdistrict_id: Mapped[str] = mapped_column(ForeignKey(Subdistrict.id), index=True)
    name: Mapped[str] = mapped_column(String(60))
    latin_name: Mapped[str] = mapped_column(String(80))
    zone: Mapped[str] = mapped_column(String(40))
    plate_prefix: Mapped[str] = mapped_column(String(8))
    phone: Mapped[str] = mapped_column(String(40))
    # Where the metres of its places are counted from, in degrees (WGS 84, as phones tell theirs).
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]

    subdistrict: Mapped[Subdistrict] = relationship()

    @classmethod
    def with_counts(cls) -> Select[Community, int]:
        """Every community with the number of its places."""
        places = select(func.count()).where(Place.community_id == cls.id).scalar_subquery()
        return select(cls, places).order_by(cls.plate_prefix)


class Grid(Base):
    """A part of a community."""

    __tablename__ = "grids"

    community_id: Mapped[str] = mapped_column(ForeignKey(Community.id), primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    latin_name: Mapped[str] = mapped_column(String(80))


class Place(Base):
    """A lane, compound or building that somebody looks after."""

    __tablename__ = "places"
    __table_args__ = (
        ForeignKeyConstraint(["community_id", "grid_id"], [Grid.community_id, Grid.id]),
        UniqueConstraint("community_id", "plate"),
    )

    community_id: Mapped[str] = mapped_column(ForeignKey(Community.id), primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    grid_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(60))
    latin_name: Mapped[str] = mapped_column(String(80))
    plate: Mapped[str] = mapped_column(String(20))
    households: Mapped[int]
    line_json: Mapped[str] = mapped_column(
        "line", String(2000)
    )  # metres east and north of the origin

    community: Mapped[Community] = relationship()

    @property
    def line(self) -> list[list[float]]:
        """The points the place runs along."""
        points: list[list[float]] = json.loads(self.line_json)
        return points

    @classmethod
    def with_plate(cls, typed: str) -> Select[Place]:
        """The place whose plate somebody typed: in any case, with or without its hyphen."""
        return (
            select(cls)
            .where(func.replace(cls.plate, "-", "") == letters_of(typed))
            .order_by(cls.community_id)
        )

    @classmethod
    def named(cls, typed: str) -> Select[Place]:
        """Places whose name, Latin name or plate contains what somebody typed."""
        text = unicodedata.normalize("NFKC", typed).strip()
        ways = [
            cls.name.contains(text, autoescape=True),
            func.lower(cls.latin_name).contains(text.lower(), autoescape=True),
        ]
        if letters := letters_of(typed):
            ways.append(func.replace(cls.plate, "-", "").contains(letters))
        return select(cls).where(or_(*ways)).order_by(cls.plate).limit(MOST_FOUND)

    @classmethod
    def of_community(cls, community_id: str) -> Select[Place]:
        """All places of a community, in the order of their plates."""
        return select(cls).where(cls.community_id == community_id).order_by(cls.plate)

    @classmethod
    def looked_after_by(cls, community_id: str, member_id: str, at: int) -> Select[Place]:
        """The places a steward has at a time, in the order of their plates."""
        mine = PlaceAssignment.of_member(community_id, member_id, at)
        return cls.of_community(community_id).where(cls.id.in_(mine))


class PlaceAssignment(Base):
    """A place in somebody's care, from when to when."""

    __tablename__ = "place_assignments"
    __table_args__ = (
        ForeignKeyConstraint(["community_id", "member_id"], ["members.community_id", "members.id"]),
        ForeignKeyConstraint(["community_id", "place_id"], [Place.community_id, Place.id]),
    )

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    member_id: Mapped[str] = mapped_column(Id, primary_key=True)
    place_id: Mapped[str] = mapped_column(Id, primary_key=True)
    from_at: Mapped[int] = mapped_column(Ms, primary_key=True)
    until_at: Mapped[int | None] = mapped_column(Ms)

    @classmethod
    def of_member(cls, community_id: str, member_id: str, at: int) -> Select[str]:
        """The ids of the places a member has at a time."""
        return select(cls.place_id).where(
            cls.community_id == community_id,
            cls.member_id == member_id,
            cls.from_at <= at,
            or_(cls.until_at.is_(None), cls.until_at > at),
        )


def letters_of(plate: str) -> str:
    """A plate code as it is compared: capitals and digits, whatever stands between them."""
    plain = unicodedata.normalize("NFKC", plate).upper()
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def line_json(points: Sequence[Sequence[float]]) -> str:
    """How a place's points are stored."""
    return json.dumps([list(point) for point in points], separators=(",", ":"))
