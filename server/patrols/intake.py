"""Rounds as they come in from phones."""

from __future__ import annotations

from sqlalchemy import func, select

from server.exchange.journal import SqlJournal
from server.patrols import rules
from server.patrols.models import ChecklistItem, Mark, Patrol, Tally
from sync.kind import Placed, Taken


def patrol_walked(taken: Taken, journal: SqlJournal) -> Placed:
    body = taken.body
    asked = journal.session.scalar(
        select(func.count())
        .select_from(ChecklistItem)
        .where(
            ChecklistItem.community_id == journal.community_id,
            ChecklistItem.checklist == body["checklist"],
            ChecklistItem.version == body["version"],
            ChecklistItem.period == body["period"],
        )
    )
    placed = _keep(taken, journal, "walked", int(asked or 0))
    key = {"community_id": journal.community_id, "patrol_id": taken.change.about}
    for item, mark in body["marks"].items():
        journal.rows.insert(Mark, **key, item=item, mark=mark)
    for tally, times in body["tallies"].items():
        if times:
            journal.rows.insert(Tally, **key, tally=tally, times=times)
    return placed


def patrol_excused(taken: Taken, journal: SqlJournal) -> Placed:
    return _keep(taken, journal, "excused", 0)


def _keep(taken: Taken, journal: SqlJournal, state: str, asked: int) -> Placed:
    patrol = rules.record_round(
        taken.body,
        id=taken.change.about,
        by=taken.by,
        places=journal.places_of(taken.by.id, taken.at),
        asked=asked,
        state=state,
        at=taken.at,
        doubt=taken.doubt,
        received_at=taken.received_at,
    )
    if "started" in taken.body:
        patrol.started_at = rules.started(taken.at, taken.change.wall, taken.body["started"][1])
    patrol.number = journal.day_number(taken.received_at)
    values = {c.name: getattr(patrol, c.key) for c in Patrol.__table__.columns}
    journal.rows.insert(Patrol, **values)
    return Placed(
        scopes=(f"place:{patrol.place_id}", f"me:{patrol.member_id}"), number=patrol.number
    )
