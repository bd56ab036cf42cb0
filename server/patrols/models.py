"""Patrols, their checklists and hours."""

from __future__ import annotations

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, Select, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Id, Ms

PERIODS = ("early", "midday", "evening")


class PeriodHours(Base):
    """When a period begins and ends, in minutes after local midnight, from a day on."""

    __tablename__ = "period_hours"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    valid_from: Mapped[str] = mapped_column(String(10), primary_key=True)  # YYYY-MM-DD
    starts: Mapped[int]
    ends: Mapped[int]


class ChecklistItem(Base):
    """One line of one version of a checklist. Versions are kept for ever."""

    __tablename__ = "checklist_items"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    checklist: Mapped[str] = mapped_column(String(16), primary_key=True)  # lane | compound
    version: Mapped[int] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(String(8), primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    zh: Mapped[str] = mapped_column(String(80))
    en: Mapped[str] = mapped_column(String(120))
    look_zh: Mapped[str] = mapped_column(String(80))
    category: Mapped[str] = mapped_column(String(40))


class Patrol(Base):
    """One steward walked one place in one period of one day, or said why not."""

    __tablename__ = "patrols"
    __table_args__ = (
        Index(None, "community_id", "day", "place_id", "period"),
        Index(None, "community_id", "member_id", "day"),
        ForeignKeyConstraint(["community_id", "place_id"], ["places.community_id", "places.id"]),
    )

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(16))
    place_id: Mapped[str] = mapped_column(Id)
    member_id: Mapped[str] = mapped_column(Id)
    period: Mapped[str] = mapped_column(String(8))
    day: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(8))  # walked | excused
    excuse: Mapped[str] = mapped_column(String(12), default="")
    checklist: Mapped[str] = mapped_column(String(16), default="")
    version: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    asked: Mapped[int] = mapped_column(default=0)
    words: Mapped[str] = mapped_column(Text, default="")
    started_at: Mapped[int] = mapped_column(Ms)
    happened_at: Mapped[int] = mapped_column(Ms)
    doubt: Mapped[int] = mapped_column(Ms)
    received_at: Mapped[int] = mapped_column(Ms)

    read_action = "patrol.read"
    own_column = "member_id"

    @classmethod
    def of_day(cls, community_id: str, day: str) -> Select[Patrol]:
        return (
            select(cls)
            .where(cls.community_id == community_id, cls.day == day)
            .order_by(cls.happened_at)
        )


class Mark(Base):
    """What became of one item."""

    __tablename__ = "marks"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    patrol_id: Mapped[str] = mapped_column(Id, primary_key=True)
    item: Mapped[str] = mapped_column(String(40), primary_key=True)
    mark: Mapped[str] = mapped_column(String(8))  # ok | not_ok | not_seen


class Tally(Base):
    """What was done in passing, how often."""

    __tablename__ = "tallies"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    patrol_id: Mapped[str] = mapped_column(Id, primary_key=True)
    tally: Mapped[str] = mapped_column(String(12), primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)
