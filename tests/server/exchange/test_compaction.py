"""Tombstones go after half a year, and no phone keeps a row because of that."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from server.database import db, writing
from server.exchange import compaction
from server.exchange.compaction import DAY_MS, KEPT_MS, MARKED_EVERY_MS, forget_tombstones
from server.exchange.models import FeedEntry, SeqMark, StreamRow
from tests import make

WEEK = MARKED_EVERY_MS


def buried(community_id, about):
    """The record is gone from every scope; whoever holds it is told so."""
    ours = (StreamRow.community_id == community_id, StreamRow.stream == 0)
    with writing() as session:
        seq = session.scalar(
            update(StreamRow)
            .where(*ours)
            .values(next_seq=StreamRow.next_seq + 1)
            .returning(StreamRow.next_seq)
        )
        found = update(FeedEntry).where(FeedEntry.about == about)
        session.execute(found.values(what="del", seq=seq - 1))


def tombstones():
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(FeedEntry.what != "row"))


def floor(community_id):
    return db.session.get(StreamRow, (community_id, 0), populate_existing=True).floor_seq


@pytest.fixture
def files(phone, town):
    """Reports of the phone, known to the server and to the phone itself."""

    def file(count):
        ids = [phone.files_report(town.lane.id) for _ in range(count)]
        assert phone.pushes().status_code == 200
        phone.pulls()
        return ids

    return file


def test_a_tombstone_stays_half_a_year_and_then_goes(town, files, time):
    about, *_others = files(3)
    buried(town.community.id, about)
    forget_tombstones(make.NOW)

    forget_tombstones(make.NOW + KEPT_MS - DAY_MS)
    assert tombstones() > 0
    assert floor(town.community.id) == 0

    forget_tombstones(make.NOW + KEPT_MS + WEEK)
    assert tombstones() == 0
    assert floor(town.community.id) > 0
    assert db.session.scalar(select(func.count()).select_from(FeedEntry)) > 0


def test_a_phone_that_was_away_for_longer_is_told_all_anew(phone, enrolled, town, files, time):
    gone, kept = files(2)
    stayed = enrolled()
    buried(town.community.id, gone)
    stayed.pulls()
    forget_tombstones(make.NOW)
    forget_tombstones(make.NOW + KEPT_MS + WEEK)

    begun = dict(phone.cursors)
    phone.rows.clear()  # what is not told again goes, as on a phone
    phone.pulls()

    assert all(cursor >= begun[scope] for scope, cursor in phone.cursors.items())
    assert (phone.sees(gone), phone.sees(kept)["id"]) == (None, kept)
    news = stayed.pulls().json
    assert all(cold == 0 for _, cold, _ in news["scopes"].values()), "who knew of it goes on"


def test_what_a_phone_wrote_meanwhile_is_taken_all_the_same(phone, town, files, time):
    about, _ = files(2)
    buried(town.community.id, about)
    forget_tombstones(make.NOW)
    forget_tombstones(make.NOW + KEPT_MS + WEEK)

    files(2)

    assert phone.acked == 4


def test_many_tombstones_go_in_batches_and_the_floor_never_falls(app, town, files, monkeypatch):
    monkeypatch.setattr(compaction, "ROWS_AT_ONCE", 3)
    for about in files(5):
        buried(town.community.id, about)
    last = db.session.scalar(select(func.max(FeedEntry.seq)))
    forget_tombstones(make.NOW)

    def sweep(now):
        with app.app_context():
            forget_tombstones(now)

    with ThreadPoolExecutor(3) as workers:
        list(workers.map(sweep, [make.NOW + KEPT_MS + WEEK] * 3))

    assert (tombstones(), floor(town.community.id)) == (0, last)
    marks = db.session.scalars(select(SeqMark.at).where(SeqMark.community_id == town.community.id))
    assert sorted(marks) == [make.NOW, make.NOW + KEPT_MS + WEEK], "once, whoever came first"


def test_a_row_that_came_back_is_no_tombstone(town, phone, files, time):
    about, _ = files(2)
    buried(town.community.id, about)
    forget_tombstones(make.NOW)
    with writing() as session:
        session.execute(update(FeedEntry).where(FeedEntry.about == about).values(what="row"))

    forget_tombstones(make.NOW + KEPT_MS + WEEK)

    assert floor(town.community.id) == 0
    phone.rows.clear()
    phone.cursors.clear()
    phone.pulls()
    assert phone.sees(about) is not None
