"""Backups by themselves: one an hour, and once a day the newest is brought back and compared.

A backup that has not been brought back does not count. Whether all this happens is judged by who
looks at the tasks (`server.upkeep`), never here: a worker that has stopped can tell nobody.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, select

from server import clock
from server.backups import restoring, taking
from server.backups.archive import PHOTOS, Manifest
from server.backups.entries import Shelf
from server.backups.places import Place
from server.backups.seal import Damaged
from server.database import db, open_file
from server.exchange.keeping import CHANGE, DEVICE
from server.settings import Settings
from server.upkeep.models import Task, noting
from server.upkeep.rules import DAY_MS, HOUR_MS
from sync.change import link

BACKUPS = "backups"
KEPT = 6  # and the one last brought back
HELD_MS = 30 * 60_000
AGAIN_MS = 5 * 60_000
ROOM = 3  # a restore needs the room of the backup so many times
log = logging.getLogger(__name__)


class Different(Exception):
    """What came back is not what was put away; says how many differences of what kind."""


@dataclass(slots=True)
class Keeper:
    """One worker's hand on the backups. Only one worker at a time makes or restores one."""

    settings: Settings
    shelf: Shelf
    name: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def place(self) -> Place:
        return self.shelf.place

    @property
    def folder(self) -> str:
        return f"{BACKUPS}/{self.shelf.installation}"

    def look(self, now: int) -> None:
        """Do what is due. What goes wrong is written down and tried again in five minutes. What the
        journal will not have must be in the first backup, so the journal begins first."""
        db.session.rollback()
        if db.session.get(Task, "journal") is None:
            return
        if self._may_begin("backup", HOUR_MS, now):
            with self._trying("backup", now) as details:
                details |= self._take(now)
        if self._may_begin("restore", DAY_MS, now):
            with self._trying("restore", now) as details:
                details |= self._bring_back(now)

    def _may_begin(self, name: str, every_ms: int, now: int) -> bool:
        db.session.rollback()
        task = db.session.get(Task, name) or Task(name=name, done_at=0, tried_at=0, failure="")
        is_due = task.is_due(every_ms, now)
        if task.failure:
            is_due = is_due and not task.tried_at + AGAIN_MS > now >= task.tried_at
        is_ours = not (task.holder and task.is_anothers(self.name, now))
        db.session.rollback()
        return is_due and is_ours

    @contextmanager
    def _trying(self, name: str, now: int) -> Iterator[dict[str, Any]]:
        with noting(name) as task:
            task.tried_at, task.holder, task.held_until = now, self.name, now + HELD_MS
        details: dict[str, Any] = {}
        failure = ""
        try:
            yield details
        except (Damaged, Different, taking.Incomplete) as wrong:
            failure = str(wrong)
        except OSError as wrong:
            failure = wrong.strerror or type(wrong).__name__
        with noting(name) as task:
            task.failure, task.held_until = failure[:200], 0
            if failure:
                log.error("%s: %s", name, failure)
            else:
                task.done_at, task.details = clock.now(), json.dumps(details)

    def _take(self, now: int) -> dict[str, Any]:
        made = datetime.fromtimestamp(now / 1000, UTC)
        name = f"{self.folder}/{made:%Y-%m-%dT%H-%M-%SZ}.backup"
        with self._scratch() as folder:
            path = folder / "backup"
            manifest = taking.take(db.engine, self.settings, path, self.shelf.key, now, _quietly)
            size = path.stat().st_size
            self.place.put(name, path)
        self._forget_old()
        return {"name": name, "bytes": size, **_counted(manifest)}

    def _forget_old(self) -> None:
        ages = self._ages()
        names = sorted(ages, key=lambda name: ages[name])
        proved = self._proved()
        gone = [name for name in names[:-KEPT] if name != proved]
        self.place.remove(gone)
        oldest = min((at for name, at in ages.items() if name not in gone), default=0)
        self.shelf.forget(oldest - HOUR_MS)

    def _ages(self) -> dict[str, int]:
        found = self.place.ages(self.folder)
        return {name: at for name, at in found.items() if name.endswith(".backup")}

    def _proved(self) -> str:
        task = db.session.get(Task, "restore")
        db.session.rollback()
        return str(json.loads(task.details).get("name", "")) if task and task.details else ""

    def _bring_back(self, now: int) -> dict[str, Any]:
        ages = self._ages()
        if not ages:
            raise Different("there is no backup to bring back")
        name = max(ages, key=lambda one: ages[one])
        with self._scratch() as folder:
            path = folder / "backup"
            self.place.fetch(name, path)
            if shutil.disk_usage(folder).free < ROOM * path.stat().st_size:
                raise Different("there is no room to bring it back")
            manifest = self._restored(path, folder / "again", now)
        return {"name": name, "made_at": manifest.made_at, "differences": 0, **_counted(manifest)}

    def _restored(self, path: Path, data: Path, now: int) -> Manifest:
        """The way an operator would go, in a folder of its own; raises Different."""
        there = replace(self.settings, data=data, photos="", database_url="", secret="")
        target = open_file(data / "steward.db")
        found = restoring.restore(path, there, target, self.shelf.key, now, _quietly, self.place)
        with target.connect() as rows:
            wrong = {
                "broken chains": _broken_chains(rows),
                "changed photos": _changed_photos(found.manifest, data / "photos"),
                "missing photos": found.journal.missing,
                "gaps in the journal": int(bool(found.journal.trouble)),
            }
        if any(wrong.values()):
            told = [f"{n} {what}" for what, n in wrong.items() if n]
            raise Different(", ".join(told))
        return found.manifest

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        self.settings.data.mkdir(parents=True, exist_ok=True)
        for old in self.settings.data.glob(".scratch-*"):  # of a worker that was killed
            if now_s() - old.stat().st_mtime > HELD_MS / 1000:
                shutil.rmtree(old, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=self.settings.data, prefix=".scratch-") as folder:
            yield Path(folder)


def now_s() -> float:
    return clock.now() / 1000


def _counted(manifest: Manifest) -> dict[str, int]:
    photos = sum(name.startswith(PHOTOS) for name in manifest.parts)
    return {"rows": sum(manifest.rows.values()), "photos": photos}


def _quietly(_done: int, _of: int, _words: str) -> None:
    """Nobody looks at the progress of what happens by itself."""


def _broken_chains(rows: Connection) -> int:
    """How many devices' changes are not linked one to the next, up to what the device says."""
    broken: set[Any] = set()
    last: Any = None
    heads = {(row.community_id, row.id): row for row in rows.execute(select(DEVICE))}
    order = (CHANGE.c.community_id, CHANGE.c.device_id, CHANGE.c.n)
    asked = select(*order, CHANGE.c.raw, CHANGE.c.chain).order_by(*order)
    for row in rows.execute(asked.execution_options(yield_per=1000)):
        key = (row.community_id, row.device_id)
        follows = last is not None and (last.community_id, last.device_id) == key
        is_whole = not row.raw or (follows and link(last.chain, row.raw) == row.chain)
        if follows and (row.n != last.n + 1 or not is_whole):
            broken.add(key)
        head = heads.get(key)
        if head is None or (head.last_n == row.n and bytes(head.chain) != bytes(row.chain)):
            broken.add(key)
        last = row
    return len(broken)


def _changed_photos(manifest: Manifest, folder: Path) -> int:
    found = 0
    for name, wanted in manifest.parts.items():
        if name.startswith(PHOTOS):
            body = (folder / name.removeprefix(PHOTOS)).read_bytes()
            found += hashlib.sha256(body).hexdigest() != wanted
    return found
