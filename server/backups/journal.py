"""The journal: what no backup has yet, in the second place within five seconds.

The worker looks every second for what is new since the last look and writes it down as one
entry, flushed. A push never waits for it. What an entry holds is the rows as they stood at one
moment, so applying it twice, or after a backup that has it already, changes nothing.
"""

from __future__ import annotations

import logging
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from server.backups.entries import Entry, Part, Shelf
from server.backups.following import Follower, Mark, by_name
from server.backups.places import Taken
from server.backups.taking import HEAD, photo_body
from server.database import db, writing
from server.exchange.keeping import STREAM
from server.media.store import object_name
from server.prepared import put, table_of
from server.settings import Settings
from server.upkeep.models import JournalMark, Task

EVERY_S = 1
SAYS_SO_MS = 10_000  # an idle journal says so this often
HELD_MS = 30_000
DAY_MS = 86_400_000
WATCH_SHARE = 20  # comparing what no change writes may take one part in so many of the time
NAME = "journal"
MARKS = table_of(JournalMark)
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Journal:
    """One worker's hand on the journal. Only one worker at a time has it."""

    settings: Settings
    shelf: Shelf
    name: str = field(default_factory=lambda: str(uuid.uuid4()))
    marks: dict[str, Mark] = field(default_factory=dict)
    follower: Follower = field(default_factory=Follower)
    photos: set[str] = field(default_factory=set)
    is_known: bool = False
    watch_at: float = 0

    def follow(self, now: int) -> int:
        """Write what is new, if it is ours to write; the rows written. Raises OSError and what the
        database raises; then nothing is taken for written."""
        task = _task()
        if task and task.is_anothers(self.name, now):
            self.is_known = False
            return 0
        try:
            if not self.is_known:
                self._begin(task, now)
            return self._follow(task.number if task else 0, task.done_at if task else 0, now)
        except Taken:
            log.warning("another worker writes the journal")
            self.is_known = False
            return 0
        except BaseException:
            self.is_known = False
            raise

    def _begin(self, task: Task | None, now: int) -> None:
        """Take up the marks; where there never was a journal it begins with this moment, and what
        is here already is the next backup's to keep."""
        self.follower, self.photos, self.watch_at = Follower(), set(), 0
        if task is None:
            with db.engine.connect() as rows:
                marks = {
                    row.community_id: Mark(row.last_hlc, row.next_seq - 1) for row in _streams(rows)
                }
            self._note(0, marks, now)
        db.session.rollback()
        kept = db.session.scalars(select(JournalMark))
        self.marks = {mark.community_id: Mark(mark.hlc, mark.seq) for mark in kept}
        db.session.rollback()
        self.is_known = True

    def _follow(self, number: int, done_at: int, now: int) -> int:
        with db.engine.connect() as rows:
            entry = self._look(rows, number + 1, now)
        if not entry.rows and not entry.parts:
            if now - done_at >= SAYS_SO_MS or now < done_at:
                self._note(number, {}, now)
            return 0
        self._copy_photos(entry)
        self.shelf.write(entry)
        marks = {id: Mark(part.hlc, part.seq) for id, part in entry.parts.items()}
        self._note(entry.number, marks, now)
        self.marks |= marks
        return entry.rows

    def _look(self, rows: Connection, number: int, now: int) -> Entry:
        streams = _streams(rows)
        parts = {}
        for row in streams:
            mark, here = self.marks.get(row.community_id), _mark(row)
            if mark is None or mark.hlc != here.hlc:
                news = self.follower.news(rows, row.community_id, mark or Mark())
                parts[row.community_id] = Part(here.hlc, here.seq, news)
        return Entry(
            number,
            epoch=max((row.epoch for row in streams), default=1),
            schema=HEAD.read_text().strip(),
            at=now,
            top=max((row.last_hlc for row in streams), default=0),
            watched=self._watch(rows, now),
            parts=parts,
        )

    def _watch(self, rows: Connection, now: int) -> dict[str, Any]:
        begun = time.monotonic()
        if begun < self.watch_at:
            return {}
        found = self.follower.watched(rows, now)
        over = time.monotonic()
        self.watch_at = over + WATCH_SHARE * (over - begun)
        return found

    def _copy_photos(self, entry: Entry) -> None:
        """A row of a photo goes nowhere before its pictures; in an S3 they are safe already."""
        if self.settings.photos.startswith("s3:"):
            return
        backup = db.session.get(Task, "backup")
        since = backup.done_at - DAY_MS if backup else 0
        db.session.rollback()
        columns = by_name()["photos"].c.keys()
        for part in entry.parts.values():
            for values in part.tables.get("photos", []):
                photo = dict(zip(columns, values, strict=True))
                if photo["state"] == "stored" and photo["stored_at"] > since:
                    self._copy_photo(photo["community_id"], photo["stored_sha256"])

    def _copy_photo(self, community_id: str, stored: str) -> None:
        for thumb in (False, True):
            name = object_name(community_id, stored, thumb)
            if name not in self.photos:
                self.shelf.put_photo(name, photo_body(self.settings, name))
                self.photos.add(name)

    def _note(self, number: int, marks: dict[str, Mark], now: int) -> None:
        """Everything up to this entry is safe, and the journal stays ours for a while."""
        with writing() as session:
            task = session.get(Task, NAME) or Task(name=NAME)
            task.done_at = task.tried_at = now
            task.number, task.failure = number, ""
            task.holder, task.held_until = self.name, now + HELD_MS
            session.add(task)
            session.flush()
            kept = [{"community_id": id, "hlc": m.hlc, "seq": m.seq} for id, m in marks.items()]
            put(session.connection(), MARKS, kept, ("community_id",))


def _streams(rows: Connection) -> list[Any]:
    return list(rows.execute(select(STREAM).where(STREAM.c.stream == 0)))


def _mark(row: Any) -> Mark:
    return Mark(row.last_hlc, row.next_seq - 1)


def _task() -> Task | None:
    db.session.rollback()
    task = db.session.get(Task, NAME)
    if task:
        db.session.expunge(task)
    db.session.rollback()
    return task
