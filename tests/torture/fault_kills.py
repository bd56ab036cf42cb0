"""The server is killed in the middle of syncing: what it has acknowledged it still has."""

from __future__ import annotations

import time

from tests.torture.crowd import check_all

PHONES, KILLS = 20, 200


def test_a_server_killed_in_the_middle_loses_and_doubles_nothing(house, chance, tell):
    home = house(PHONES)
    home.crowd.starts()
    starts = []
    for kill in range(KILLS):
        time.sleep(chance.uniform(0.02, 0.5))
        if kill % 2:
            home.kill_worker()
        else:
            home.kill()
            since = time.monotonic()
            home.start()
            starts.append(time.monotonic() - since)
    home.crowd.stops()
    home.crowd.drains()

    check_all(home.engine, home.crowd)
    assert set(home.crowd.codes()) <= {200, 503}
    tell(
        f"kills: {KILLS}, of {PHONES} phones' {home.crowd.acked} changes 0 lost, 0 doubled; "
        f"serving again after {sorted(starts)[len(starts) // 2]:.1f} s (slowest {max(starts):.1f})"
    )
