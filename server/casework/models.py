"""Cases as the desk lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from server.cases.models import Case
from server.places.models import Place
from server.reports.models import Report

STATES: Mapping[str, tuple[str, ...]] = {
    "in_hand": (),
    "to_verify": ("solved",),
    "done": ("verified", "closed"),
    "all": (),
}
PAGE = 100


@dataclass(frozen=True, slots=True)
class Counted:
    """A case with the number of people who told us."""

    case: Case
    reports: int

    def is_late(self, now: int) -> bool:
        """Past its day with somebody still at it; computed, never stored."""
        due = self.case.due_at
        is_open = self.case.state not in ("solved", "verified", "closed")
        return bool(is_open and due is not None and due < now)


def wanted_cases(
    community_id: str, state: str, place: str = "", level: str = "", words: str = ""
) -> Select[Case]:
    """The cases somebody asked for."""
    if state == "in_hand":
        rows = Case.in_hand(community_id)
    else:
        rows = Case.in_states(community_id, STATES[state])
    if place:
        rows = rows.where(Case.place_id == place)
    if level:
        rows = rows.where(Case.level == level)
    for part in words.split():
        rows = rows.where(_says(community_id, part))
    return rows


def _says(community_id: str, part: str) -> Any:
    places = select(Place.id).where(
        Place.community_id == community_id, Place.name.contains(part, autoescape=True)
    )
    return (
        Case.number.startswith(part, autoescape=True)
        | Case.owner.contains(part, autoescape=True)
        | Case.answer.contains(part, autoescape=True)
        | Case.place_id.in_(places)
    )


def counted(session: Session, community_id: str, rows: Select[Case]) -> list[Counted]:
    """Each with how many reports it holds, in two statements."""
    cases = session.scalars(rows).all()
    found = session.execute(
        select(Report.case_id, func.count())
        .where(Report.community_id == community_id, Report.case_id.in_([case.id for case in cases]))
        .group_by(Report.case_id)
    )
    numbers = {str(case_id): number for case_id, number in found}
    return [Counted(case, numbers.get(case.id, 0)) for case in cases]


def numbers_by_state(community_id: str) -> Select[str, int]:
    """How many cases are in each state."""
    return (
        select(Case.state, func.count())
        .where(Case.community_id == community_id)
        .group_by(Case.state)
    )


def reports_of(case: Case) -> Select[Report]:
    """Everybody who told us, the first one first."""
    return (
        select(Report)
        .where(Report.community_id == case.community_id, Report.case_id == case.id)
        .order_by(Report.happened_at, Report.id)
    )
