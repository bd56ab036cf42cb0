"""Reports and what was added to them."""

from __future__ import annotations

from sqlalchemy import (
    ForeignKeyConstraint,
    Index,
    Select,
    String,
    Text,
    func,
    select,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Id, Ms, OfChange


class Category(Base):
    """A kind of problem as people call it, with the time limit the community gives itself."""

    __tablename__ = "categories"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    zh: Mapped[str] = mapped_column(String(40))
    en: Mapped[str] = mapped_column(String(80))
    group: Mapped[str] = mapped_column("group_key", String(24))
    example_zh: Mapped[str] = mapped_column(String(200), default="")
    example_en: Mapped[str] = mapped_column(String(200), default="")
    level: Mapped[str] = mapped_column(String(20))
    limit_amount: Mapped[int]
    limit_unit: Mapped[str] = mapped_column(String(16))  # hour | working_hour | working_day
    unit_kind: Mapped[str] = mapped_column(String(24))
    is_emergency: Mapped[bool]
    is_sensitive: Mapped[bool]
    icon: Mapped[str] = mapped_column(String(24))

    @classmethod
    def of_community(cls, community_id: str) -> Select[Category]:
        """All categories of a community, in the order people choose from."""
        return select(cls).where(cls.community_id == community_id).order_by(cls.position)


class UrgentWord(Base):
    """Words in a text that bring up the telephone numbers first; they never block."""

    __tablename__ = "urgent_words"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    zh: Mapped[str] = mapped_column(String(20), primary_key=True)
    category: Mapped[str] = mapped_column(String(40))
    call: Mapped[str] = mapped_column(String(16))


class Report(Base):
    """One person's report as it stands now; every earlier wording is in custody."""

    __tablename__ = "reports"
    __table_args__ = (
        Index(None, "community_id", "state", "received_at"),
        Index(None, "community_id", "place_id", "happened_at"),
        Index(None, "community_id", "case_id"),
        Index(None, "community_id", "member_id", "happened_at"),
        Index(None, "community_id", "number"),
        ForeignKeyConstraint(["community_id", "place_id"], ["places.community_id", "places.id"]),
    )

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(16))
    place_id: Mapped[str] = mapped_column(Id)
    category: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text)
    spot: Mapped[str] = mapped_column(String(200))
    done: Mapped[str] = mapped_column(Text)
    emergency: Mapped[bool]
    source: Mapped[str] = mapped_column(String(12))  # steward resident desk phone_call unit
    contact: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[str] = mapped_column(String(12))
    member_id: Mapped[str | None] = mapped_column(Id)
    device_id: Mapped[str] = mapped_column(Id)
    patrol_id: Mapped[str | None] = mapped_column(Id)
    item: Mapped[str] = mapped_column(String(40), default="")
    case_id: Mapped[str | None] = mapped_column(Id)
    happened_at: Mapped[int] = mapped_column(Ms)
    doubt: Mapped[int] = mapped_column(Ms)
    received_at: Mapped[int] = mapped_column(Ms)

    read_action = "report.read"

    @classmethod
    def waiting(cls, community_id: str) -> Select[Report]:
        """Not looked at yet: emergencies first, then in the order they arrived."""
        return (
            select(cls)
            .where(cls.community_id == community_id, cls.state == "screening")
            .order_by(cls.emergency.desc(), cls.received_at, cls.id)
        )

    @classmethod
    def beside(cls, report: Report) -> Select[int]:
        """How many other reports are in the case of this one."""
        return select(func.count()).where(
            cls.community_id == report.community_id,
            cls.case_id == report.case_id,
            cls.id != report.id,
        )

    @classmethod
    def similar_to(cls, report: Report, *, since: int) -> Select[Report]:
        """Told about the same place lately, the same category first."""
        return (
            select(cls)
            .where(
                cls.community_id == report.community_id,
                cls.place_id == report.place_id,
                cls.id != report.id,
                cls.happened_at >= since,
                cls.state.in_(("screening", "accepted")),
            )
            .order_by((cls.category == report.category).desc(), cls.happened_at.desc())
            .limit(6)
        )


class ReportPhoto(Base):
    """A photo that a report, an addition or a case's step shows."""

    __tablename__ = "report_photos"
    __table_args__ = (Index(None, "community_id", "sha256"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    report_id: Mapped[str] = mapped_column(Id, primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    position: Mapped[int]
    role: Mapped[str] = mapped_column(String(8))
    bytes: Mapped[int]
    added_at: Mapped[int] = mapped_column(Ms)

    @classmethod
    def names_of(cls, community_id: str, report_id: str) -> Select[str]:
        """The photos a report has, by the hash of their bytes."""
        return select(cls.sha256).where(
            cls.community_id == community_id, cls.report_id == report_id
        )

    @classmethod
    def reports_with(cls, community_id: str, sha256: str) -> Select[str]:
        """The reports that show a photo."""
        return select(cls.report_id).where(cls.community_id == community_id, cls.sha256 == sha256)


class Addition(OfChange, Base):
    """What was added later: the author's words, or the coordinator's question."""

    __tablename__ = "additions"
    __table_args__ = (Index(None, "community_id", "report_id", "added_at"),)

    report_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(10))  # addition | question
    words: Mapped[str] = mapped_column(Text)
    member_id: Mapped[str | None] = mapped_column(Id)
    by_role: Mapped[str] = mapped_column(String(20))
    added_at: Mapped[int] = mapped_column(Ms)


class Screening(OfChange, Base):
    """What was made of a report, by whom, and why. The latest one stands."""

    __tablename__ = "screenings"
    __table_args__ = (Index(None, "community_id", "report_id", "at"),)

    report_id: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    case_id: Mapped[str | None] = mapped_column(Id)
    member_id: Mapped[str | None] = mapped_column(Id)
    at: Mapped[int] = mapped_column(Ms)
