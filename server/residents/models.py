"""How much came within an hour, and how a place is found by what stands on its plate."""

from __future__ import annotations

import unicodedata

from sqlalchemy import BigInteger, Index, Select, String, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.database import Base, Id
from server.places.models import Community, Place

HOUR_MS = 3_600_000
MOST_FOUND = 60


class HourCount(Base):
    """How often something happened within one hour: from an address, about a plate."""

    __tablename__ = "hour_counts"
    __table_args__ = (Index(None, "hour"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    count: Mapped[int]

    @classmethod
    def now(cls, session: Session, community_id: str, key: str, now: int) -> HourCount:
        """The counter of the hour we are in, at nought if this is its first."""
        hour = now // HOUR_MS
        found = session.get(cls, (community_id, key, hour))
        if found is None:
            found = cls(community_id=community_id, key=key, hour=hour, count=0)
            session.add(found)
        return found


def letters_of(plate: str) -> str:
    """A plate code as it is compared: capitals and digits, whatever stands between them."""
    plain = unicodedata.normalize("NFKC", plate).upper()
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def with_plate(typed: str) -> Select[Place]:
    """The place whose plate somebody typed, with or without hyphen, in any case."""
    return (
        select(Place)
        .where(func.replace(Place.plate, "-", "") == letters_of(typed))
        .order_by(Place.community_id)
    )


def named(typed: str) -> Select[Place]:
    """Places whose name, Latin name or plate contains what somebody typed."""
    text = unicodedata.normalize("NFKC", typed).strip()
    ways = [
        Place.name.contains(text, autoescape=True),
        func.lower(Place.latin_name).contains(text.lower(), autoescape=True),
    ]
    if letters := letters_of(typed):
        ways.append(func.replace(Place.plate, "-", "").contains(letters, autoescape=True))
    return select(Place).where(or_(*ways)).order_by(Place.plate).limit(MOST_FOUND)


def communities() -> Select[Community, int]:
    """Every community with the number of its places."""
    return (
        select(Community, func.count(Place.id))
        .outerjoin(Place, Place.community_id == Community.id)
        .group_by(Community)
        .order_by(Community.plate_prefix)
    )
