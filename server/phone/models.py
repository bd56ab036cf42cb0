"""What the steward's pages read. Reports come as the same rows a phone holds itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from server.exchange.rows import Reader, only_for
from server.patrols.models import PERIODS, ChecklistItem, Patrol, PeriodHours
from server.permissions import Actor
from server.places.models import Place
from server.reports.models import Category, Report, UrgentWord

OPEN_STATES = ("screening", "accepted", "merged")
SETTLED = ("settled", "declined_or_transferred")
LOOK_BACK_DAYS = 30
DAY_MS = 86_400_000

# A row without a report, for the <template> that scripts fill.
BLANK_REPORT: Mapping[str, Any] = {
    "id": "",
    "number": "",
    "place": "",
    "category": "",
    "level": "",
    "words": "",
    "spot": "",
    "done": "",
    "emergency": False,
    "source": "steward",
    "state": "",
    "status": "received",
    "member": "",
    "by": "",
    "reason": "",
    "happened_at": 0,
    "received_at": 0,
    "doubt": 0,
    "case": None,
    "photos": (),
    "additions": (),
    "stamps": {},
}


def places(session: Session, actor: Actor) -> list[Place]:
    """The places in the steward's care, in the order of their plates."""
    return list(
        session.scalars(
            Place.of_community(actor.community_id).where(Place.id.in_(sorted(actor.place_ids)))
        )
    )


def all_places(session: Session, actor: Actor) -> list[Place]:
    """Every place of the community, one's own first: something may be seen anywhere."""
    found = list(session.scalars(Place.of_community(actor.community_id)))
    return sorted(found, key=lambda place: (place.id not in actor.place_ids, place.plate))


def hours(session: Session, community_id: str, day: str) -> dict[str, PeriodHours]:
    """Period → the hours valid on a local day (YYYY-MM-DD), in the order of the day."""
    rows = session.scalars(
        select(PeriodHours)
        .where(PeriodHours.community_id == community_id, PeriodHours.valid_from <= day)
        .order_by(PeriodHours.valid_from)
    )
    latest = {row.period: row for row in rows}
    return {period: latest[period] for period in PERIODS if period in latest}


def categories(session: Session, community_id: str) -> list[Category]:
    return list(
        session.scalars(
            select(Category)
            .where(Category.community_id == community_id)
            .order_by(Category.position)
        )
    )


def urgent_words(session: Session, community_id: str) -> list[UrgentWord]:
    return list(
        session.scalars(
            select(UrgentWord)
            .where(UrgentWord.community_id == community_id)
            .order_by(UrgentWord.zh)
        )
    )


def checklist(session: Session, community_id: str, kind: str, period: str) -> list[ChecklistItem]:
    """The newest version of what to look at."""
    rows = list(
        session.scalars(
            select(ChecklistItem)
            .where(
                ChecklistItem.community_id == community_id,
                ChecklistItem.checklist == kind,
                ChecklistItem.period == period,
            )
            .order_by(ChecklistItem.version.desc(), ChecklistItem.position)
        )
    )
    return [row for row in rows if row.version == rows[0].version]


def patrols_since(session: Session, actor: Actor, day: str, days: int) -> Sequence[Patrol]:
    """Rounds of the places in care on a local day and the `days` before it."""
    first = (date.fromisoformat(day) - timedelta(days=days)).isoformat()
    return session.scalars(
        select(Patrol)
        .where(
            Patrol.community_id == actor.community_id,
            Patrol.place_id.in_(sorted(actor.place_ids)),
            Patrol.day.between(first, day),
        )
        .order_by(Patrol.day.desc(), Patrol.happened_at.desc())
    ).all()


def reports_of_place(
    session: Session, actor: Actor, place_id: str, now: int
) -> list[Mapping[str, Any]]:
    """What was told of a place: all that is open, the settled of thirty days, newest first."""
    return _rows(session, actor, Report.place_id == place_id, now)


def own_reports(session: Session, actor: Actor, now: int) -> list[Mapping[str, Any]]:
    return _rows(session, actor, Report.member_id == actor.id, now)


def _rows(session: Session, actor: Actor, condition: Any, now: int) -> list[Mapping[str, Any]]:
    ids = session.scalars(
        select(Report.id).where(
            Report.community_id == actor.community_id,
            condition,
            or_(
                Report.state.in_(OPEN_STATES),
                Report.happened_at >= now - LOOK_BACK_DAYS * DAY_MS,
            ),
        )
    ).all()
    reader = Reader(session.connection(), actor.community_id)
    rows, sensitive = reader.rows("report", ids), reader.sensitive()
    mine = [row for row in rows.values() if only_for("report", row, sensitive) in (None, actor.id)]
    return sorted(mine, key=lambda row: -row["happened_at"])


def is_open(row: Mapping[str, Any]) -> bool:
    return row["status"] not in SETTLED


def open_counts(session: Session, actor: Actor, now: int) -> Counter[str]:
    """Place → how many reports are open there."""
    rows = _rows(session, actor, Report.place_id.in_(sorted(actor.place_ids)), now)
    return Counter(row["place"] for row in rows if is_open(row))


def to_follow(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """One's own reports that want something: a question not answered, or done and to be seen."""
    return [row for row in rows if _is_asked(row) or _is_solved(row)]


def _is_asked(row: Mapping[str, Any]) -> bool:
    return bool(row["additions"]) and row["additions"][-1]["kind"] == "question"


def _is_solved(row: Mapping[str, Any]) -> bool:
    case = row["case"]
    return bool(case) and case["state"] == "solved" and case["level"] != "on_the_spot"
