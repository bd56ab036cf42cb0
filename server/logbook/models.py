"""What was planned on a day, and what came in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from server.accounts.models import Member
from server.patrols.models import ChecklistItem, Mark, Patrol, PeriodHours, Tally
from server.patrols.rules import Window, counting, slot_state, window
from server.places.models import Community, Place, PlaceAssignment
from server.reports.models import Report
from sync.wire import MAX_MS


@dataclass(frozen=True, slots=True)
class Slot:
    """A planned round as it stands."""

    place: Place
    period: str
    due: Window
    state: str
    patrols: tuple[Patrol, ...]
    counting: Patrol | None  # the one the state is told from
    owners: tuple[str, ...]  # names

    @property
    def walks(self) -> int:
        """How often it was walked; an excuse is not a walk."""
        return sum(patrol.state == "walked" for patrol in self.patrols)


@dataclass(frozen=True, slots=True)
class Day:
    """All places by all periods of one local day."""

    day: str
    periods: Sequence[str]
    rows: Sequence[tuple[Place, Sequence[Slot]]]

    def count(self, state: str) -> int:
        return sum(slot.state == state for _place, slots in self.rows for slot in slots)

    def in_state(self, state: str) -> list[Slot]:
        return [slot for _place, slots in self.rows for slot in slots if slot.state == state]


def day_of(
    session: Session, community: Community, day: str, patrols: Select[Patrol], now: int
) -> Day:
    """The day in four statements; `patrols` are those the reader may see."""
    hours = _hours(session, community.id, day)
    windows = {
        period: window(day, starts, ends, community.zone)
        for period, (starts, ends) in hours.items()
    }
    owners = _owners(session, community, day)
    found: dict[tuple[str, str], list[Patrol]] = defaultdict(list)
    for patrol in session.scalars(patrols.order_by(Patrol.happened_at)):
        found[patrol.place_id, patrol.period].append(patrol)
    rows = []
    for place in session.scalars(Place.of_community(community.id)):
        mine = owners.get(place.id, {})
        slots = [
            _slot(place, period, due, found[place.id, period], mine, now)
            for period, due in windows.items()
        ]
        if mine or any(slot.patrols for slot in slots):
            rows.append((place, slots))
    return Day(day, list(windows), rows)


def _slot(
    place: Place,
    period: str,
    due: Window,
    found: Sequence[Patrol],
    owners: Mapping[str, str],
    now: int,
) -> Slot:
    walks = [p.member_id for p in found if p.state == "walked" and p.member_id in owners]
    owner = next(iter([*walks, *owners]), "")
    state = slot_state(found, due, now, owner)
    told = counting(found, owner)
    return Slot(place, period, due, state, tuple(found), told, tuple(owners.values()))


def _hours(session: Session, community_id: str, day: str) -> dict[str, tuple[int, int]]:
    rows = session.scalars(
        select(PeriodHours)
        .where(PeriodHours.community_id == community_id, PeriodHours.valid_from <= day)
        .order_by(PeriodHours.valid_from)
    )
    latest = {row.period: (row.starts, row.ends) for row in rows}
    return dict(sorted(latest.items(), key=lambda pair: pair[1]))


def _owners(session: Session, community: Community, day: str) -> dict[str, dict[str, str]]:
    """Place → member → name of those whose place it was that day. Who had it only for a while of
    somebody else's time stood in for them."""
    begins = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(community.zone))
    first = int(begins.timestamp() * 1000)
    last = int((begins + timedelta(days=1)).timestamp() * 1000)
    rows = session.execute(
        select(
            PlaceAssignment.place_id,
            Member.id,
            Member.name,
            func.coalesce(PlaceAssignment.until_at, MAX_MS),
        )
        .join(
            Member,
            and_(
                Member.community_id == PlaceAssignment.community_id,
                Member.id == PlaceAssignment.member_id,
            ),
        )
        .where(
            PlaceAssignment.community_id == community.id,
            PlaceAssignment.from_at < last,
            or_(PlaceAssignment.until_at.is_(None), PlaceAssignment.until_at > first),
        )
        .order_by(PlaceAssignment.from_at)
    )
    owners: dict[str, dict[str, str]] = defaultdict(dict)
    until: dict[str, int] = {}
    for place_id, member_id, name, ends in rows:
        if ends == MAX_MS or ends > until.get(place_id, 0):
            owners[place_id][member_id] = name
            until[place_id] = max(ends, until.get(place_id, 0))
    return owners


def marks_of(patrol: Patrol) -> Select[ChecklistItem, str]:
    """Every item of the list with what became of it; nothing where it was left out."""
    return (
        select(ChecklistItem, Mark.mark)
        .outerjoin(
            Mark,
            and_(
                Mark.community_id == ChecklistItem.community_id,
                Mark.patrol_id == patrol.id,
                Mark.item == ChecklistItem.item,
            ),
        )
        .where(
            ChecklistItem.community_id == patrol.community_id,
            ChecklistItem.checklist == patrol.checklist,
            ChecklistItem.version == patrol.version,
            ChecklistItem.period == patrol.period,
        )
        .order_by(ChecklistItem.position)
    )


def tallies_of(patrol: Patrol) -> Select[Tally]:
    return select(Tally).where(
        Tally.community_id == patrol.community_id, Tally.patrol_id == patrol.id
    )


def reports_of(patrol: Patrol) -> Select[Report]:
    """What was reported from this round."""
    return select(Report).where(
        Report.community_id == patrol.community_id, Report.patrol_id == patrol.id
    )
