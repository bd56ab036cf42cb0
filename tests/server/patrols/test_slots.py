"""A planned round as it stands."""

from __future__ import annotations

import pytest

from server.patrols.models import Patrol
from server.patrols.rules import GRACE_MS, Window, slot_state

HOUR = 3_600_000
DUE = Window(6 * HOUR, 10 * HOUR)
LATER = DUE.closes + GRACE_MS


def walk(who="me", at=7 * HOUR, doubt=0, seen=9, state="walked"):
    return Patrol(member_id=who, happened_at=at, doubt=doubt, seen=seen, asked=9, state=state)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([walk()], "done"),
        ([walk(seen=5)], "partial"),
        ([walk(at=11 * HOUR)], "late"),
        ([walk(doubt=45 * 60_000)], "to_check"),
        ([walk("neighbour")], "substituted"),
        ([walk(state="excused"), walk("neighbour")], "substituted"),
        ([walk("neighbour"), walk()], "done"),
        ([walk(state="excused")], "excused"),
        ([], "missed"),
    ],
)
def test_what_became_of_a_round(found, state):
    assert slot_state(found, DUE, LATER, "me") == state


def test_work_done_without_signal_has_a_day_to_arrive():
    assert slot_state([], DUE, LATER - 1, "me") == "planned"
