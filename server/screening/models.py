"""What has to be known to decide a report, and who looked at a resident's telephone number."""

from __future__ import annotations

from sqlalchemy import Index, Select, Text, and_, select
from sqlalchemy.orm import Mapped, mapped_column

from server.accounts.models import Member
from server.cases.models import Case
from server.database import Base, Id, Ms
from server.reports.models import Addition, Report, Screening


class ContactRead(Base):
    """Somebody looked at the number a resident left, and said why."""

    __tablename__ = "contact_reads"
    __table_args__ = (Index(None, "community_id", "report_id", "at"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    report_id: Mapped[str] = mapped_column(Id)
    member_id: Mapped[str] = mapped_column(Id)
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = mapped_column(Ms)

    @classmethod
    def of(cls, report: Report) -> Select[ContactRead, str]:
        """Who read this report's number, the latest first, with their names."""
        return (
            select(cls, Member.name)
            .join(Member, and_(Member.community_id == cls.community_id, Member.id == cls.member_id))
            .where(cls.community_id == report.community_id, cls.report_id == report.id)
            .order_by(cls.at.desc())
        )


def similar_cases(report: Report) -> Select[Case]:
    """What the report may be merged into: open cases of its place, the same category first."""
    return (
        Case.near(report.community_id, report.place_id)
        .order_by(None)
        .order_by((Case.category == report.category).desc(), Case.opened_at.desc())
        .limit(6)
    )


def additions_to(report: Report) -> Select[Addition, str]:
    """What was added later, with who wrote it; nobody's name for a resident."""
    return (
        select(Addition, Member.name)
        .outerjoin(
            Member,
            and_(Member.community_id == Addition.community_id, Member.id == Addition.member_id),
        )
        .where(Addition.community_id == report.community_id, Addition.report_id == report.id)
        .order_by(Addition.added_at)
    )


def latest_screening(report: Report) -> Select[Screening, str]:
    """What stands, and whose decision it was."""
    return (
        select(Screening, Member.name)
        .outerjoin(
            Member,
            and_(Member.community_id == Screening.community_id, Member.id == Screening.member_id),
        )
        .where(Screening.community_id == report.community_id, Screening.report_id == report.id)
        .order_by(Screening.at.desc(), Screening.n.desc())
        .limit(1)
    )


def owners_used(community_id: str) -> Select[str, str]:
    """Categories and who was given a case of them, the latest first."""
    return (
        select(Case.category, Case.owner)
        .where(Case.community_id == community_id, Case.owner != "")
        .order_by(Case.opened_at.desc(), Case.id)
        .limit(200)
    )
