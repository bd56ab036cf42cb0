"""PostgreSQL dies, or is stopped for a while: the server waits for it and goes on by itself."""

from __future__ import annotations

import threading
import time

import pytest

from tests.torture.crowd import check_all

PHONES, KILLS, STOPS, STOPPED_S = 16, 50, 5, 8
AGAIN_S = 15


@pytest.fixture
def town(house, mortal):
    with mortal.fresh() as url:
        made = house(PHONES, url=url)
        yield made
        made.close()


def waits(home, before):
    """Seconds until something more is acknowledged."""
    since = time.monotonic()
    while home.crowd.acked <= before and time.monotonic() - since < AGAIN_S:
        time.sleep(0.02)
    return time.monotonic() - since


def all_answer(home):
    """As many phones at once as the server has threads get their answer."""
    codes = []

    def ask(phone):
        codes.append(phone.says_hello().status_code)

    asking = [threading.Thread(target=ask, args=[w.phone]) for w in home.crowd.walkers]
    for one in asking:
        one.start()
    for one in asking:
        one.join(30)
    return codes == [200] * PHONES


def ends(home, workers):
    """Everything arrives, by the same workers as before; what is wrong with it."""
    home.crowd.stops()
    home.crowd.drains()
    assert set(home.crowd.codes()) <= {200, 503}
    assert [process.pid for process in home.processes()] == workers
    assert all_answer(home), "a worker is stuck"
    return check_all(home.engine, home.crowd)


def test_a_database_killed_under_load_loses_nothing(town, mortal, chance, tell, times):
    kills = times(KILLS)
    workers = [process.pid for process in town.processes()]
    town.crowd.starts()
    took = []
    for kill in range(kills):
        time.sleep(chance.uniform(0.1, 0.8))
        if kill % 2:
            mortal.kill_one(chance.random())
            took.append(waits(town, town.crowd.acked + PHONES))
        else:
            mortal.kill()
            before = town.crowd.acked
            mortal.start()
            took.append(waits(town, before))

    found = ends(town, workers)
    tell(
        "F2 PostgreSQL killed under load",
        kills,
        found,
        f"{town.crowd.acked} changes, {town.crowd.codes()[503]} answers 503; on again after "
        f"{sorted(took)[kills // 2]:.1f} s (slowest {max(took):.1f}), same workers",
    )
    assert max(took) < AGAIN_S


def test_a_database_that_is_away_makes_503_and_heals_by_itself(town, mortal, tell, times):
    stops = times(STOPS)
    workers = [process.pid for process in town.processes()]
    town.crowd.starts()
    took = []
    for _ in range(stops):
        time.sleep(1)
        mortal.stop()
        time.sleep(1)  # what was under way has been answered
        codes = town.crowd.codes()
        time.sleep(STOPPED_S - 1)
        assert set(town.crowd.codes() - codes) == {503}
        before = town.crowd.acked
        mortal.start()
        took.append(waits(town, before))

    found = ends(town, workers)
    tell(
        "F5 PostgreSQL stopped for a while",
        stops,
        found,
        f"{town.crowd.codes()[503]} answers 503 with Retry-After, none 500; on again after "
        f"{max(took):.1f} s at most, same workers",
    )
    assert max(took) < AGAIN_S
