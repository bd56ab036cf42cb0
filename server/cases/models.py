"""Cases and the steps they took."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ForeignKeyConstraint, Index, Select, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Id, Ms, OfChange

FINISHED = ("solved", "verified", "closed")


class Case(Base):
    """One real problem as it stands now. `resolution_level` is frozen at closing."""

    __tablename__ = "cases"
    __table_args__ = (
        Index(None, "community_id", "state", "due_at"),
        Index(None, "community_id", "place_id", "opened_at"),
        ForeignKeyConstraint(["community_id", "place_id"], ["places.community_id", "places.id"]),
    )

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(16))
    place_id: Mapped[str] = mapped_column(Id)
    category: Mapped[str] = mapped_column(String(40))
    level: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(24))
    generation: Mapped[int] = mapped_column(default=1)
    emergency: Mapped[bool]
    owner: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[int | None] = mapped_column(Ms)
    answer: Mapped[str] = mapped_column(Text)
    ending: Mapped[str] = mapped_column(String(20), default="")
    resolution_level: Mapped[str] = mapped_column(String(20), default="")
    opened_at: Mapped[int] = mapped_column(Ms)
    closed_at: Mapped[int | None] = mapped_column(Ms)

    read_action = "case.read"

    @classmethod
    def in_hand(cls, community_id: str) -> Select[Case]:
        """Somebody still has to do something, the soonest due first."""
        return (
            select(cls)
            .where(cls.community_id == community_id, cls.state.not_in(FINISHED))
            .order_by(cls.emergency.desc(), cls.due_at.is_(None), cls.due_at, cls.opened_at)
        )

    @classmethod
    def in_states(cls, community_id: str, states: Sequence[str]) -> Select[Case]:
        """In one of these states, or all where none is named; the newest first."""
        rows = select(cls).where(cls.community_id == community_id)
        if states:
            rows = rows.where(cls.state.in_(states))
        return rows.order_by(cls.opened_at.desc(), cls.id)

    @classmethod
    def near(cls, community_id: str, place_id: str) -> Select[Case]:
        """Open at this place, the newest first: what a report may be merged into."""
        return (
            select(cls)
            .where(
                cls.community_id == community_id,
                cls.place_id == place_id,
                cls.state != "closed",
            )
            .order_by(cls.opened_at.desc())
        )


class ReplyTemplate(Base):
    """Words to begin an answer with; a person fills the gaps and finishes it."""

    __tablename__ = "reply_templates"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    position: Mapped[int]
    zh: Mapped[str] = mapped_column(String(400))
    en: Mapped[str] = mapped_column(String(400))
    public_status: Mapped[str] = mapped_column(String(32))
    ending: Mapped[str] = mapped_column(String(20), default="")
    category: Mapped[str] = mapped_column(String(40), default="")

    @classmethod
    def of(cls, community_id: str) -> Select[ReplyTemplate]:
        """All of a community, in their order."""
        return select(cls).where(cls.community_id == community_id).order_by(cls.position)


class CaseStep(OfChange, Base):
    """One line of a case's story."""

    __tablename__ = "case_steps"
    __table_args__ = (Index(None, "community_id", "case_id", "at"),)

    case_id: Mapped[str] = mapped_column(Id)
    from_state: Mapped[str] = mapped_column(String(24))
    to_state: Mapped[str] = mapped_column(String(24))
    words: Mapped[str] = mapped_column(Text)
    member_id: Mapped[str | None] = mapped_column(Id)
    at: Mapped[int] = mapped_column(Ms)

    @classmethod
    def count_of(cls, case: Case) -> Select[int]:
        """How many steps a case has taken since it was opened."""
        return select(func.count()).where(
            cls.community_id == case.community_id, cls.case_id == case.id
        )
