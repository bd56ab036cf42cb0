"""A server dies under load: phones notice next to nothing, and nothing is lost or doubled."""

from __future__ import annotations

import time

from sqlalchemy import create_engine

from tests.phone import FakePhone
from tests.torture.crowd import Crowd, Walker, check_all

PHONES, DEATHS = 4, 3
PAUSE_S = 0.2
LONGEST_GAP_S = 3


class Timed(Walker):
    """Remembers when its pushes went through."""

    def __init__(self, phone: FakePhone, lane: str, seed: int) -> None:
        super().__init__(phone, lane, seed)
        self.successes: list[float] = []

    def _pushes(self) -> None:
        before = self.codes[200]
        time.sleep(PAUSE_S)
        super()._pushes()
        if self.codes[200] > before:
            self.successes.append(time.monotonic())

    @property
    def gap(self) -> float:
        """The longest time without a push that went through."""
        pairs = zip(self.successes, self.successes[1:], strict=False)
        return max(later - earlier for earlier, later in pairs)


def test_a_server_that_dies_under_load_takes_nothing_with_it(installation, capsys):
    lane = installation.town.lane.id
    crowd = Crowd([], lane, 1)
    crowd.walkers = [Timed(installation.phone(), lane, n) for n in range(PHONES)]
    crowd.starts()
    for death in range(DEATHS):
        time.sleep(1.5)
        victim = installation.servers[death % 2]
        victim.kill()
        time.sleep(2)
        victim.start()
    crowd.stops()
    crowd.drains()

    engine = create_engine(installation.app.config["SQLALCHEMY_DATABASE_URI"])
    check_all(engine, crowd)
    engine.dispose()
    gap = max(walker.gap for walker in crowd.walkers)
    with capsys.disabled():
        print(  # noqa: T201 - the figure is what the test is for
            f"\n{DEATHS} servers killed, {crowd.acked} changes acknowledged: 0 lost, 0 doubled; "
            f"longest gap of a phone {gap:.2f} s; answers {dict(crowd.codes())}"
        )
    assert set(crowd.codes()) <= {200, 503}
    assert gap <= LONGEST_GAP_S
