"""The journal: what no backup has is in a second place, and comes back from there."""

from __future__ import annotations

import pytest

from server import clock
from server.accounts.models import Credential, actor_for
from server.accounts.rules import hash_password
from server.backups import following
from server.backups.copying import tables
from server.backups.entries import Shelf, Unfit, installation
from server.backups.journal import HELD_MS, Journal
from server.backups.places import Place, Taken
from server.database import db, writing
from server.devices.models import Device
from server.exchange.intake import discard, release
from server.media.models import Photo
from server.media.store import jpeg, take_photo
from tests import make
from tests.server.backups.conftest import KEY, bring_back, proofs
from tests.server.media import corpus

COMMUNITY = make.id_of("石桥社区")


@pytest.fixture(autouse=True)
def in_town(town, time):
    """Everything here happens in a town whose clock stands still until it is moved."""


def test_every_table_is_followed_or_made_anew():
    followed = {*following.BY_CHANGE, *following.BY_RECORD, *following.BY_OTHERS}

    named = {*followed, *following.WATCHED, *following.LEFT_OUT}
    assert named == {table.name for table in tables()}


def test_what_came_after_the_backup_is_there_again(
    journal, take, place, enrolled, told, case_of, time, elsewhere, town
):
    phone = enrolled()
    told("备份前说的")
    old = take()

    time(clock.now() + 60_000)
    phone.files_report(town.lane.id, "备份后写的")
    assert phone.pushes().status_code == 200
    journal.follow(clock.now())
    case_of("开成了案件")
    told("又一件")
    journal.follow(clock.now())
    before = proofs()

    found = bring_back(old, elsewhere, journal=place)

    assert (found.journal.entries, found.journal.trouble) == (2, "")
    with elsewhere.app_context():
        assert proofs() == before


def test_nothing_new_writes_nothing(journal, place, told):
    told()
    assert journal.follow(clock.now()) > 0
    names = place.names("journal")

    assert journal.follow(clock.now()) == 0
    assert place.names("journal") == names


def test_who_was_reported_lost_after_the_backup_stays_out(
    journal, take, place, enrolled, signed_in_as, elsewhere, app
):
    phone = enrolled()
    old = take()
    lost = signed_in_as("coordinator").post(f"/devices/{phone.device}/revocation")
    assert lost.status_code == 303
    journal.follow(clock.now())

    bring_back(old, elsewhere, journal=place)

    phone.client = elsewhere.test_client()
    assert phone.pulls().status_code == 403


def test_a_phone_enrolled_and_a_password_changed_after_the_backup_count(
    journal, take, place, enrolled, elsewhere, town
):
    old = take()
    phone = enrolled()
    with writing() as session:
        credential = session.get(Credential, (town.coordinator.community_id, town.coordinator.id))
        credential.password_hash = hash_password("another one, longer")
    journal.follow(clock.now())

    bring_back(old, elsewhere, journal=place)

    with elsewhere.app_context():
        assert db.session.get(Device, (COMMUNITY, phone.device)) is not None
    answer = elsewhere.test_client().post(
        "/session",
        data={"name": town.coordinator.name, "password": "another one, longer"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answer.status_code == 303


def test_a_phone_that_sends_again_is_recognised(journal, take, place, enrolled, town, elsewhere):
    phone = enrolled()
    old = take()
    phone.files_report(town.lane.id, "写了一次")
    assert phone.pushes().status_code == 200
    journal.follow(clock.now())
    bring_back(old, elsewhere, journal=place)

    phone.client = elsewhere.test_client()
    told = phone.pushes(first=1)
    phone.epoch = told.json["epoch"]
    again = phone.pushes(first=1)

    assert (told.status_code, told.json["acked"]) == (409, 1)
    assert again.status_code == 200
    with elsewhere.app_context():
        assert db.session.execute(db.text("SELECT count(*) FROM reports")).scalar() == 1


@pytest.mark.parametrize("decide", ["release", "discard"])
def test_what_was_decided_about_a_change_set_aside_comes_back(
    journal, take, place, enrolled, town, elsewhere, signed_in_as, decide
):
    phone = enrolled()
    phone.files_report(town.lane.id, "捡到的手机里的")
    signed_in_as("coordinator").post(f"/devices/{phone.device}/revocation")
    assert phone.pushes().status_code == 200
    old = take()
    by = actor_for(db.session(), town.coordinator, clock.now())
    if decide == "release":
        release(by, phone.device, 1)
    else:
        discard(by, phone.device, 1, "不是他的")
    journal.follow(clock.now())
    before = proofs()

    bring_back(old, elsewhere, journal=place)

    with elsewhere.app_context():
        assert proofs() == before


def test_photos_of_new_rows_come_back_with_them(journal, take, place, told, elsewhere):
    old = take()
    raw = corpus.encoded(corpus.noise(), "JPEG", quality=90)
    name = take_photo(COMMUNITY, raw, clock.now())
    told("有照片", photos=[{"sha256": name, "bytes": len(raw), "type": "image/jpeg"}])
    journal.follow(clock.now())
    pictures = [jpeg(db.session.get(Photo, (COMMUNITY, name)), thumb) for thumb in (False, True)]

    found = bring_back(old, elsewhere, journal=place)

    assert found.journal.missing == 0
    with elsewhere.app_context():
        photo = db.session.get(Photo, (COMMUNITY, name))
        assert [jpeg(photo, thumb) for thumb in (False, True)] == pictures


def test_a_worker_started_anew_goes_on_where_the_last_one_was(
    journal, take, settings, place, enrolled, town, told, elsewhere, time
):
    phone = enrolled()
    old = take()
    phone.files_report(town.lane.id, "第一件")
    phone.pushes()
    journal.follow(clock.now())
    phone.files_report(town.lane.id, "第二件")
    phone.pushes()
    told("没有工人看着的时候")
    time(clock.now() + HELD_MS)
    Journal(settings, journal.shelf).follow(clock.now())
    before = proofs()

    found = bring_back(old, elsewhere, journal=place)

    assert found.journal.trouble == ""
    with elsewhere.app_context():
        assert proofs() == before


def test_only_one_of_two_workers_writes(journal, settings, told, place, time):
    other = Journal(settings, journal.shelf)
    told()

    assert other.follow(clock.now()) == 0
    assert journal.follow(clock.now()) > 0
    told("再一件")
    time(clock.now() + HELD_MS)
    assert other.follow(clock.now()) > 0
    assert journal.follow(clock.now()) == 0


def test_a_worker_that_was_frozen_writes_over_nothing(journal, settings, told, time, place):
    told()
    journal.follow(clock.now())
    names = place.names("journal")
    shelf = Shelf(place, installation(settings.key), KEY)
    entry = shelf.read(1, 1)

    with pytest.raises(Taken):
        shelf.write(entry)

    assert place.names("journal") == names


def test_a_place_out_of_reach_loses_nothing(journal, told, take, place, elsewhere, monkeypatch):
    old = take()
    told("断的时候说的")
    with monkeypatch.context() as broken:
        broken.setattr(place, "put", lambda *_, **__: (_ for _ in ()).throw(OSError("gone")))
        with pytest.raises(OSError, match="gone"):
            journal.follow(clock.now())
    told("通了以后说的")
    assert journal.follow(clock.now()) > 0
    before = proofs()

    bring_back(old, elsewhere, journal=place)

    with elsewhere.app_context():
        assert proofs() == before


def entry_files(place):
    return [name for name in place.names("journal") if "/photos/" not in name]


@pytest.mark.parametrize("harm", ["flipped", "cut", "gone", "swapped"])
def test_what_stands_before_a_damaged_entry_counts(journal, take, place, told, elsewhere, harm):
    old = take()
    for words in ("一", "二", "三", "四"):
        told(words)
        journal.follow(clock.now())
    names = entry_files(place)
    body = place.get(names[3])
    if harm == "gone":
        place.remove([names[3]])
    else:
        harmed = {
            "flipped": body[:-9] + bytes([body[-9] ^ 1]) + body[-8:],
            "cut": body[: len(body) // 2],
            "swapped": place.get(names[4]),
        }
        place.put(names[3], harmed[harm])

    found = bring_back(old, elsewhere, journal=place)

    assert (found.journal.entries, "entry 4" in found.journal.trouble) == (2, True)
    with elsewhere.app_context():
        words = db.session.execute(db.text("SELECT words FROM reports ORDER BY words")).scalars()
        assert sorted(words) == ["一", "二"]


def refused(path, app, place) -> str:
    with pytest.raises(Unfit) as why:
        bring_back(path, app, journal=place)
    assert list(app.config["SETTINGS"].data.iterdir()) == []
    return str(why.value)


def test_a_journal_that_does_not_fit_is_refused(journal, take, place, told, elsewhere, tmp_path):
    told()
    journal.follow(clock.now())
    old = take()
    strangers = Place(str(tmp_path / "strangers"))
    strangers.put("journal/0123456789abcdef/00000001/000000000001", b"theirs")
    for words in ("一", "二"):
        told(words)
        journal.follow(clock.now())
    assert "another installation" in refused(old, elsewhere, strangers)
    assert "no journal" in refused(old, elsewhere, Place(str(tmp_path / "nothing")))
    place.remove(entry_files(place)[:3])
    assert "newer one" in refused(old, elsewhere, place)
