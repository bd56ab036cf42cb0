"""The disk fills up at any point: nothing is torn, and work goes on once there is room."""

from __future__ import annotations

import resource
import time

from tests.torture.crowd import check_all

PHONES, POINTS = 10, 100
AGAIN_S = 10


def limit(home, size: int) -> None:
    """No file of the server's may grow beyond so many bytes."""
    for process in home.processes():
        process.rlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def test_a_full_disk_tears_nothing_and_heals_by_itself(house, chance, tell, times):
    points = times(POINTS)
    home = house(PHONES)
    home.crowd.starts()
    slowest = 0.0
    for _ in range(points):
        time.sleep(chance.uniform(0.05, 0.3))
        largest = max(path.stat().st_size for path in home.data.iterdir() if path.is_file())
        limit(home, max(4096, largest + chance.randint(-65_536, 65_536)))
        time.sleep(chance.uniform(0.3, 0.8))
        before = home.crowd.acked
        limit(home, resource.RLIM_INFINITY)
        since = time.monotonic()
        while home.crowd.acked == before and time.monotonic() - since < AGAIN_S:
            time.sleep(0.02)
        slowest = max(slowest, time.monotonic() - since)
    home.crowd.stops()
    home.crowd.drains()

    found = check_all(home.engine, home.crowd)
    codes = home.crowd.codes()
    assert set(codes) <= {200, 503}
    assert codes[503]
    assert slowest < AGAIN_S
    tell(
        "F4 full disk",
        points,
        found,
        f"{home.crowd.acked} changes, {codes[503]} answers 503, on again within {slowest:.1f} s",
    )
