"""What lies in a backup: the rows as one SQLite file, each photo, the secret, and the manifest."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from server.backups.seal import Damaged, Opening, Sealing

DATABASE, SECRET, MANIFEST = "database", "secret", "manifest.json"
PHOTOS = "photos/"
BLOCK = 2**18


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself: when it was made (ms), for which tables, how many rows each,
    and the SHA-256 of every other part."""

    made_at: int
    schema: str
    rows: dict[str, int]
    parts: dict[str, str] = field(default_factory=dict)


class Writer:
    """Puts parts into a backup, then the manifest with their hashes."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._parts: dict[str, str] = {}

    def add(self, name: str, file: IO[bytes], size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size = size
        hashing = _Hashing(file)
        self._tar.addfile(info, hashing)
        self._parts[name] = hashing.found.hexdigest()

    def finish(self, made_at: int, schema: str, rows: dict[str, int]) -> Manifest:
        manifest = Manifest(made_at, schema, rows, dict(self._parts))
        body = json.dumps(asdict(manifest)).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(body)
        self._tar.addfile(info, io.BytesIO(body))
        return manifest


class _Hashing:
    """A file that remembers what was read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.found = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.found.update(block)
        return block


@contextmanager
def writing_archive(file: IO[bytes], key: str) -> Iterator[Writer]:
    """A sealed archive onto `file`, whole only when the block ends well."""
    sealing = Sealing(file, key)
    with tarfile.open(mode="w|", fileobj=sealing, format=tarfile.PAX_FORMAT) as tar:
        yield Writer(tar)
    sealing.finish()


def unpack(file: IO[bytes], key: str, into: Path) -> Manifest:
    """Lay every part of a backup down below `into` and prove it. Nothing outside is touched.

    Raises Damaged, with the reason."""
    found: dict[str, str] = {}
    body = b""
    opening = Opening(file, key)
    try:
        with tarfile.open(mode="r|", fileobj=opening) as tar:
            for entry in tar:
                part = tar.extractfile(entry)
                if part is None or MANIFEST in found:
                    raise Damaged(f"“{entry.name}” has no place in a backup")
                if entry.name == MANIFEST:
                    body = part.read()
                    found[MANIFEST] = ""
                else:
                    found[entry.name] = _lay_down(part, into / _safe(entry.name))
        while opening.read(BLOCK):
            pass
    except tarfile.TarError as error:
        raise Damaged("its inside cannot be read") from error
    return _proved(body, found)


def _proved(body: bytes, found: dict[str, str]) -> Manifest:
    try:
        manifest = Manifest(**json.loads(body))
    except (ValueError, TypeError) as error:
        raise Damaged("it has no manifest") from error
    unlike = {
        name
        for name in {*manifest.parts, *found} - {MANIFEST}
        if manifest.parts.get(name) != found.get(name)
    }
    if unlike or DATABASE not in found:
        raise Damaged(f"missing or changed: {', '.join(sorted(unlike) or [DATABASE])}")
    return manifest


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    is_known = name in (DATABASE, SECRET) or name.startswith(PHOTOS)
    if not is_known or path.is_absolute() or ".." in path.parts:
        raise Damaged(f"“{name}” has no place in a backup")
    return path


def _lay_down(part: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    found = hashlib.sha256()
    with path.open("xb") as file:
        while block := part.read(BLOCK):
            found.update(block)
            file.write(block)
    return found.hexdigest()
