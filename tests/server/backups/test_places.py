"""The second place is a folder or an S3; both keep the same promises."""

from __future__ import annotations

import pytest

from server import clock
from server.backups.entries import Shelf, installation
from server.backups.journal import Journal
from server.backups.places import Place, Taken
from tests.server.backups.conftest import KEY, bring_back, proofs
from tests.server.media.conftest import s3  # noqa: F401 - a fixture


@pytest.fixture(params=["folder", "s3"])
def place(request, tmp_path, monkeypatch):
    if request.param == "folder":
        return Place(f"file://{tmp_path / 'second'}")
    for name, value in request.getfixturevalue("s3").items():
        monkeypatch.setenv(name, value)
    return Place(f"s3://photos/second-{tmp_path.name}")


def test_what_is_put_there_is_there_under_its_name(place, tmp_path):
    place.put("journal/a/1", b"one")
    place.put("journal/a/1", b"one again")
    place.put("backups/b", b"two" * 500_000)
    place.fetch("backups/b", tmp_path / "fetched")

    assert place.get("journal/a/1") == b"one again"
    assert (tmp_path / "fetched").read_bytes() == b"two" * 500_000
    assert place.names("journal") == ["journal/a/1"]
    assert abs(place.ages("backups")["backups/b"] - clock.now()) < 60_000

    place.remove(["journal/a/1", "journal/never"])
    assert place.names("journal") == []
    with pytest.raises(FileNotFoundError):
        place.get("journal/a/1")


def test_the_first_to_write_a_name_keeps_it(place):
    place.put("journal/1", b"first", is_new=True)

    with pytest.raises(Taken):
        place.put("journal/1", b"second", is_new=True)
    assert place.get("journal/1") == b"first"


def test_a_journal_comes_back_from_either(place, settings, told, town, time, take, elsewhere):
    journal = Journal(settings, Shelf(place, installation(settings.key), KEY))
    journal.follow(clock.now())
    old = take()
    told("备份后说的")
    journal.follow(clock.now())
    before = proofs()

    found = bring_back(old, elsewhere, journal=place)

    assert found.journal.trouble == ""
    with elsewhere.app_context():
        assert proofs() == before


def test_a_place_that_is_gone_says_so(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    gone = Place("s3://nowhere/second")

    with pytest.raises(OSError, match="cannot be reached"):
        gone.put("journal/1", b"x")
