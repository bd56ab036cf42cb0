"""The power goes at any moment: what was acknowledged is on the disk, and all of it is whole."""

from __future__ import annotations

import json
import shutil
import time
from collections import defaultdict
from dataclasses import replace

import pytest
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from server import create_app
from server.database import open_file
from server.settings import Settings
from tests.torture.crowd import check_all
from tests.torture.photographer import Photographer, check_photos
from tests.torture.power import Disk, build, read
from tests.torture.tally import Found

PHONES, CUTS, SECONDS = 8, 500, 15
CARELESS_CUTS = 40
WAY_ON, PUSH = 25, 100  # after every so many cuts phones send on, so many changes at a time


def recorded(house, tmp_path, seed, seconds, **more):
    """A server under load, everything it writes recorded; the disk as it was, the entries."""
    under, record = tmp_path / "house", tmp_path / "record"
    environ = {"MARKS": "{data}/marks", "RECORD_UNDER": str(under), "RECORD_TO": str(record)}
    home = house(PHONES, environ={**environ, **more}, starts=False)
    disk = Disk(home.data)
    home.environ = {**home.environ, "LD_PRELOAD": str(build(tmp_path))}
    home.start()
    photographer = Photographer([walker.phone for walker in home.crowd.walkers], seed)
    home.crowd.starts()
    photographer.start()
    time.sleep(seconds)
    photographer.stops()
    home.crowd.stops()
    home.stop()
    return home, disk, list(read(record))


def places(entries, chance, cuts):
    """Half of the cuts just before or after a flush, the others anywhere."""
    flushes = [at for at, entry in enumerate(entries) if entry.what == "f"]
    at_flush = [chance.choice(flushes) + chance.randint(0, 1) for _ in range(cuts // 2)]
    return sorted(at_flush + [chance.randrange(len(entries)) for _ in range(cuts - cuts // 2)])


def acknowledged(marks):
    """Up to which number of each device, and which photos."""
    acked, photos = defaultdict(int), []
    for line in marks.splitlines():
        note = json.loads(line)
        said = json.loads(note["said"])
        if note["path"].endswith("/push"):
            acked[note["device"]] = max(acked[note["device"]], said["acked"])
        elif "/photos/" in note["path"] and said["state"] == "stored":
            photos.append(note["path"].rpartition("/")[2])
    return acked, photos


def check_cut(home, folder, acked, photos):
    """What is wrong with what a new start finds."""
    engine = open_file(folder / "steward.db")
    try:
        found = check_all(engine, home.crowd, acked)
        with Session(engine) as rows:
            return found + check_photos(rows, folder / "photos", photos)
    except DatabaseError:
        return Found(torn=1)


def check_way_on(home, folder, acked):
    """Phones send the rest to a server that starts on it; what is wrong when all has come."""
    app = create_app(Settings(data=folder))
    for walker in home.crowd.walkers:
        phone = replace(walker.phone, client=app.test_client())
        for first in range(acked[phone.device] + 1, len(phone.lines) + 1, PUSH):
            last = min(first + PUSH - 1, len(phone.lines))
            headers = {"Content-Type": "application/x-ndjson"}
            body = phone.push_body(first, last)
            assert phone.sends("POST", "/sync/v1/push", body, headers).status_code == 200
    with app.app_context():
        home.forget()
    return check_all(open_file(folder / "steward.db"), home.crowd)


def cut_all(home, disk, entries, chance, cuts, tmp_path):
    found, done = Found(0, 0, 0, 0), 0
    for nth, place in enumerate(places(entries, chance, cuts), 1):
        for entry in entries[done:place]:
            disk.does(entry)
        done = max(done, place)
        folder = tmp_path / "after"
        folder.mkdir()
        disk.cut(folder, chance)
        acked, photos = acknowledged(disk.written("marks"))
        found += check_cut(home, folder, acked, photos)
        if nth % WAY_ON == 0 and found.is_clean:
            found += check_way_on(home, folder, acked)
        shutil.rmtree(folder)
    return found


needs_gcc = pytest.mark.skipif(not shutil.which("gcc"), reason="gcc builds the recorder")


@needs_gcc
def test_a_power_cut_loses_nothing_acknowledged(house, chance, tell, times, seed, tmp_path):
    cuts = times(CUTS)
    home, disk, entries = recorded(house, tmp_path, seed, max(5, times(SECONDS)))
    flushes = sum(entry.what == "f" for entry in entries)
    found = cut_all(home, disk, entries, chance, cuts, tmp_path)
    assert set(home.crowd.codes()) == {200}
    tell(
        "F3 power cut, SQLite and photos",
        cuts,
        found,
        f"in {len(entries)} writes and {flushes} flushes of {home.crowd.acked} changes",
    )


@needs_gcc
def test_the_cuts_show_a_database_that_does_not_flush(house, chance, times, seed, tmp_path):
    home, disk, entries = recorded(house, tmp_path, seed, 5, CARELESS="1")
    found = cut_all(home, disk, entries, chance, CARELESS_CUTS, tmp_path)
    assert found.lost or found.torn
