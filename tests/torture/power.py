"""A disk as its server wrote it, entry by entry, and what is left of it when the power goes.

What was not flushed may be there, in part, or not at all, whatever came after it: each piece of
512 bytes by itself. Names that were made, moved or taken away without a flush of their folder
may have been forgotten from any one on.
"""

from __future__ import annotations

import os
import random
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

HEAD = struct.Struct("<cIIQQ")
SECTOR = 512
SURVIVES = (0.0, 0.5, 0.95, 1.0)  # the chance of a piece that was not flushed
SOURCE = Path(__file__).with_name("disk_recorder.c")


def build(folder: Path) -> Path:
    """The library to preload."""
    library = folder / "disk_recorder.so"
    command = ["gcc", "-O1", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"]
    subprocess.run(command, check=True)
    return library


@dataclass(frozen=True)
class Entry:
    what: str
    inode: int
    at: int
    first: bytes
    second: bytes

    @property
    def path(self) -> str:
        return self.first.decode()


def read(record: Path) -> Iterator[Entry]:
    raw = record.read_bytes()
    at = 0
    while at + HEAD.size <= len(raw):
        what, na, nb, inode, offset = HEAD.unpack_from(raw, at)
        at += HEAD.size
        yield Entry(what.decode(), inode, offset, raw[at : at + na], raw[at + na : at + na + nb])
        at += na + nb


@dataclass
class File:
    """Bytes that are safe, and what was done since: a piece at its place, or a new length."""

    safe: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def flush(self) -> None:
        for at, piece in self.pending:
            _lay(self.safe, at, piece)
        self.pending.clear()

    def after_a_cut(self, chance: random.Random) -> bytes:
        left = bytearray(self.safe)
        survives = chance.choice(SURVIVES)
        for at, piece in self.pending:
            for start, part in _sectors(at, piece):
                if chance.random() < survives:
                    _lay(left, start, part)
        return bytes(left)

    def as_written(self) -> bytes:
        left = bytearray(self.safe)
        for at, piece in self.pending:
            _lay(left, at, piece)
        return bytes(left)


def _lay(into: bytearray, at: int, piece: bytes | None) -> None:
    if piece is None:
        del into[at:]
        into.extend(bytes(at - len(into)))
        return
    into.extend(bytes(max(0, at - len(into))))
    into[at : at + len(piece)] = piece


def _sectors(at: int, piece: bytes | None) -> Iterator[tuple[int, bytes | None]]:
    if piece is None:
        yield at, None
        return
    begin = 0
    while begin < len(piece):
        end = min(len(piece), begin + SECTOR - (at + begin) % SECTOR)
        yield at + begin, piece[begin:end]
        begin = end


class Disk:
    """What lay in a folder when recording began, and everything since."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[int, File] = {}
        self.names: dict[str, int | None] = {}  # None: a folder
        self.safe_names: dict[str, int | None] = {}
        self.pending_names: list[Entry] = []
        for path in folder.rglob("*"):
            if path.is_dir():
                self.names[str(path)] = None
            elif not path.name.endswith("-shm"):
                inode = path.stat().st_ino
                self.files[inode] = File(bytearray(path.read_bytes()))
                self.names[str(path)] = inode
        self.safe_names = dict(self.names)

    def does(self, entry: Entry) -> None:
        if entry.what == "c" or (entry.what in "tsw" and entry.inode not in self.files):
            self.files[entry.inode] = File()
        match entry.what:
            case "w":
                self.files[entry.inode].pending.append((entry.at, entry.first))
            case "s" | "t":
                self.files[entry.inode].pending.append((entry.at, None))
            case "f" if entry.inode in self.files and entry.path in self.names:
                self.files[entry.inode].flush()
            case "f":
                self._flush_folder(entry.path)
            case _:
                _rename(self.names, entry)
                self.pending_names.append(entry)

    def _flush_folder(self, folder: str) -> None:
        for entry in self.pending_names:
            if _folder(entry) == folder:
                _rename(self.safe_names, entry)
        self.pending_names = [e for e in self.pending_names if _folder(e) != folder]

    def written(self, name: str) -> bytes:
        """A file as a process sees it, power or not."""
        inode = self.names.get(str(self.folder / name))
        return self.files[inode].as_written() if inode else b""

    def cut(self, into: Path, chance: random.Random) -> None:
        """Lay down in `into` what a new start would find."""
        names = dict(self.safe_names)
        for entry in self.pending_names[: chance.randint(0, len(self.pending_names))]:
            _rename(names, entry)
        for name, inode in sorted(names.items()):
            path = into / os.path.relpath(name, self.folder)
            if inode is None:
                path.mkdir(parents=True, exist_ok=True)
            elif not name.endswith("-shm") and path.parent.exists():
                path.write_bytes(self.files[inode].after_a_cut(chance))


def _folder(entry: Entry) -> str:
    return str(PurePosixPath(entry.path).parent)


def _rename(names: dict[str, int | None], entry: Entry) -> None:
    """Do to names what an entry says."""
    match entry.what:
        case "c":
            names[entry.path] = entry.inode
        case "d":
            names[entry.path] = None
        case "u":
            names.pop(entry.path, None)
        case "r" if entry.path in names:
            names[entry.second.decode()] = names.pop(entry.path)
        case "l" if entry.path in names:
            names[entry.second.decode()] = names[entry.path]
