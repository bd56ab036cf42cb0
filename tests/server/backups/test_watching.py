"""Backups by themselves, brought back by themselves; and whatever stops that is seen in time."""

from __future__ import annotations

import errno
import json
from dataclasses import replace

import pytest

from server import clock
from server.backups.entries import Shelf, installation
from server.backups.journal import Journal
from server.backups.places import Place
from server.backups.watching import KEPT, Keeper
from server.database import db, writing
from server.exchange.models import ChangeRow
from server.health import look
from server.upkeep.models import Task
from server.upkeep.rules import DAY_MS, HOUR_MS, MINUTE_MS
from tests import make
from tests.server.backups.conftest import KEY

SOON_MS = 15 * MINUTE_MS


@pytest.fixture
def settings(settings, tmp_path):
    return replace(settings, backups=f"file://{tmp_path / 'second'}", backup_key=KEY)


@pytest.fixture
def keeper(app, settings, journal, told):
    """A worker's hand on the backups, in a town where something was said."""
    told()
    journal.follow(clock.now())
    return Keeper(settings, journal.shelf)


@pytest.fixture
def goes_on(time, keeper, journal):
    """So much time passes (ms), while the worker looks after things every five minutes."""

    def go(ms: int) -> None:
        until = clock.now() + ms
        while clock.now() < until:
            time(min(until, clock.now() + 5 * MINUTE_MS))
            journal.follow(clock.now())
            keeper.look(clock.now())

    return go


def states(settings) -> dict[str, tuple[str, str]]:
    """How each part is, for somebody who looks now and asks no worker."""
    db.session.rollback()
    found = look(db.session(), settings, clock.now())
    return {name: (part.state, part.reason) for name, part in found.items()}


def task(name: str) -> Task:
    db.session.rollback()
    return db.session.get(Task, name)


def test_a_backup_is_made_every_hour_and_few_are_kept(keeper, goes_on, settings):
    keeper.look(clock.now())
    assert len(keeper.place.names("backups")) == 1

    goes_on((KEPT + 3) * HOUR_MS)

    names = keeper.place.names("backups")
    assert KEPT <= len(names) <= KEPT + 1
    assert json.loads(task("backup").details)["name"] == names[-1]
    assert [states(settings)[part][0] for part in ("backup", "restore", "journal")] == ["ok"] * 3


def test_the_newest_is_brought_back_once_a_day(keeper, goes_on):
    keeper.look(clock.now())
    first = json.loads(task("restore").details)

    goes_on(DAY_MS + MINUTE_MS)

    second = json.loads(task("restore").details)
    assert first["differences"] == second["differences"] == 0
    assert first["rows"] > 0
    assert second["made_at"] > first["made_at"]
    assert list(keeper.settings.data.glob(".scratch-*")) == []


def test_a_broken_chain_is_a_difference(keeper, time, settings, enrolled, town):
    phone = enrolled()
    for words in ("一", "二"):
        phone.files_report(town.lane.id, words)
    phone.pushes()
    with writing() as session:
        session.execute(
            db.update(ChangeRow).where(ChangeRow.device_id == phone.device).values(raw=b"{}")
        )

    keeper.look(clock.now())

    assert "1 broken chains" in task("restore").failure
    assert states(settings)["restore"] == ("late", "never")


def test_old_entries_of_the_journal_go_when_no_kept_backup_needs_them(keeper, told, journal):
    keeper.look(clock.now())
    names = keeper.place.names("journal")
    old = keeper.place.ages("journal")[names[0]]

    keeper.shelf.forget(old)
    assert keeper.place.names("journal") == names
    keeper.shelf.forget(old + 60_000)
    assert keeper.place.names("journal") == []


def stops(monkeypatch, time):
    """Nothing at all is done any more."""
    monkeypatch.setattr(Keeper, "look", lambda _keeper, _now: None)
    monkeypatch.setattr(Journal, "follow", lambda _journal, _now: None)


def freezes(monkeypatch, time):
    """It stands still with everything in its hands, as if it went on."""
    with writing() as session:
        for name in ("journal", "backup", "restore"):
            found = session.get(Task, name)
            found.holder, found.held_until = "frozen", clock.now() + 10 * DAY_MS
    stops(monkeypatch, time)


def has_no_room(monkeypatch, time):
    """The disks are full, there and here."""

    def full(*_arguments, **_more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Place, "put", full)
    monkeypatch.setattr(Place, "fetch", full)


def has_another_key(monkeypatch, time):
    """The key of the second place was revoked: nothing there can be written or read."""

    def denied(*_arguments, **_more):
        raise OSError(errno.EACCES, "the second place cannot be reached (PermissionDenied)")

    for name in ("put", "get", "fetch", "ages"):
        monkeypatch.setattr(Place, name, denied)


def clock_goes_back(monkeypatch, time):
    """Everything was done, it seems, in a time that has not come."""
    time(clock.now() - 3 * DAY_MS)
    stops(monkeypatch, time)


FAULTS = (stops, freezes, has_no_room, has_another_key, clock_goes_back)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("promise", ["backup", "restore"])
def test_what_stops_is_seen_a_quarter_of_an_hour_after_its_promise(
    keeper, journal, goes_on, settings, monkeypatch, time, client, fault, promise
):
    keeper.look(clock.now())
    assert states(settings)[promise] == ("ok", "")
    every = HOUR_MS if promise == "backup" else DAY_MS

    fault(monkeypatch, time)
    until = clock.now() + every + SOON_MS
    while clock.now() < until:
        time(min(until, clock.now() + every // 3))
        for step in (journal.follow, keeper.look):
            try:
                step(clock.now())
            except OSError:
                continue

    assert states(settings)[promise][0] == "late"
    answer = client.get("/health")
    assert answer.json["parts"][promise]["state"] == "late"
    assert not answer.json["ok"]
    assert answer.status_code == 200  # people can go on working


def test_before_its_promise_nothing_is_called_late(keeper, settings, time):
    keeper.look(clock.now())

    time(clock.now() + HOUR_MS - MINUTE_MS)

    assert states(settings)["backup"] == ("ok", "")


def test_a_backup_under_another_key_does_not_count_as_brought_back(keeper, settings, time):
    keeper.look(clock.now())
    stranger = Keeper(settings, Shelf(keeper.place, keeper.shelf.installation, "x" * 32))

    time(clock.now() + DAY_MS)
    with writing() as session:
        session.get(Task, "backup").done_at = clock.now()  # it need not be made again
    stranger.look(clock.now())

    assert "key" in task("restore").failure


def test_when_it_can_again_it_does_again(keeper, settings, time, monkeypatch):
    with monkeypatch.context() as broken:
        has_no_room(broken, time)
        keeper.look(clock.now())
    assert "No space" in task("backup").failure

    time(clock.now() + 6 * MINUTE_MS)
    keeper.look(clock.now())

    assert (task("backup").failure, task("restore").failure) == ("", "")
    assert states(settings)["backup"] == ("ok", "")


def test_the_clock_of_years_ahead_stops_nothing(keeper, settings, time):
    keeper.look(clock.now())
    time(make.NOW + 3650 * DAY_MS)
    keeper.look(clock.now())
    time(make.NOW + HOUR_MS)
    assert states(settings)["backup"] == ("late", "clock")

    keeper.look(clock.now())

    assert states(settings)["backup"] == ("ok", "")


def test_without_a_second_place_nothing_is_promised(app, settings):
    alone = replace(settings, backups="")

    assert {states(alone)[part][0] for part in ("journal", "backup", "restore")} == {"off"}


def test_two_installations_may_share_a_place(keeper, settings, tmp_path):
    keeper.look(clock.now())
    other = Shelf(keeper.place, installation(b"another secret"), KEY)

    assert Keeper(settings, other)._ages() == {}
