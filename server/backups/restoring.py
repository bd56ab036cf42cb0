"""Bringing a backup back into an empty place."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import obstore
from sqlalchemy import Engine, delete, func, select, text, update

from server.accounts.models import StaffSession
from server.backups import replaying
from server.backups.archive import DATABASE, PHOTOS, SECRET, Manifest, unpack
from server.backups.copying import copy, tables
from server.backups.entries import Shelf, installation
from server.backups.places import Place
from server.backups.replaying import Replayed
from server.backups.seal import Damaged
from server.backups.taking import HEAD, check
from server.database import open_file
from server.exchange.models import StreamRow
from server.media.store import open_store, sync_to_disk
from server.settings import Settings
from server.upkeep.models import Task

MINUTE_MS = 60_000
EPOCHS_BEGIN = 1_767_225_600_000  # 2026-01-01 UTC
Progress = Callable[[int, int, str], None]


class Occupied(Exception):
    """Something is here already; a restore never writes over it."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and what the journal added to it."""

    manifest: Manifest
    journal: Replayed


def restore(
    path: Path,
    settings: Settings,
    target: Engine,
    key: str,
    now: int,
    progress: Progress,
    journal: Place | None = None,
) -> Restored:
    """Bring everything in the backup at `path` back, in a new epoch, and what the journal has since
    then. Until all of it has been proved nothing is written but a scratch folder; the rows come
    last.

    Raises Occupied, Damaged and OSError, with the reason; then nothing here has changed."""
    refuse_occupied(settings, target)
    settings.data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.data, prefix=".restore-") as folder:
        scratch = Path(folder)
        progress(0, 100, "Proving the backup")
        with path.open("rb") as file:
            manifest = unpack(file, key, scratch)
        if manifest.schema != HEAD.read_text().strip():
            raise Damaged(f"it is of another edition (tables {manifest.schema})")
        check(scratch / DATABASE, manifest)
        replayed = Replayed()
        if journal:
            progress(30, 100, "Adding what the journal has")
            shelf = Shelf(journal, installation((scratch / SECRET).read_bytes()), key)
            replayed = replaying.replay(shelf, scratch / DATABASE)
        begin_epoch(scratch / DATABASE, now)
        progress(40, 100, "Bringing the photos back")
        _bring_photos(scratch, manifest, settings)
        if journal:
            replayed = replayed.with_photos(shelf, open_store(settings))
        _bring_secret(scratch / SECRET, settings)
        progress(70, 100, "Bringing the rows back")
        _bring_rows(scratch / DATABASE, target)
    progress(100, 100, "Restored")
    return Restored(manifest, replayed)


def refuse_occupied(settings: Settings, target: Engine) -> None:
    """Raises Occupied where a database with something in it is already."""
    if target.dialect.name == "sqlite":
        if Path(str(target.url.database)).exists():
            raise Occupied(f"{target.url.database} is there already")
        return
    with target.connect() as rows:
        for table in tables():
            if rows.scalar(select(func.count()).select_from(table)):
                raise Occupied(f"the table {table.name} holds rows already")


def begin_epoch(database: Path, now: int) -> None:
    """Higher than any epoch of any restore before, even of one from this same backup: by the
    minute, or phones would take the second for the first."""
    by_time = (now - EPOCHS_BEGIN) // MINUTE_MS
    with open_file(database).begin() as rows:
        epoch = func.max(StreamRow.epoch + 1, by_time)
        rows.execute(update(StreamRow).values(epoch=epoch))
        rows.execute(delete(StaffSession))  # who signed out since then must stay signed out
        # A new epoch has no backup yet, and whoever held the journal is gone.
        rows.execute(delete(Task).where(Task.name.in_(("backup", "restore"))))
        rows.execute(update(Task).values(held_until=0))


def _bring_photos(scratch: Path, manifest: Manifest, settings: Settings) -> None:
    store = open_store(settings)
    for name in (part for part in manifest.parts if part.startswith(PHOTOS)):
        obstore.put(store, name.removeprefix(PHOTOS), scratch / name, use_multipart=False)


def _bring_secret(found: Path, settings: Settings) -> None:
    """What codes are hashed with; one that is set from outside stays."""
    place = settings.data / "secret"
    if settings.secret or place.exists():
        return
    found.chmod(0o600)
    os.replace(found, place)


def _bring_rows(database: Path, target: Engine) -> None:
    if target.dialect.name != "sqlite":
        copy(open_file(database), target, lambda *_: None)
        return
    with open_file(database).begin() as rows:
        rows.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
        rows.execute(text("DELETE FROM alembic_version"))
        schema = {"schema": HEAD.read_text().strip()}
        rows.execute(text("INSERT INTO alembic_version VALUES (:schema)"), schema)
    place = Path(str(target.url.database))
    place.parent.mkdir(parents=True, exist_ok=True)
    os.replace(database, place)
    sync_to_disk(place)
