"""A backup counts only when it has been brought back; what is not whole is refused."""

from __future__ import annotations

import io
import random
import threading
from dataclasses import replace

import pytest

from server import create_app
from server.backups import restoring, taking
from server.backups.archive import unpack, writing_archive
from server.backups.seal import FRAME, MAGIC, Damaged
from server.database import db, open_file, writing
from server.exchange.models import StreamRow
from server.media.models import Photo
from server.media.store import jpeg, take_photo
from tests import make
from tests.server.backups.conftest import KEY, bring_back, proofs, quiet
from tests.server.media import corpus

# What is lost and brought back here is a file.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

COMMUNITY = make.id_of("石桥社区")


@pytest.fixture
def photo(town):
    """One stored photo; its name."""
    return take_photo(COMMUNITY, corpus.encoded(corpus.noise(), "JPEG", quality=90), make.NOW)


def test_everything_comes_back_as_it_was(take, elsewhere, told, photo, settings):
    told("桶满了")
    before = proofs()
    pictures = [jpeg(db.session.get(Photo, (COMMUNITY, photo)), thumb) for thumb in (False, True)]

    bring_back(take(), elsewhere)

    with elsewhere.app_context():
        assert proofs() == before
        found = db.session.get(Photo, (COMMUNITY, photo))
        assert [jpeg(found, thumb) for thumb in (False, True)] == pictures
        assert elsewhere.config["SETTINGS"].key == settings.key
        db.session.remove()
        db.engine.dispose()


def test_phones_send_again_what_an_old_backup_does_not_know(app, take, enrolled, town):
    phone = enrolled()
    phone.files_report(town.lane.id, "备份前写的")
    assert phone.pushes().status_code == 200
    old = take()
    for n in range(3):
        phone.files_report(town.lane.id, f"备份后写的第{n}件")
        assert phone.pushes().status_code == 200
    reached = phone.acked

    data = app.config["SETTINGS"].data
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    (data / "steward.db").rename(data / "lost.db")
    bring_back(old, app)

    told = phone.pushes(first=reached)
    assert (told.status_code, told.json["error"]) == (409, "epoch")
    assert told.json["acked"] == reached - 3
    phone.epoch = told.json["epoch"]
    assert phone.pushes(first=told.json["acked"] + 1).status_code == 200
    assert phone.acked == reached
    with db.engine.connect() as rows:
        words = rows.exec_driver_sql("SELECT words FROM reports ORDER BY words").scalars().all()
    assert words == ["备份前写的", *(f"备份后写的第{n}件" for n in range(3))]


def test_two_restores_of_one_backup_are_two_epochs(take, told, settings, tmp_path):
    told()
    path = take()
    epochs = []
    for n, minutes in enumerate((0, 90)):
        app = create_app(replace(settings, data=tmp_path / f"place{n}"))
        bring_back(path, app, make.NOW + minutes * 60_000)
        with app.app_context():
            epochs += db.session.scalars(db.select(StreamRow.epoch).distinct())
            db.session.remove()
            db.engine.dispose()

    assert 1 < epochs[0] < epochs[1]


def streets_in(path, tmp_path) -> int:
    """How many subdistricts a backup has, by its manifest and by its rows."""
    place = tmp_path / path.stem
    with path.open("rb") as file:
        manifest = unpack(file, KEY, place)
    with open_file(place / "database").connect() as rows:
        found = rows.exec_driver_sql("SELECT count(*) FROM subdistricts").scalar()
    assert found == manifest.rows["subdistricts"]
    return found


def test_people_go_on_writing_while_a_backup_is_taken(app, take, town, told, tmp_path):
    stop = threading.Event()
    told("桶满了")
    written: list[int] = []

    def write() -> None:
        with app.app_context():
            while not stop.is_set():
                with writing() as session:
                    session.add(make.subdistrict(f"街道{len(written)}"))
                written.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        paths = [take(str(n)) for n in range(4)]
    finally:
        stop.set()
        writer.join()

    counts = [streets_in(path, tmp_path) for path in paths]
    assert counts == sorted(counts)
    assert counts[0] < counts[-1] <= 1 + len(written)


def test_a_restore_never_writes_over_anything(app, take, told):
    told()
    path = take()
    before = proofs()

    with pytest.raises(restoring.Occupied):
        bring_back(path, app)

    assert proofs() == before


def refused(raw: bytes, app, tmp_path, key: str = KEY) -> str:
    """Why these bytes are not restored; the target is as it was, to the file."""
    place = app.config["SETTINGS"].data
    place.mkdir(exist_ok=True)
    path = tmp_path / "offered.backup"
    path.write_bytes(raw)
    with app.app_context(), pytest.raises(Damaged) as why:
        restoring.restore(path, app.config["SETTINGS"], db.engine, key, make.NOW, quiet)
    assert list(place.iterdir()) == []
    return str(why.value)


def test_no_damaged_backup_is_restored(take, told, photo, elsewhere, tmp_path):
    told()
    raw, other = take("one").read_bytes(), take("two").read_bytes()
    chance = random.Random(7)

    cuts = [*range(0, 60, 3), *(chance.randrange(len(raw)) for _ in range(90))]
    damaged = [raw[:cut] for cut in cuts]
    for _ in range(90):
        at, bit = chance.randrange(len(raw)), 1 << chance.randrange(8)
        damaged.append(raw[:at] + bytes([raw[at] ^ bit]) + raw[at + 1 :])
    head = len(MAGIC) + 16
    damaged += [
        raw + b"x",
        raw + raw,
        raw[:head] + other[head:],
        raw[: head + 4 + FRAME + 16] + other[head + 4 + FRAME + 16 :],
        raw.replace(MAGIC, b"lane-steward backup 2\n"),
        raw[:head] + raw[head + 4 + FRAME + 16 :],
        b"",
    ]
    reasons = [refused(one, elsewhere, tmp_path) for one in damaged]

    assert len(reasons) >= 200
    assert all(reasons)
    assert "key" in refused(raw, elsewhere, tmp_path, key="x" * 32)


@pytest.mark.parametrize("lost", ["photo", "database", "row"])
def test_a_backup_must_hold_what_its_manifest_says(take, told, photo, elsewhere, tmp_path, lost):
    told()
    with take().open("rb") as file:
        manifest = unpack(file, KEY, tmp_path / "open")
    if lost == "row":
        with open_file(tmp_path / "open" / "database").begin() as rows:
            rows.exec_driver_sql("DELETE FROM report_photos")
            rows.exec_driver_sql("DELETE FROM devices WHERE id IN (SELECT id FROM devices LIMIT 1)")
    made = io.BytesIO()
    with writing_archive(made, KEY) as archive:
        for name in manifest.parts:
            if not name.startswith(lost):
                body = (tmp_path / "open" / name).read_bytes()
                archive.add(name, io.BytesIO(body), len(body))
        archive.finish(manifest.made_at, manifest.schema, manifest.rows)

    assert refused(made.getvalue(), elsewhere, tmp_path)


def test_a_backup_that_lacks_a_photo_is_not_made(take, photo, settings, tmp_path):
    for path in (settings.data / "photos").rglob("*.thumb.jpg"):
        path.unlink()

    with pytest.raises(taking.Incomplete, match="thumb"):
        take()

    assert list(tmp_path.glob("*.backup")) == []


def test_commands_say_what_is_missing(app):
    said = app.test_cli_runner().invoke(args=["backup", "x.backup"])

    assert said.exit_code == 1
    assert "STEWARD_BACKUP_KEY" in said.output
