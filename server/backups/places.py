"""The second place: where backups and the journal lie, a folder on another disk or an S3."""

from __future__ import annotations

import errno
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, S3Store

from server.media.store import sync_to_disk


class Taken(Exception):
    """Somebody else wrote there in the meantime."""


class Place:
    """Things by name, each whole or not there. Raises OSError while it is out of reach."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._folder: Path | None = None
        if address.startswith("s3:"):
            self._store: LocalStore | S3Store = S3Store.from_url(
                address,
                client_options={"timeout": "20s", "allow_http": True},
                retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
            )
            return
        self._folder = Path(urlsplit(address).path if "://" in address else address)
        try:
            self._store = LocalStore(self._folder, mkdir=True)
        except BaseError as error:
            raise _out_of_reach(error) from error

    def put(self, name: str, body: bytes | Path, *, is_new: bool = False) -> None:
        """Lay it down, safe from a power cut. Raises Taken where `is_new` and the name is there."""
        try:
            obstore.put(self._store, name, body, mode="create" if is_new else "overwrite")
            if self._folder:
                sync_to_disk(self._folder / name)
        except AlreadyExistsError as error:
            raise Taken(name) from error
        except BaseError as error:
            raise _out_of_reach(error) from error

    def get(self, name: str) -> bytes:
        """Raises FileNotFoundError where there is none."""
        try:
            return obstore.get(self._store, name).bytes().to_bytes()
        except BaseError as error:
            raise _out_of_reach(error) from error

    def fetch(self, name: str, into: Path) -> None:
        """The thing as a file."""
        try:
            with into.open("wb") as file:
                for piece in obstore.get(self._store, name).stream(min_chunk_size=2**20):
                    file.write(piece)
        except BaseError as error:
            raise _out_of_reach(error) from error

    def names(self, below: str) -> list[str]:
        """Everything below a name, sorted."""
        return sorted(self.ages(below))

    def ages(self, below: str) -> dict[str, int]:
        """When each thing below a name was written (ms), by the place's own clock."""
        try:
            listed = [one for some in obstore.list(self._store, prefix=below) for one in some]
        except BaseError as error:
            raise _out_of_reach(error) from error
        return {one["path"]: int(one["last_modified"].timestamp() * 1000) for one in listed}

    def remove(self, names: Iterable[str]) -> None:
        try:
            if gone := list(names):
                obstore.delete(self._store, gone)
        except FileNotFoundError:
            return
        except BaseError as error:
            raise _out_of_reach(error) from error


def _out_of_reach(error: BaseError) -> OSError:
    kind = type(error).__name__
    return OSError(errno.EAGAIN, f"the second place cannot be reached ({kind})")
