"""Taking a backup of a running installation, and proving it."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import obstore
from obstore.exceptions import BaseError
from sqlalchemy import Connection, Engine, select

from server.archiving import files_of
from server.backups.archive import DATABASE, PHOTOS, SECRET, Manifest, unpack, writing_archive
from server.backups.copying import copy, proof, tables
from server.backups.seal import Damaged
from server.database import Base, open_file
from server.media.models import Photo
from server.media.store import object_name, open_store
from server.settings import ROOT, Settings

HEAD = ROOT / "server" / "migrations" / "head.txt"
Progress = Callable[[int, int, str], None]


class Incomplete(Exception):
    """Something a backup must hold is not there; says what."""


def take(
    source: Engine, settings: Settings, target: Path, key: str, made_at: int, progress: Progress
) -> Manifest:
    """A backup of everything as it stood at one moment, at `target`; work goes on meanwhile. It
    stands there only when it has been opened again and proved.

    Raises Incomplete, Damaged and OSError; then `target` is as it was before."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        snapshot, part = Path(folder) / DATABASE, Path(folder) / "part"
        progress(0, 100, "Copying the rows")
        _snapshot(source, snapshot)
        with part.open("wb") as file:
            manifest = _write(file, snapshot, settings, key, made_at, progress)
            file.flush()
            os.fsync(file.fileno())
        progress(80, 100, "Opening it again")
        with part.open("rb") as file:
            if unpack(file, key, Path(folder) / "again") != manifest:
                raise Damaged("what was read is not what was written")
        check(Path(folder) / "again" / DATABASE, manifest)
        os.replace(part, target)
    progress(100, 100, "Proved")
    return manifest


def _snapshot(source: Engine, path: Path) -> None:
    """All rows of one moment as an SQLite file."""
    target = open_file(path)
    if source.dialect.name == "sqlite":
        with closing(source.raw_connection()) as rows, closing(target.raw_connection()) as copied:
            into: Any = copied.driver_connection
            cast("Any", rows.driver_connection).backup(into)
            into.execute("PRAGMA journal_mode=DELETE")
        return
    Base.metadata.create_all(target)
    copy(source.execution_options(isolation_level="REPEATABLE READ"), target, lambda *_: None)


def _write(
    file: io.BufferedWriter,
    snapshot: Path,
    settings: Settings,
    key: str,
    made_at: int,
    progress: Progress,
) -> Manifest:
    with open_file(snapshot).connect() as rows:
        counts, names = _counts(rows), _photos(rows)
    with writing_archive(file, key) as archive:
        with snapshot.open("rb") as database:
            archive.add(DATABASE, database, snapshot.stat().st_size)
        secret = settings.key
        archive.add(SECRET, io.BytesIO(secret), len(secret))
        for k, name in enumerate(names):
            progress(10 + k * 70 // len(names), 100, f"Photos {k}/{len(names)}")
            body = photo_body(settings, name)
            archive.add(PHOTOS + name, io.BytesIO(body), len(body))
        return archive.finish(made_at, HEAD.read_text().strip(), counts)


def _photos(rows: Connection) -> list[str]:
    stored = select(Photo.community_id, Photo.stored_sha256).where(Photo.state == "stored")
    found = sorted({(row.community_id, row.stored_sha256) for row in rows.execute(stored)})
    names = [object_name(*photo, thumb=thumb) for photo in found for thumb in (False, True)]
    return names + files_of(rows)


def photo_body(settings: Settings, name: str) -> bytes:
    """A picture from the store. Raises Incomplete."""
    try:
        return obstore.get(open_store(settings), name).bytes().to_bytes()
    except (BaseError, FileNotFoundError) as error:
        raise Incomplete(f"the photo {name} is not in the store") from error


def check(database: Path, manifest: Manifest) -> None:
    """Raises Damaged unless the rows are sound, whole, and as many as the manifest says."""
    check_rows(database)
    with open_file(database).connect() as rows:
        if _counts(rows) != manifest.rows:
            raise Damaged("its rows are not those of its manifest")
        missing = [name for name in _photos(rows) if PHOTOS + name not in manifest.parts]
    if missing:
        raise Damaged(f"{len(missing)} photos are missing")


def check_rows(database: Path) -> None:
    """Raises Damaged unless the rows are sound and speak of no row that is not there."""
    with open_file(database).connect() as rows:
        if rows.exec_driver_sql("PRAGMA integrity_check").all() != [("ok",)]:
            raise Damaged("its database is not sound")
        if rows.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise Damaged("its rows speak of rows that are not there")


def _counts(rows: Connection) -> dict[str, int]:
    return {table.name: proof(rows, table).rows for table in tables()}
