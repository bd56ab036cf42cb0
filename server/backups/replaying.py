"""Adding the journal to the rows of a backup, before anybody sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import obstore
from sqlalchemy import Connection, LargeBinary, func, select, update

from server.backups.entries import JOURNAL, Entry, Part, Shelf, Unfit
from server.backups.following import by_name
from server.backups.seal import Damaged
from server.backups.taking import HEAD, check_rows
from server.database import open_file
from server.exchange.keeping import DEVICE, FEED, FEED_KEY, STREAM
from server.exchange.packing import feed_row
from server.media.store import object_name
from server.prepared import put
from server.upkeep.models import Task
from sync.journal import FeedRow


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the journal added. `trouble`: why it ended before its end, a sentence."""

    entries: int = 0
    rows: int = 0
    until: int = 0  # ms
    trouble: str = ""
    photos: tuple[str, ...] = ()
    missing: int = 0  # photos whose pictures are nowhere

    def with_photos(self, shelf: Shelf, store: Any) -> Replayed:
        """Lay the pictures of the added rows down, where they are not in the store already."""
        missing = 0
        for name in self.photos:
            try:
                obstore.head(store, name)
            except FileNotFoundError:
                try:
                    obstore.put(store, name, shelf.photo(name), use_multipart=False)
                except (FileNotFoundError, Damaged):
                    missing += 1
        return replace(self, missing=missing)


def replay(shelf: Shelf, database: Path) -> Replayed:
    """Write everything the journal has since the backup into its rows.

    Raises Unfit where this is not the journal of this backup, and OSError. An entry that is damaged
    or missing ends it: what stands before counts."""
    with open_file(database).connect() as rows:
        since = rows.scalar(select(Task.number).where(Task.name == "journal"))
        epoch, top = rows.execute(
            select(func.max(STREAM.c.epoch), func.max(STREAM.c.last_hlc))
        ).one()
    if since is None:
        raise Unfit("this backup is older than its journal; take a newer one")
    numbers = _fitting(shelf, epoch, since)
    found = Replayed()
    photos: dict[str, None] = {}
    with open_file(database).begin() as rows:
        for number in numbers:
            entry = _next(shelf, epoch, number, since + 1 + found.entries)
            if isinstance(entry, str):
                found = replace(found, trouble=entry)
                break
            if entry.top >= top:
                _write(rows, entry)
                photos |= dict.fromkeys(_pictures(entry))
            found = replace(
                found, entries=found.entries + 1, rows=found.rows + entry.rows, until=entry.at
            )
    check_rows(database)
    return replace(found, photos=tuple(photos))


def _fitting(shelf: Shelf, epoch: int, since: int) -> list[int]:
    names = shelf.place.names(JOURNAL)
    if not names:
        raise Unfit("there is no journal in this place")
    if not any(name.startswith(f"{shelf.folder}/") for name in names):
        raise Unfit("this is the journal of another installation")
    numbers = [number for number in shelf.numbers(epoch) if number > since]
    if numbers and numbers[0] > since + 1 and since + 1 not in numbers:
        raise Unfit("what the journal had just after this backup is gone; take a newer one")
    return numbers


def _next(shelf: Shelf, epoch: int, number: int, wanted: int) -> Entry | str:
    if number != wanted:
        return f"entry {wanted} is missing"
    try:
        entry = shelf.read(epoch, number)
    except FileNotFoundError:
        return f"entry {number} is missing"
    except (Damaged, ValueError, TypeError) as wrong:
        return f"entry {number} is damaged: {wrong}"
    if entry.schema != HEAD.read_text().strip():
        return f"entry {number} is of another edition"
    return entry


def _write(rows: Connection, entry: Entry) -> None:
    """What is known already, from a backup taken while the entry was made, stays as it is."""
    for name in by_name():
        if name != "devices":
            _put(rows, name, entry.watched.get(name, []))
    for community, part in entry.parts.items():
        here = rows.scalar(select(STREAM.c.last_hlc).where(STREAM.c.community_id == community))
        if here is None:
            new = {"community_id": community, "stream": 0, "epoch": entry.epoch}
            put(rows, STREAM, [new])
        if here is None or part.hlc > here:
            _write_part(rows, community, part)
    _put_devices(rows, entry.watched.get("devices", []))


def _write_part(rows: Connection, community: str, part: Part) -> None:
    for name in by_name():
        _put(rows, name, part.tables.get(name, []))
    _put_feed(rows, community, part.tables.get("records", []))
    counter = {"last_hlc": part.hlc, "next_seq": part.seq + 1}
    rows.execute(update(STREAM).where(STREAM.c.community_id == community).values(counter))


def _put(rows: Connection, name: str, found: Sequence[Sequence[Any]]) -> None:
    table = by_name()[name]
    put(rows, table, list(_named(name, found)), tuple(column.name for column in table.primary_key))


def _named(name: str, found: Sequence[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    columns = by_name()[name].c
    raw = [column.name for column in columns if isinstance(column.type, LargeBinary)]
    for values in found:
        row = dict(zip(columns.keys(), values, strict=True))
        yield row | {one: row[one].encode("latin-1") for one in raw}


def _put_devices(rows: Connection, found: Sequence[Sequence[Any]]) -> None:
    """A device that has come further already keeps its numbers."""
    for row, values in zip(_named("devices", found), found, strict=True):
        mine = (DEVICE.c.community_id == row["community_id"], DEVICE.c.id == row["id"])
        last = rows.scalar(select(DEVICE.c.last_n).where(*mine))
        if last is None or last <= row["last_n"]:
            _put(rows, "devices", [values])
        else:
            kept = ("revoked_at", "revoked_by", "unsent_when_revoked", "replaced_by", "member_id")
            rows.execute(update(DEVICE).where(*mine).values({name: row[name] for name in kept}))


def _put_feed(rows: Connection, community: str, records: Sequence[Sequence[Any]]) -> None:
    """Phones begin anew in a new epoch, so the scopes a record has left need no row."""
    found: list[Mapping[str, Any]] = []
    for row in _named("records", records):
        rows.execute(
            FEED.delete().where(FEED.c.community_id == community, FEED.c.about == row["id"])
        )
        what = "del" if row["removed"] else "row"
        for scope in row["scopes"].split():
            news = FeedRow(scope, row["kind"], row["id"], row["seq"], what)
            found.append(feed_row(community, news))
    put(rows, FEED, found, FEED_KEY)


def _pictures(entry: Entry) -> Iterator[str]:
    for part in entry.parts.values():
        for photo in _named("photos", part.tables.get("photos", [])):
            if photo["state"] == "stored":
                for thumb in (False, True):
                    yield object_name(photo["community_id"], photo["stored_sha256"], thumb)
