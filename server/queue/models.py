"""Reports as the desk lists them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from server.accounts.models import Member
from server.cases.rules import due_after
from server.exchange.models import ChangeRow, RecordRow, StreamRow
from server.media.models import Photo
from server.places.models import Place
from server.queue.rules import ACCEPT_AMOUNT, ACCEPT_UNIT, PAGE, Wanted
from server.reports.models import Category, Report, ReportPhoto


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


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the list, up to which change it tells, and how many there are in all."""

    wanted: Wanted
    lines: Sequence[Line]
    total: int
    seq: int

    @property
    def is_whole(self) -> bool:
        """True when everything that was asked for is on this page."""
        return self.total <= PAGE and self.wanted.page == 1

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE))


def queue(session: Session, community_id: str, wanted: Wanted, zone: str) -> Queue:
    """The list as it stands. The number is read first: what comes in between is told again."""
    seq = last_seq(session, community_id)
    rows = wanted_reports(community_id, wanted)
    total = session.scalar(select(func.count()).select_from(rows.order_by(None).subquery()))
    shown = rows.limit(PAGE).offset((wanted.page - 1) * PAGE)
    return Queue(wanted, lines(session, shown, zone), int(total or 0), seq)


def last_seq(session: Session, community_id: str) -> int:
    """The number of the community's latest news."""
    found = session.scalar(
        select(StreamRow.next_seq).where(
            StreamRow.community_id == community_id, StreamRow.stream == 0
        )
    )
    return int(found or 1) - 1


def changed_since(community_id: str, seq: int) -> Select[Report]:
    """Reports with news after `seq`, at most a page of them."""
    moved = select(RecordRow.id).where(
        RecordRow.community_id == community_id, RecordRow.kind == "report", RecordRow.seq > seq
    )
    return (
        select(Report)
        .where(Report.community_id == community_id, Report.id.in_(moved))
        .order_by(Report.received_at)
        .limit(PAGE)
    )


def filed_since(community_id: str, seq: int) -> Select[str]:
    """The ids of the reports that came into being after `seq`."""
    return select(ChangeRow.about).where(
        ChangeRow.community_id == community_id,
        ChangeRow.kind.startswith("report.filed@"),
        ChangeRow.seq > seq,
    )


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
