"""Reports as the desk reads them, and who looked at a resident's telephone number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Index, Select, Text, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.accounts.models import Member
from server.cases.models import Case
from server.cases.rules import due_after
from server.database import Base, Id, Ms
from server.media.models import Photo
from server.places.models import Place
from server.reports.models import Addition, Category, Report, ReportPhoto, Screening
from server.screening.rules import ACCEPT_AMOUNT, ACCEPT_UNIT, Wanted


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


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo of a report: stored, awaiting (still on its way) or refused."""

    sha256: str
    role: str
    state: str


@dataclass(frozen=True, slots=True)
class Line:
    """A report as the desk shows it. `accept_by` in milliseconds."""

    report: Report
    place: Place
    category: Category
    author: str
    photos: tuple[Shown, ...]
    accept_by: int

    @property
    def delay(self) -> int:
        """How long it lay on the phone before it arrived, in milliseconds."""
        return max(0, self.report.received_at - self.report.happened_at)

    @property
    def pictures(self) -> list[Shown]:
        return [photo for photo in self.photos if photo.state == "stored"]


def wanted_reports(community_id: str, wanted: Wanted) -> Select[Report]:
    """The reports a coordinator asked for: emergencies first, then what is due first; what is
    settled already the newest first."""
    rows = select(Report).where(Report.community_id == community_id)
    if wanted.states:
        rows = rows.where(Report.state.in_(wanted.states))
    if wanted.source:
        rows = rows.where(Report.source == wanted.source)
    if wanted.place:
        rows = rows.where(Report.place_id == wanted.place)
    for part in wanted.words.split():
        rows = rows.where(_says(community_id, part))
    if wanted.newest_first:
        return rows.order_by(Report.received_at.desc(), Report.id.desc())
    return rows.order_by(Report.emergency.desc(), Report.received_at, Report.id)


def _says(community_id: str, part: str) -> Any:
    """Number, words, spot, or the name or plate of the place."""
    places = select(Place.id).where(
        Place.community_id == community_id,
        or_(
            Place.name.contains(part, autoescape=True),
            Place.plate.istartswith(part, autoescape=True),
        ),
    )
    return or_(
        Report.number.startswith(part, autoescape=True),
        Report.words.contains(part, autoescape=True),
        Report.spot.contains(part, autoescape=True),
        Report.place_id.in_(places),
    )


def lines(session: Session, rows: Select[Any], zone: str) -> list[Line]:
    """What the list needs of these reports, in three statements."""
    found = session.execute(
        rows.add_columns(Place, Category, Member.name)
        .join(Place, and_(Place.community_id == Report.community_id, Place.id == Report.place_id))
        .join(
            Category,
            and_(Category.community_id == Report.community_id, Category.key == Report.category),
        )
        .outerjoin(
            Member,
            and_(Member.community_id == Report.community_id, Member.id == Report.member_id),
        )
    ).all()
    photos = photos_of(session, [report for report, *_rest in found])
    return [
        Line(
            report,
            place,
            category,
            author or "",
            tuple(photos[report.id]),
            due_after(report.received_at, ACCEPT_AMOUNT, ACCEPT_UNIT, zone),
        )
        for report, place, category, author in found
    ]


def photos_of(session: Session, reports: Sequence[Report]) -> dict[str, list[Shown]]:
    """The photos of reports of one community, in the order they were taken."""
    shown: dict[str, list[Shown]] = defaultdict(list)
    if not reports:
        return shown
    rows = session.execute(
        select(ReportPhoto.report_id, ReportPhoto.sha256, ReportPhoto.role, Photo.state)
        .outerjoin(
            Photo,
            and_(
                Photo.community_id == ReportPhoto.community_id,
                Photo.sha256 == ReportPhoto.sha256,
            ),
        )
        .where(
            ReportPhoto.community_id == reports[0].community_id,
            ReportPhoto.report_id.in_([report.id for report in reports]),
        )
        .order_by(ReportPhoto.report_id, ReportPhoto.position)
    )
    for report_id, sha256, role, state in rows:
        shown[report_id].append(Shown(sha256, role, state or "awaiting"))
    return shown


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


def owners_used(community_id: str, category: str = "") -> Select[str]:
    """Who was given cases lately, the latest first; of one category, or of all."""
    rows = select(Case.owner).where(Case.community_id == community_id, Case.owner != "")
    if category:
        rows = rows.where(Case.category == category)
    return rows.order_by(Case.opened_at.desc()).limit(60)
