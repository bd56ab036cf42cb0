"""Phones of one community that call at the same moment are heard one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select

from server.database import db
from server.exchange.models import ChangeRow, FeedEntry, StreamRow

CALLERS = 4
REPORTS = 5


def test_what_comes_at_once_is_numbered_without_gap_or_double(app, enrolled, town, time):
    phones = [enrolled() for _ in range(CALLERS)]
    for phone in phones:
        phone.client = app.test_client()
        for _ in range(REPORTS):
            phone.files_report(town.lane.id)
    together = Barrier(CALLERS)

    def call(phone) -> int:
        with app.app_context():
            together.wait()
            return phone.pushes().status_code

    with ThreadPoolExecutor(CALLERS) as callers:
        assert list(callers.map(call, phones)) == [200] * CALLERS

    db.session.rollback()
    kept = db.session.scalars(select(ChangeRow).where(ChangeRow.kind == "report.filed@1")).all()
    seqs = sorted(change.seq for change in kept)
    assert seqs == list(range(seqs[0], seqs[0] + CALLERS * REPORTS))
    assert len({change.number for change in kept}) == CALLERS * REPORTS
    assert db.session.get(StreamRow, (town.community.id, 0)).next_seq > seqs[-1]
    assert {row.seq for row in db.session.scalars(select(FeedEntry))} >= set(seqs)
