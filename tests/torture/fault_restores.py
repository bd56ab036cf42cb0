"""An old backup is brought back under load: phones fill in what it does not know."""

from __future__ import annotations

import shutil
import time

from server.backups import restoring, taking
from server.backups.archive import unpack
from server.backups.copying import proof, tables
from server.database import db, open_file
from tests.torture.crowd import check_all

PHONES, DRILLS = 10, 5
KEY = "a key that is kept away from the machine"


def quiet(_k: int, _of: int, _words: str) -> None:
    """Nobody looks at the progress of a drill."""


def proofs(path):
    with open_file(path).connect() as rows:
        return {table.name: proof(rows, table) for table in tables() if table.name != "streams"}


def test_a_restore_from_any_backup_loses_nothing_that_phones_still_hold(
    house, chance, tell, times, tmp_path
):
    drills = times(DRILLS)
    home = house(PHONES)
    settings = home.app.config["SETTINGS"]
    home.crowd.starts()
    refilled = 0
    for drill in range(drills):
        time.sleep(chance.uniform(1, 3))
        path = tmp_path / f"{drill}.backup"
        with home.app.app_context():
            taking.take(db.engine, settings, path, KEY, int(time.time() * 1000), quiet)
            db.engine.dispose()
        with path.open("rb") as file:
            unpack(file, KEY, tmp_path / f"inside{drill}")
        time.sleep(chance.uniform(1, 3))

        home.kill()
        before = home.crowd.acked
        shutil.rmtree(home.data)
        with home.app.app_context():
            now = int(time.time() * 1000) + drill * 60_000
            restoring.restore(path, settings, db.engine, KEY, now, quiet)
            db.engine.dispose()
        assert proofs(home.data / "steward.db") == proofs(tmp_path / f"inside{drill}" / "database")
        with open_file(home.data / "steward.db").connect() as rows:
            kept = rows.exec_driver_sql("SELECT sum(last_n) FROM devices").scalar()
        refilled += before - kept
        home.start()

    home.crowd.stops()
    home.crowd.drains()
    found = check_all(home.engine, home.crowd)
    assert set(home.crowd.codes()) <= {200, 409, 503}
    assert refilled
    tell(
        "F13 restores under load",
        drills,
        found,
        f"0 differences; {refilled} acknowledged changes younger than their backup came again",
    )
