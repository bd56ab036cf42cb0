"""Rounds: who may record one, and what state a planned one is in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.patrols.models import Patrol
from server.permissions import Actor
from sync.receipt import Refused, SetAside

GRACE_MS = 24 * 3_600_000
CLOCK_OK_MS = 5 * 60_000
CHECKLIST_OF = {"lane": "lane", "compound": "compound", "building": "compound"}


@dataclass(frozen=True, slots=True)
class Window:
    """When a round is due, in milliseconds."""

    opens: int
    closes: int


def window(day: str, starts: int, ends: int, zone: str) -> Window:
    """The window of a period on a local day; `starts` and `ends` in minutes after midnight."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))

    def at(minutes: int) -> int:
        moment = midnight.replace(hour=minutes // 60, minute=minutes % 60)
        return int(moment.timestamp() * 1000)

    return Window(at(starts), at(ends))


def local_day(at: int, zone: str) -> str:
    """The local day of a moment (ms), YYYY-MM-DD."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(ZoneInfo(zone)).date().isoformat()


def record_round(
    body: Mapping[str, Any],
    *,
    id: str,
    by: Actor,
    places: set[str],
    asked: int,
    state: str,
    at: int,
    doubt: int,
    received_at: int,
) -> Patrol:
    """Write down a round that was walked, or why it was not."""
    if by.role != "steward":
        raise Refused("not_permitted")
    if body["place"] not in places:
        raise SetAside("scope_left")
    marks = body.get("marks", {})
    return Patrol(
        community_id=by.community_id,
        id=id,
        number="",
        place_id=body["place"],
        member_id=by.id,
        period=body["period"],
        day=body["day"],
        state=state,
        excuse=body.get("reason", ""),
        checklist=body.get("checklist", ""),
        version=body.get("version", 0),
        seen=sum(mark != "not_seen" for mark in marks.values()),
        asked=max(asked, len(marks)),
        words=body["words"],
        started_at=at,
        happened_at=at,
        doubt=doubt,
        received_at=received_at,
    )


def started(at: int, walked_wall: int, started_wall: int) -> int:
    """When the round began: as long before its end as the phone's clock ran meanwhile."""
    lasted = walked_wall - started_wall
    return at - lasted if 0 <= lasted <= GRACE_MS else at


def counting(found: Sequence[Patrol], owner_id: str = "") -> Patrol | None:
    """The patrol a planned round is judged by: the owner's own walk before a neighbour's, any walk
    before an excuse."""
    walked = [p for p in found if p.state == "walked"]
    own = [p for p in walked if p.member_id == owner_id]
    return next(iter([*own, *walked, *found]), None)


def slot_state(found: Sequence[Patrol], due: Window, now: int, owner_id: str = "") -> str:
    """A planned round as it stands: planned, done, partial, late, substituted, excused, to_check,
    missed (24 hours after its window, so that work done without signal can arrive)."""
    patrol = counting(found, owner_id)
    if patrol is None:
        return "planned" if now < due.closes + GRACE_MS else "missed"
    if patrol.state == "walked":
        return _walked_state(patrol, due, owner_id)
    return "excused"


def _walked_state(patrol: Patrol, due: Window, owner_id: str) -> str:
    if patrol.doubt > CLOCK_OK_MS:
        return "to_check"
    if owner_id and patrol.member_id != owner_id:
        return "substituted"
    if not due.opens <= patrol.happened_at <= due.closes + CLOCK_OK_MS:
        return "late"
    return "partial" if patrol.seen < patrol.asked else "done"
