"""What a phone has on its disk, and how it changes: all of a transaction or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy
from random import Random
from typing import Any, Self

from sync.clock import Anchor
from sync.simulator.news import News
from sync.simulator.outbox import Entry, Outbox
from sync.simulator.patience import Wait
from sync.simulator.timepiece import Timepiece

encode = json.JSONEncoder(separators=(",", ":")).encode


class Crash(Exception):
    """The browser was killed; what was committed is still there, everything else is gone."""


class Photo:
    """On a phone; without content once nobody needs it there any more."""

    __slots__ = ("content", "is_stored", "offset")

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.is_stored = False
        self.offset = 0


class Disk(Outbox):
    """One storage. Whatever is named without an underscore survives a crash."""

    def __init__(self, member: str, device: str, clock: Timepiece, rng: Random) -> None:
        super().__init__()
        self.member = member
        self.device = device
        self.clock = clock
        self.epoch = self.proven = 1
        self.min_seq = 0
        self.anchor: Anchor | None = None
        self.news = News()
        self.new_key = ""
        self.is_revoked = False
        self.wait: Wait | None = None
        self.photos: dict[str, Photo] = {}
        self._rng = rng
        self._upto = 0  # after a fork: send no further than this
        self.session = 0  # which run of the app; answers to an earlier one find nobody
        self.next_at = 0  # when the page's timer comes round
        self.crash = 0.0

    def keep(
        self, line: dict[str, Any], now: int, kept: Callable[[bytes], None], photo: bytes = b""
    ) -> None:
        """Freeze a fact and store it with its photo; `kept` is called when both are on disk."""
        segment, wall = self.clock.read(now)
        line = {"k": line["k"], "o": line["o"], "t": [segment, wall, 480], **line}
        raw = encode(line).encode()
        name = line["b"].get("photo", "")
        self.keep_raw(raw, str(line["o"]), frozenset(line["b"]), kept, {name: photo})

    def keep_raw(
        self,
        raw: bytes,
        about: str,
        fields: frozenset[str],
        kept: Callable[[bytes], None],
        photos: dict[str, bytes] | None = None,
    ) -> None:
        def work() -> None:
            [(name, photo)] = (photos or {"": b""}).items()
            self.add(raw, about, fields, name)
            if name:
                self.photos[name] = Photo(photo)
            kept(raw)

        self.store(work)

    # What answers do to it

    def _fall_back(self, acked: int) -> None:
        """The server seems to have less than it once confirmed: send again out of the journal."""
        self.acked = min(self.acked, max(acked, self.oldest() - 1))

    def _may_fall_back(self, acked: int) -> None:
        """Not before a new name: a fork has proven what is there, and answers may be late."""
        if not self.new_key:
            self._fall_back(acked)

    def _unknown(self) -> None:
        """The server has never heard of this device: all of its changes are to be told anew."""
        self.acked = 0
        self.new_key = self.new_key or self._new_key()

    def _new_key(self) -> str:
        return f"key-{self._rng.getrandbits(48):012x}"

    def _renumber(self, answer: dict[str, Any]) -> None:
        self._enter_epoch(answer["epoch"], self.acked)
        self.number_anew()
        self.device, self.proven = answer["device"], answer["epoch"]
        self.new_key, self._upto = "", 0

    def _forget(self) -> None:
        self.is_revoked = True
        self.news.leave(list(self.news.rows | self.news.cursors))

    def _enter_epoch(self, epoch: int, acked: int) -> None:
        """Nothing that was asked from the server before counts; the outbox and journal do."""
        if epoch <= self.epoch:
            return
        self.epoch = epoch
        self.news.start_over()
        for photo in self.photos.values():
            if photo.content:
                photo.is_stored, photo.offset = False, 0
        self.min_seq = self.durable = 0
        self._fall_back(acked)

    def photo_told(self, name: str, status: int, answer: dict[str, Any]) -> None:
        """Go on where the server is; bytes go once they, and the words, are safe with it."""
        photo = self.photos[name]
        photo.is_stored = photo.is_stored or answer.get("state") == "stored"
        photo.offset = answer.get("offset", photo.offset)
        if photo.is_stored and self._is_safe(name):
            photo.content = b""

    def _is_safe(self, name: str) -> bool:
        return all(e.n <= min(self.acked, self.durable) for e in self.entries if e.photo == name)

    def needs(self, entry: Entry) -> bool:
        return entry.photo != "" and not self.photos[entry.photo].is_stored

    def _store_news(self, asked: dict[str, Any], answer: dict[str, Any]) -> None:
        """Rows and cursors in one transaction, unless a newer answer has come before."""
        fresh = self.news.fresh(asked["cursors"], answer["scopes"])
        self.news.begin_cold(fresh)
        self.news.store_rows(fresh, answer["changes"])
        self.news.store_cursors(fresh)
        if self.n == self.acked:
            self.news.leave(answer["leave"])

    # Local transactions

    def store(self, work: Callable[[], None]) -> None:
        """All of `work` or nothing; the app may die right before or right after."""
        if self.crash and self._rng.random() < self.crash:
            raise Crash
        work()
        if self.crash and self._rng.random() < self.crash:
            raise Crash

    def restart(self) -> None:
        """The app is opened anew, and begins to talk at once."""
        self.session += 1
        self._upto = self.next_at = 0

    def clone(self) -> Self:
        """A copied profile: two storages that believe to be the same device."""
        twin = copy(self)
        twin.clock = self.clock.copy()
        twin.entries = [copy(e) for e in self.entries]
        twin.chains = dict(self.chains)
        twin.news = self.news.copy()
        twin.photos = {name: copy(photo) for name, photo in self.photos.items()}
        twin.restart()
        return twin
