"""Clocks that are years wrong, stand still in 1970 or jump in mid-patrol; a server's that does.

Nothing is refused, order is by number, both times are kept, and a time that cannot be known says
how unsure it is.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from server import clock
from server.database import db, writing
from server.devices import rules
from server.exchange.models import ChangeRow
from sync.clock import Anchor
from sync.stamp import COUNTER_BITS
from tests import make
from tests.conftest import ENGINES
from tests.phone import FakePhone
from tests.torture.crowd import Crowd, check_all

PHONES, ROUNDS, WRITES = 25, 40, 5
MINUTE, HOUR, YEAR = 60_000, 3_600_000, 365 * 86_400_000
ROUND = 6 * HOUR
PLACES = tuple(
    int(datetime(*day, 23, 30, tzinfo=UTC).timestamp() * 1000)
    for day in ((1969, 12, 31), (2024, 2, 28), (2028, 2, 29), (2038, 1, 18), (2100, 2, 28))
)
SERVER_IS_OFF = (HOUR, -HOUR, 10 * YEAR, -10 * YEAR)
UNSURE = 2 * MINUTE

pytestmark = pytest.mark.parametrize("engine", ENGINES, indirect=True)


@dataclass
class Owner:
    """A phone with its idea of the time; `written`: when each change truly was."""

    phone: FakePhone
    off: int
    written: list[int] = field(default_factory=list)

    def looks(self, now: int) -> None:
        self.phone.wall = now + self.off


def odd_time(chance, now):
    """How far a clock is off."""
    if chance.random() < 0.4:
        return chance.choice(PLACES) - now
    return chance.randint(-10 * YEAR, 10 * YEAR)


def enrolled(app, town, chance, now):
    phone = FakePhone(app.test_client(), now)
    owner = Owner(phone, odd_time(chance, now))
    owner.looks(now)
    here = Anchor(phone.segment, phone.wall, now)
    device = rules.claim(town.steward, key=phone.public_key, label="", app="", here=here)
    with writing() as session:
        session.add(device)
    phone.community, phone.device = device.community_id, device.id
    return owner


def walks(owner, lane, chance, until):
    """Some changes in one round; now and then the clock is set in the middle, and it notices."""
    for moment in sorted(chance.randint(until - ROUND + MINUTE, until) for _ in range(WRITES)):
        if chance.random() < 0.05:
            owner.off = odd_time(chance, moment)
            owner.phone.segment += 1
        owner.looks(moment)
        body = {"place": lane, "category": "rubbish", "level": "community", "words": "桶满了"}
        about = make.id_of(f"{owner.phone.device} {len(owner.phone.lines)}")
        owner.phone.writes("report.filed@1", about, body, later=0)
        owner.written.append(moment)


def sends(owner, now, chance):
    owner.looks(now)
    first = max(1, owner.phone.acked + 1 - chance.choice((0, 0, 0, 5)))
    answer = owner.phone.pushes(first=first)
    assert answer.status_code == 200, answer.data
    assert {receipt["verdict"] for receipt in answer.json["receipts"]} <= {"applied"}


def check_times(owners, right_until):
    """Order, both times, and that no time is further off than it says; how many are unsure."""
    unsure, worst = 0, 0
    for owner in owners:
        kept = db.session.execute(
            select(ChangeRow)
            .where(ChangeRow.device_id == owner.phone.device)
            .order_by(ChangeRow.n)
            .with_only_columns(
                ChangeRow.n,
                ChangeRow.eff,
                ChangeRow.wall,
                ChangeRow.doubt,
                ChangeRow.received_at,
            )
        ).all()
        assert [row.n for row in kept] == list(range(1, len(owner.written) + 1))
        stamps = [row.eff for row in kept]
        assert stamps == sorted(stamps)
        for row, raw, truth in zip(kept, owner.phone.lines, owner.written, strict=True):
            assert row.wall == json.loads(raw)["t"][1]
            unsure += row.doubt > UNSURE
            if row.received_at <= right_until and truth <= right_until:
                off = abs((row.eff >> COUNTER_BITS) - truth) - row.doubt
                worst = max(worst, off)
    return unsure, worst


def test_no_clock_costs_a_change(app, town, chance, tell, times, engine):
    rounds = max(8, times(ROUNDS))
    now = make.NOW
    clock.set(now)
    owners = [enrolled(app, town, chance, now) for _ in range(PHONES)]
    odd_from = rounds * 6 // 10
    right_until = 0
    for number in range(rounds):
        now += ROUND
        is_odd = number >= odd_from
        off = chance.choice(SERVER_IS_OFF) if is_odd else 0
        right_until = right_until if is_odd else now + HOUR
        for owner in chance.sample(owners, len(owners)):
            walks(owner, town.lane.id, chance, now)
            if chance.random() < 0.6 or number in (odd_from - 1, rounds - 1):
                clock.set(now + MINUTE + off)
                sends(owner, now + MINUTE, chance)
    clock.set(None)

    unsure, worst = check_times(owners, right_until)
    crowd = Crowd([replace(owner.phone) for owner in owners], town.lane.id, 0)
    found = check_all(db.engine, crowd)
    assert worst == 0
    assert unsure
    tell(
        f"F6 clocks wrong by years, {engine}",
        crowd.acked,
        found,
        f"0 refused, 0 x 5xx; {unsure} marked unsure, none further off than it says while the "
        f"server's clock was right",
    )
