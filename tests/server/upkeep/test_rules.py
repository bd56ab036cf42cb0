"""What was promised, what is late, and when a proxy should send nobody here."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from server.upkeep import rules
from server.upkeep.rules import DAY_MS, HOUR_MS, MINUTE_MS, PROMISES, Part
from tests.make import NOW


@dataclass
class Done:
    done_at: int
    failure: str = ""


@pytest.mark.parametrize("name", PROMISES)
def test_what_is_promised_is_called_late_within_a_quarter_of_an_hour(name):
    every = {"backup": HOUR_MS, "restore": DAY_MS}.get(name, 0)

    assert rules.task(name, Done(NOW - every), NOW).state == "ok"
    late = rules.task(name, Done(NOW - every - 15 * MINUTE_MS), NOW)
    assert (late.state, late.reason) == ("late", "silent")


def test_what_was_never_done_or_lies_ahead_is_late():
    assert rules.task("backup", None, NOW).reason == "never"
    assert rules.task("backup", Done(0, "no room"), NOW).failure == "no room"
    assert rules.task("backup", Done(NOW + HOUR_MS), NOW).reason == "clock"
    assert rules.task("backup", None, NOW, is_wanted=False).state == "off"


def test_a_try_that_failed_is_told_before_it_is_late():
    part = rules.task("backup", Done(NOW - MINUTE_MS, "no room"), NOW)

    assert (part.state, part.reason, part.failure) == ("ok", "tried", "no room")


@pytest.mark.parametrize(
    ("free", "state", "reason"),
    [
        (400e9, "ok", ""),
        (149e9, "late", "low"),
        (49e9, "failed", "low"),
        (1e6, "failed", "full"),
    ],
)
def test_the_disk_warns_at_fifteen_and_five_percent(free, state, reason):
    part = rules.disk(int(free), int(1e12))

    assert (part.state, part.reason) == (state, reason)


def test_a_proxy_sends_nobody_where_nothing_can_be_written():
    fine = {"database": Part("database", "ok"), "disk": rules.disk(10**9, 10**12)}

    assert rules.can_work(fine)
    assert not rules.can_work(fine | {"disk": rules.disk(0, 10**12)})
    assert not rules.can_work(fine | {"database": Part("database", "failed", "gone")})
    assert rules.can_work(fine | {"backup": Part("backup", "late", "silent")})


def test_tables_of_another_edition_and_a_long_line_are_told():
    assert rules.migrations("0001", "0002").is_wrong
    assert not rules.migrations("0002", "0002").is_wrong
    assert rules.queue(3, False).state == "ok"
    assert rules.queue(30, True).is_wrong
