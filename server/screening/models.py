"""What has to be known to decide a report, and who looked at a resident's telephone number."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Index, Select, Text, and_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.accounts.models import Member
from server.cases.models import Case
from server.database import Base, Id, Ms
from server.exchange.models import ConflictRow
from server.media.models import Photo
from server.reports.models import Addition, Report, ReportPhoto, Screening
from server.stories.models import Told, changes_about
from server.stories.rules import Line, tell


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
        .where(Case.community_id == community_id, Case.owner != "", Case.level != "on_the_spot")
        .order_by(Case.opened_at.desc(), Case.id)
        .limit(200)
    )


def case_pictures(session: Session, cases: Sequence[Case]) -> dict[str, str]:
    """For each case one photo that has arrived, by its hash."""
    if not cases:
        return {}
    rows = session.execute(
        select(Report.case_id, ReportPhoto.sha256)
        .join(
            ReportPhoto,
            and_(
                ReportPhoto.community_id == Report.community_id,
                ReportPhoto.report_id == Report.id,
            ),
        )
        .join(
            Photo,
            and_(
                Photo.community_id == ReportPhoto.community_id,
                Photo.sha256 == ReportPhoto.sha256,
                Photo.state == "stored",
            ),
        )
        .where(
            Report.community_id == cases[0].community_id,
            Report.case_id.in_([case.id for case in cases]),
        )
        .order_by(Report.received_at.desc(), ReportPhoto.position.desc())
    )
    return {case_id: sha256 for case_id, sha256 in rows if case_id}


def story_of(session: Session, community_id: str, id: str) -> list[Line]:
    """What happened to one report."""
    changes = changes_about(session, community_id, [id])
    return tell(changes, _decided(session, community_id, changes))


OF_REPORTS = ("filed", "accepted", "merged", "added_to", "withdrawn")


def story_of_case(session: Session, case: Case, reports: Sequence[str]) -> list[Line]:
    """What happened to a case, with how its reports came to it."""
    changes = changes_about(session, case.community_id, [case.id, *reports])
    decided = _decided(session, case.community_id, changes)
    own = [told for told in changes if told.about == case.id]
    born: dict[str, Any] = next(
        (dict(told.body) for told in changes if told.body.get("case") == case.id), {}
    )
    rest = [told for told in changes if told.about != case.id]
    lines = tell(own, decided, born or {"level": case.resolution_level, "owner": case.owner})
    lines += [line for line in tell(rest, decided) if line.what in OF_REPORTS]
    return sorted(lines, key=lambda line: line.told.stamp)


def _decided(
    session: Session, community_id: str, changes: Sequence[Told]
) -> dict[str, tuple[str, Any]]:
    """For each conflict somebody decided: which field, and the value that can be brought back."""
    named = [str(told.body["conflict"]) for told in changes if "conflict" in told.body]
    if not named:
        return {}
    rows = session.scalars(
        select(ConflictRow).where(
            ConflictRow.community_id == community_id, ConflictRow.id.in_(named)
        )
    )
    return {row.id: (row.field, json.loads(row.loser_value)) for row in rows}
