"""The server is killed in the middle of syncing: what it has acknowledged it still has."""

from __future__ import annotations

import time

import pytest
from sqlalchemy.orm import Session

from tests.conftest import ENGINES
from tests.torture.crowd import check_all
from tests.torture.photographer import Photographer, check_photos
from tests.torture.program import POINTS

PHONES, KILLS, NAMED = 20, 120, 84
WHOLE = 5  # of so many kills one takes the master too
AGAIN_S = 3
# A worker that dies has a successor at once, and not after a second of reading our files.
AT_ONCE = {"GUNICORN_CMD_ARGS": "--preload"}

pytestmark = pytest.mark.parametrize("engine", ENGINES, indirect=True)


def check(home, photographer):
    with Session(home.engine) as rows:
        photos = check_photos(rows, home.data / "photos", photographer.stored)
    return check_all(home.engine, home.crowd) + photos


def begins(home, seed):
    photographer = Photographer([walker.phone for walker in home.crowd.walkers], seed)
    home.crowd.starts()
    photographer.start()
    return photographer


def test_a_server_killed_at_any_moment_loses_and_doubles_nothing(
    house, chance, tell, times, seed, engine
):
    kills = times(KILLS)
    home = house(PHONES, environ=AT_ONCE)
    photographer = begins(home, seed)
    starts = []
    for kill in range(kills):
        time.sleep(chance.uniform(0.02, 0.5))
        if kill % WHOLE:
            home.kill_worker()
        else:
            home.kill()
            since = time.monotonic()
            home.start()
            starts.append(time.monotonic() - since)
    photographer.stops()
    home.crowd.stops()
    home.crowd.drains()

    found = check(home, photographer)
    assert set(home.crowd.codes()) <= {200, 503}
    tell(
        f"F1 server killed at random, {engine}",
        kills,
        found,
        f"{home.crowd.acked} changes, {len(photographer.stored)} photos; serving again after "
        f"{sorted(starts)[len(starts) // 2]:.1f} s (slowest {max(starts):.1f})",
    )
    assert sorted(starts)[len(starts) // 2] <= AGAIN_S


def test_a_server_killed_at_named_points_loses_and_doubles_nothing(
    house, tell, times, seed, engine
):
    named = times(NAMED)
    home = house(PHONES, environ={**AT_ONCE, "DEATHS": f"{{data}}/deaths:{seed}"})
    deaths = home.data / "deaths"

    def died() -> list[str]:
        return deaths.read_text().splitlines() if deaths.exists() else []

    photographer = begins(home, seed)
    seen, since = 0, time.monotonic()
    while seen < named:
        time.sleep(0.1)
        if len(died()) > seen:
            seen, since = len(died()), time.monotonic()
        point = POINTS[seen % len(POINTS)]
        assert time.monotonic() - since < 60, f"nothing passes '{point}'"
    deaths.with_suffix(".end").touch()
    home.kill()
    home.start()
    photographer.stops()
    home.crowd.stops()
    home.crowd.drains()

    found = check(home, photographer)
    assert set(died()) == set(POINTS[:named])
    assert set(home.crowd.codes()) <= {200, 503}
    tell(
        f"F1 server killed at {len(POINTS)} points, {engine}",
        len(died()),
        found,
        f"{home.crowd.acked} changes, {len(photographer.stored)} photos",
    )
