"""Server and worker are killed under load and the disk is gone: the backup and the journal in the
second place bring back all that was acknowledged five seconds before; phones bring the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from server.backups import restoring
from server.backups.places import Place
from server.database import db
from server.settings import ROOT
from tests.torture.crowd import Crowd, check_all

PHONES, DRILLS = 8, 5
KEY = "a key that is kept away from the machine"
PROMISE_S = 5.0
Acked = dict[str, int]


def quiet(_k: int, _of: int, _words: str) -> None:
    """Nobody looks at the progress of a drill."""


class Watch(threading.Thread):
    """Writes down how far each phone's acknowledgements were, and when."""

    def __init__(self, crowd: Crowd) -> None:
        super().__init__(daemon=True)
        self.crowd = crowd
        self.seen: list[tuple[float, Acked]] = []

    def run(self) -> None:
        while True:
            phones = [walker.phone for walker in self.crowd.walkers]
            self.seen.append((time.monotonic(), {one.device: one.acked for one in phones}))
            time.sleep(0.1)

    def at(self, moment: float) -> Acked:
        return next((acked for when, acked in reversed(self.seen) if when <= moment), {})


@contextmanager
def working(environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """The worker, killed in the end as it stands."""
    with (Path(environ["STEWARD_DATA"]).parent / "worker.log").open("ab") as log:
        worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "server", "work"],
            cwd=ROOT,
            env={**os.environ, **environ},
            stdout=log,
        )
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def newest(place: Place, before: set[str]) -> str:
    """The first backup that is not one of those."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        ages = place.ages("backups")
        fresh = [name for name in ages if name not in before and name.endswith(".backup")]
        if fresh:
            return max(fresh, key=lambda name: ages[name])
        time.sleep(0.2)
    raise TimeoutError("no backup was made")


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_backup_and_journal_bring_back_all_but_the_last_seconds(
    house, chance, tell, times, tmp_path
):
    drills, lost, lags = times(DRILLS), 0, []
    second = tmp_path / "second"
    home = house(PHONES)
    here = {**home.environment, "STEWARD_BACKUPS": f"file://{second}", "STEWARD_BACKUP_KEY": KEY}
    settings = replace(home.app.config["SETTINGS"], backup_key=KEY)
    place = Place(str(second))
    home.crowd.starts()
    watch = Watch(home.crowd)
    watch.start()
    known: set[str] = set()
    for drill in range(drills):
        with working(here) as worker:
            backup = newest(place, known)
            time.sleep(chance.uniform(8, 14))
            worker.kill()
            killed_at = time.monotonic()
            home.kill()
        known = set(place.names("backups"))
        shutil.rmtree(home.data)

        path = tmp_path / f"{drill}.backup"
        place.fetch(backup, path)
        with home.app.app_context():
            now = int(time.time() * 1000) + drill * 60_000
            found = restoring.restore(path, settings, db.engine, KEY, now, quiet, place)
            db.engine.dispose()
        assert (found.journal.trouble, found.journal.missing) == ("", 0)
        assert found.journal.entries
        kept = dict(home.rows("SELECT id, last_n FROM devices WHERE kind = 'phone'"))
        promised = watch.at(killed_at - PROMISE_S)
        lost += sum(max(0, n - kept.get(device, 0)) for device, n in promised.items())
        behind = next(
            killed_at - when
            for when, acked in reversed(watch.seen)
            if when <= killed_at and all(kept.get(id, 0) >= n for id, n in acked.items())
        )
        lags.append(behind)
        home.start()

    home.crowd.stops()
    home.crowd.drains()
    clean = check_all(home.engine, home.crowd)
    assert set(home.crowd.codes()) <= {200, 409, 503}
    assert lost == 0
    tell(
        "F13 backup and journal under load",
        drills,
        clean,
        f"behind by at most {max(lags):.1f} s of the {PROMISE_S:.0f} s promised",
    )
