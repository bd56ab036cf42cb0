"""How a case comes into being and moves on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from server.cases.models import Case
from server.permissions import Actor
from server.reports.models import Report
from server.reports.rules import Filed
from sync.receipt import Refused

_OPEN_STATES = (
    "accepted",
    "assigned",
    "in_progress",
    "consultation_called",
    "plan_agreed",
    "not_agreed",
    "waiting",
    "needs_sponsor",
    "adopted",
)
_ON_THE_WAY = frozenset({*_OPEN_STATES, "solved", "closed"})

GRAPH: Mapping[str, frozenset[str]] = {
    **{state: _ON_THE_WAY - {state} for state in _OPEN_STATES},
    "solved": frozenset({"verified", "closed", "in_progress"}),
    "verified": frozenset({"closed", "in_progress"}),
    "closed": frozenset({"accepted"}),
}
ENDINGS = (
    "solved",
    "no_action_needed",
    "cannot_solve",
    "handed_over",
    "duplicate",
    "withdrawn",
)
PUBLIC_STATUS = {
    **dict.fromkeys(_OPEN_STATES, "in_progress"),
    **dict.fromkeys(("consultation_called", "plan_agreed", "not_agreed"), "in_consultation"),
    "solved": "settled",
    "verified": "settled",
    "closed": "settled",
}
_NOT_DONE = ("cannot_solve", "handed_over")


def open_case(
    report: Report | Filed,
    *,
    id: str,
    level: str,
    owner: str,
    due_at: int | None,
    answer: str,
    at: int,
) -> Case:
    """The community takes a report as a real problem and sets a day.

    On the spot means it was settled before anyone had to be sent: solved at once, and counted so.
    """
    done = level == "on_the_spot"
    return Case(
        community_id=report.community_id,
        id=id,
        number=report.number,
        place_id=report.place_id,
        category=report.category,
        level=level,
        state="solved" if done else "accepted",
        generation=1,
        emergency=report.emergency,
        owner=owner,
        due_at=None if done else due_at,
        answer=answer,
        ending="solved" if done else "",
        resolution_level=level if done else "",
        opened_at=at,
        closed_at=at if done else None,
    )


def check_mover(by: Actor, to: str) -> None:
    """Whoever does the work says that it has begun or is done; every other step is the desk's."""
    if by.role == "steward" and to not in ("in_progress", "solved"):
        raise Refused("not_permitted")


def check_step(case: Case, *, to: str, ending: str, words: str) -> None:
    """What a step needs beyond being legal. Raises Refused."""
    if to == "closed" and not (ending or case.ending):
        raise Refused("ending_missing")
    if ending in _NOT_DONE and not (words or case.answer):
        raise Refused("reason_missing")


def public_status(report_state: str, case: Case | None) -> str:
    """One of the five words everyone may read."""
    if report_state in ("invalid", "spam", "misdirected", "withdrawn"):
        return "declined_or_transferred"
    if case is None:
        return "received"
    if case.ending in _NOT_DONE:
        return "declined_or_transferred"
    return PUBLIC_STATUS[case.state]


def after_step(case: Case, to: str, ending: str, at: int) -> dict[str, Any]:
    """What else changes when a case steps to `to`: the level is frozen when it is solved, and a
    case taken up again leaves the count until it is closed again."""
    if to in ("solved", "closed"):
        return {
            "state": to,
            "ending": ending or case.ending or "solved",
            "resolution_level": case.resolution_level or case.level,
            "closed_at": case.closed_at or at,
        }
    if case.state in ("solved", "verified", "closed") and to != "verified":
        reopened = {"ending": "", "resolution_level": "", "closed_at": None}
        return {"state": to, "generation": case.generation + (case.state == "closed"), **reopened}
    return {"state": to}


def due_after(at: int, amount: int, unit: str, zone: str) -> int:
    """When a limit runs out, in milliseconds. Working days are Monday to Friday and end at 18:00
    local time; working hours are 9:00 to 18:00 of those days."""
    local = datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone))
    if unit == "hour":
        due = local + timedelta(hours=amount)
    elif unit == "working_hour":
        due = _working_hours_after(local, amount)
    else:
        due = _working_day_after(local, amount).replace(hour=18, minute=0, second=0, microsecond=0)
    return int(due.timestamp() * 1000)


def _working_day_after(day: datetime, amount: int) -> datetime:
    while amount:
        day += timedelta(days=1)
        amount -= day.weekday() < 5
    return day


def _working_hours_after(moment: datetime, hours: int) -> datetime:
    left = timedelta(hours=hours)
    while True:
        opens = moment.replace(hour=9, minute=0, second=0, microsecond=0)
        closes = opens.replace(hour=18)
        moment = max(moment, opens)
        if moment.weekday() < 5 and moment < closes:
            if moment + left <= closes:
                return moment + left
            left -= closes - moment
        moment = opens + timedelta(days=1)
