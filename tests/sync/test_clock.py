"""Effective times from clocks nobody trusts. Hours are true ones, counted from NOON."""

import pytest

from sync.clock import (
    JUMP_FLOOR_MS,
    Anchor,
    Estimate,
    Reading,
    estimate,
    mint,
    newer,
    remembered,
)
from sync.stamp import Stamp, hlc
from tests.sync.community import DAY, HOUR, MINUTE, NOON

YEAR = 365 * DAY


class Clock:
    """A clock that is off, drifts, and is set; every reading is given by its true hour."""

    def __init__(self, offset: int = 0, ppm: int = 0) -> None:
        self.offset = offset
        self.ppm = ppm
        self.segment = 1

    def at(self, hour: float) -> Reading:
        passed = round(hour * HOUR)
        return Reading(self.segment, NOON + passed + passed * self.ppm // 1_000_000 + self.offset)

    def anchor(self, hour: float) -> Anchor:
        reading = self.at(hour)
        return Anchor(reading.segment, reading.wall, NOON + round(hour * HOUR))


def hours(found: Estimate) -> float:
    return round((found.at - NOON) / HOUR, 3)


def is_honest(found: Estimate, hour: float, slack: int = 0) -> bool:
    return abs(found.at - NOON - round(hour * HOUR)) <= found.doubt + slack


@pytest.mark.parametrize("offset", [0, 10 * YEAR, -10 * YEAR, -HOUR])
def test_a_clock_that_is_years_off_is_as_good_as_any(offset):
    clock = Clock(offset)

    found = estimate([clock.at(1), clock.at(2)], clock.anchor(0), clock.anchor(5))

    assert [(hours(f), f.doubt, f.method) for f in found] == [
        (1, 1360, "age"),
        (2, 1720, "age"),
    ]


@pytest.mark.parametrize("ppm", [-80, 80])
def test_drift_is_spread_evenly(ppm):
    clock = Clock(0, ppm)

    found = estimate([clock.at(24 * d) for d in (1, 20, 39)], clock.anchor(0), clock.anchor(960))

    assert [hours(f) for f in found] == [24, 480, 936]


def test_a_jump_that_the_phone_noticed_is_counted_from_both_sides():
    clock = Clock()
    anchor, before = clock.anchor(0), clock.at(1)
    clock.offset, clock.segment = 3 * YEAR, 2
    after = clock.at(4)

    found = estimate([before, after], anchor, clock.anchor(6))

    assert [(hours(f), f.method) for f in found] == [(1, "before_jump"), (4, "after_jump")]


def test_a_step_back_shows_itself():
    clock = Clock()
    anchor, before = clock.anchor(0), clock.at(3)
    clock.offset = -2 * HOUR

    found = estimate([before, clock.at(4)], anchor, clock.anchor(6))

    assert [hours(f) for f in found] == [3, 4]


def test_between_two_jumps_only_the_order_is_known():
    clock = Clock()
    anchor = clock.anchor(0)
    readings = [clock.at(1)]
    for hour in (4, 7):
        clock.offset += 5 * HOUR
        clock.segment += 1
        readings.append(clock.at(hour))

    found = estimate(readings, anchor, clock.anchor(10))

    assert [f.method for f in found] == ["before_jump", "between", "after_jump"]
    assert [hours(f) for f in found] == [1, 4, 7]
    assert found[1].doubt > 3 * HOUR - MINUTE


def test_a_jump_that_fits_one_gap_only_is_placed_there():
    clock = Clock()
    anchor, before = clock.anchor(0), clock.at(1)
    clock.offset = 20 * HOUR

    found = estimate([before, clock.at(3)], anchor, clock.anchor(4))

    assert [(hours(f), f.method) for f in found] == [(1, "before_jump"), (3, "after_jump")]


def test_a_jump_that_fits_several_gaps_is_told_as_a_middle_with_its_doubt():
    clock = Clock()
    anchor = clock.anchor(0)
    readings = [clock.at(9)]
    clock.offset = 8 * HOUR

    found = estimate([*readings, clock.at(10)], anchor, clock.anchor(11))

    assert [f.method for f in found] == ["between", "after_jump"]
    assert hours(found[0]) == 5
    assert is_honest(found[0], 9)
    assert is_honest(found[1], 10)


def test_a_small_step_back_that_nobody_saw_fits_anywhere():
    clock = Clock()
    anchor = clock.anchor(0)
    readings = [clock.at(5)]
    clock.offset = -HOUR

    found = estimate([*readings, clock.at(20)], anchor, clock.anchor(30))

    assert {f.method for f in found} == {"between"}
    assert is_honest(found[0], 5)
    assert is_honest(found[1], 20)


def test_drift_of_months_does_not_rule_out_the_gap_of_the_jump():
    clock = Clock(0, 60)
    anchor = clock.anchor(0)
    before = clock.at(1440)
    clock.offset = 5 * DAY
    after = clock.at(1440.001)

    found = estimate([before, after], anchor, clock.anchor(2160))

    assert is_honest(found[0], 1440)
    assert is_honest(found[1], 1440.001)


def test_the_doubt_of_a_middle_holds_the_drift_as_well():
    clock = Clock(0, 90)
    anchor = clock.anchor(0)
    middle = clock.at(1000)
    clock.offset = -HOUR

    [found] = estimate([middle], anchor, clock.anchor(1001.5))

    assert is_honest(found, 1000)


def test_a_jump_below_the_threshold_passes_and_costs_no_more_than_itself():
    clock = Clock()
    anchor, reading = clock.anchor(0), clock.at(1)
    clock.offset = JUMP_FLOOR_MS

    [found] = estimate([reading], anchor, clock.anchor(2))

    assert found.method == "age"
    assert is_honest(found, 1, slack=JUMP_FLOOR_MS)


def test_readings_that_contradict_each_other_say_only_when_they_cannot_have_been():
    clock = Clock()
    anchor = clock.anchor(0)
    clock.offset = 10 * HOUR
    ahead = clock.at(1)
    clock.offset = 0

    found = estimate([ahead, clock.at(2)], anchor, clock.anchor(12))

    assert [(hours(f), f.method) for f in found] == [(6, "between")] * 2
    assert is_honest(found[0], 1)
    assert is_honest(found[1], 2)


def test_a_reading_from_before_the_anchor_is_told_with_the_doubt_that_fits():
    clock = Clock()

    [found] = estimate([clock.at(1)], clock.anchor(6), clock.anchor(7))

    assert is_honest(found, 1)


def test_a_clock_that_stood_still_gives_its_age():
    here = Anchor(1, NOON, NOON)

    [found] = estimate([Reading(1, NOON)], here, here)

    assert (found.at, found.method) == (NOON, "age")


def test_nothing_to_estimate_is_nothing():
    assert estimate([], Clock().anchor(0), Clock().anchor(1)) == []


def test_an_anchor_moves_on_only_to_a_later_reading():
    old, new = Anchor(2, 100, NOON), Anchor(2, 200, NOON + HOUR)

    assert newer(old, new) is new
    assert newer(new, Anchor(2, 100, NOON + DAY)) is new
    assert newer(new, Anchor(2, 200, NOON + DAY)) is new
    assert newer(new, Anchor(3, -5, NOON + DAY)).segment == 3


def test_a_renewed_phone_brings_its_anchor_as_far_as_that_can_be_true():
    here = Anchor(4, 500, NOON)
    memory = Anchor(3, 900, NOON - DAY)

    assert remembered(memory, here, since=NOON - DAY) is memory
    assert remembered(memory, here, since=NOON - HOUR) is here
    assert remembered(Anchor(3, 900, NOON + 1), here, since=0) is here
    assert remembered(Anchor(4, 501, NOON - DAY), here, since=0) is here
    assert remembered(None, here, since=0) is here


def stamp(at: int, **given) -> Stamp:
    bounds = {"earliest": NOON, "latest": NOON + HOUR, "after": []} | given
    return mint(Estimate(at, 0, "age"), device="d", n=1, **bounds)


def test_a_stamp_lies_between_enrolment_and_receipt():
    assert stamp(NOON + MINUTE) == (hlc(NOON + MINUTE), "d", 1)
    assert stamp(NOON - YEAR).at == NOON
    assert stamp(NOON + YEAR).at == NOON + HOUR


def test_a_stamp_comes_after_everything_it_follows():
    seen = hlc(NOON + MINUTE) + 3

    assert stamp(NOON, after=[5, seen]).eff == seen + 1


def test_no_stamp_is_pushed_into_the_future_even_by_a_forged_one():
    assert stamp(NOON, after=[2**63 - 2]).at == NOON + HOUR
