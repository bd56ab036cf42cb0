"""Phones with an older release's outbox, cut into pushes anyhow and repeated: all is taken, and
comes to what its own release made of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from server.database import Base, db, writing
from server.exchange.models import ChangeRow
from tests import make
from tests.conftest import ENGINES
from tests.server.exchange.test_old_outboxes import (
    RELEASES,
    judged,
    old_phones,  # noqa: F401 - a fixture
    outbox,
    said,
    verdicts,
)
from tests.torture.tally import Found

TURNS = 100

pytestmark = pytest.mark.parametrize("engine", ENGINES, indirect=True)


def begin_anew():
    """The town without anything that happened in it."""
    with writing() as session:
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(table.delete())
    with writing() as session:
        make.town(session)


def delivered(told, phones, time, chance):
    """Every push of the story in pieces, some of them sent again; the verdicts by number."""
    found = {who: {} for who in phones}
    for push in told["pushes"]:
        phone = phones[push["phone"]]
        time(push["at"])
        phone.segment, phone.wall = push["clock"]["segment"], push["clock"]["wall"]
        while phone.acked < push["upto"]:
            last = chance.randint(phone.acked + 1, push["upto"])
            first = max(1, phone.acked + 1 - chance.choice((0, 0, 1, 4)))
            body = phone.push_body(first, last, more=last < push["upto"])
            for _ in range(chance.choice((1, 1, 2, 3))):
                receipts = judged(phone, body, {**push, "upto": last})
            found[push["phone"]] |= dict.fromkeys(range(phone.acked + 1, last + 1), "applied")
            found[push["phone"]] |= {r["n"]: said(r) for r in receipts if r["n"] > phone.acked}
            phone.acked = last
    return {who: [by_n[n] for n in sorted(by_n)] for who, by_n in found.items()}


def check(told, made_of_it, release):
    """What is not in custody as it was written, or was judged as it was not."""
    kept = {}
    for device, n, raw in db.session.execute(
        select(ChangeRow.device_id, ChangeRow.n, ChangeRow.raw)
    ):
        kept.setdefault((device, n), []).append(bytes(raw))
    db.session.rollback()
    sent = {
        (old["device"], n): line.encode()
        for old in told["phones"].values()
        for n, line in enumerate(old["lines"], 1)
    }
    return Found(
        lost=len(sent.keys() - kept.keys()),
        doubled=sum(len(raws) - 1 for raws in kept.values()),
        torn=sum(kept[key][0] != raw for key, raw in sent.items() if key in kept),
        half=sum(made_of_it[who] != of for who, of in verdicts(release).items()),
    )


def test_old_outboxes_are_delivered_however_they_come(
    town, time, request, chance, tell, times, engine
):
    turns, changes, found = times(TURNS), 0, Found(0, 0, 0, 0)
    enrol = request.getfixturevalue("old_phones")
    for turn in range(turns):
        release = RELEASES[turn % len(RELEASES)]
        told = outbox(release)
        begin_anew()
        found += check(told, delivered(told, enrol(told), time, chance), release)
        changes += sum(len(old["lines"]) for old in told["phones"].values())
    tell(
        f"F19 outboxes of old apps, {engine}",
        turns,
        found,
        f"{changes} changes of {len(RELEASES)} releases, every verdict as its own release gave it",
    )
