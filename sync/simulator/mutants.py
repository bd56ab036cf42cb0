"""The protocol broken on purpose, one rule at a time. Each break must be found.

Most of them are the fault of a known product.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

from sync import bench, decide, pull, reconcile
from sync.change import link
from sync.simulator import rudeness, server
from sync.simulator.checks import Violation
from sync.simulator.news import News
from sync.simulator.outbox import Entry, Outbox
from sync.simulator.phone import Phone
from sync.simulator.photos import Album
from sync.simulator.server import Backup, Server
from sync.simulator.storage import MemoryJournal
from sync.simulator.world import live
from sync.stamp import Stamp, hlc

SEEDS = 300

Swap = Callable[[Any, str, Any], None]


class Killed(NamedTuple):
    """The first history in which a mutant was found out, and by which property."""

    seed: int
    property: str


class Mutant(NamedTuple):
    name: str
    breaks: Callable[[Swap], None]


def _no_dedupe(swap: Swap) -> None:
    swap(reconcile, "_fresh", lambda push, chain, known: push.changes)


def _number_before_commit(swap: Swap) -> None:
    """As a sequence gives it: the number is visible to readers while its row is not."""
    swap(MemoryJournal, "stream", lambda self: self.tables.stream)


def _cleared_at_send(swap: Swap) -> None:
    def sending(self: Phone, sent: list[Entry], now: int) -> None:
        if sent:
            self.acked = max(self.acked, sent[-1].n)

    swap(Phone, "sending", sending)


def _no_journal(swap: Swap) -> None:
    def purge(self: Outbox, server_now: int) -> None:
        self.entries = [e for e in self.entries if e.n > self.acked]

    swap(Outbox, "purge", purge)


def _one_cursor(swap: Swap) -> None:
    """The highest cursor of any scope stands for all of them."""
    store, start = News.store_cursors, pull._start

    def store_highest(self: News, fresh: dict[str, Any]) -> None:
        store(self, fresh)
        self.cursors = dict.fromkeys(self.cursors, max(self.cursors.values(), default=(0, 0)))

    def start_highest(asked: Any, epoch: int, floor: int, scope: str, upto: int) -> Any:
        highest = max(asked.cursors.values(), default=(0, 0))
        cursors = {scope: asked.cursors.get(scope, highest)}
        return start(replace(asked, cursors=cursors), epoch, floor, scope, upto)

    swap(News, "store_cursors", store_highest)
    swap(pull, "_start", start_highest)


def _no_leave(swap: Swap) -> None:
    def silent(asked: Any, feed: Any, granted: Any) -> pull.Answer:
        told = pull.answer(asked, feed, granted)
        told.leave = []
        return told

    swap(server, "answer", silent)


def _no_out(swap: Swap) -> None:
    real = bench.Bench.publish

    def publish(self: bench.Bench, record: Any, scopes: tuple[str, ...]) -> int:
        record.scopes = scopes
        return real(self, record, scopes)

    swap(bench.Bench, "publish", publish)


def _bad_aborts_all(swap: Swap) -> None:
    def settle(push: Any, journal: Any, kinds: Any, now: int) -> Any:
        with journal.transaction():
            return reconcile.settle_within(push, journal, kinds, now)

    swap(server, "settle", settle)


def _restamped(swap: Swap) -> None:
    """A retry reads the clock anew, and so freezes other bytes under the same number."""

    def sending(self: Phone, sent: list[Entry], now: int) -> None:
        segment, wall = self.clock.read(now)
        for entry in sent:
            head, found, rest = entry.raw.partition(b'"t":[')
            if found:
                tail = rest.partition(b"]")[2]
                entry.raw = head + b'"t":[%d,%d,480]' % (segment, wall) + tail
            self.chains[entry.n] = link(self.chains[entry.n - 1], entry.raw)

    swap(Phone, "sending", sending)


def _no_floor(swap: Swap) -> None:
    real = Server.compact

    def compact(self: Server, floor: int) -> None:
        before = self.tables.stream.floor_seq
        real(self, floor)
        self.tables.stream.floor_seq = before

    swap(Server, "compact", compact)


def _same_epoch(swap: Swap) -> None:
    real = Server.restore

    def restore(self: Server, backup: Backup) -> None:
        epoch = self.tables.stream.epoch
        real(self, backup)
        self.tables.stream.epoch = epoch

    swap(Server, "restore", restore)


def _cursor_first(swap: Swap) -> None:
    def store_news(self: Phone, asked: dict[str, Any], answer: dict[str, Any]) -> None:
        """Two transactions: a crash between them leaves the cursor ahead of the rows."""
        fresh = self.news.fresh(asked["cursors"], answer["scopes"])
        self.news.begin_cold(fresh)
        self.news.store_cursors(fresh)
        self.store(lambda: self.news.store_rows(fresh, answer["changes"]))
        if self.n == self.acked:
            self.news.leave(answer["leave"])

    swap(Phone, "_store_news", store_news)


def _last_arrival_wins(swap: Swap) -> None:
    swap(decide, "_saw", lambda held, seen, stamp: True)


def _no_clamp(swap: Swap) -> None:
    def mint(when: Any, *, device: str, n: int, earliest: int, latest: int, after: Any) -> Stamp:
        eff = hlc(max(when.at, earliest))
        return Stamp(max([eff, *(value + 1 for value in after)]), device, n)

    swap(bench, "mint", mint)


def _unseen_photo(swap: Swap) -> None:
    swap(Album, "is_named", lambda self, name, content: True)


def _photo_gone(swap: Swap) -> None:
    real = Phone.photo_told

    def told(self: Phone, name: str, status: int, answer: dict[str, Any]) -> None:
        real(self, name, status, answer)
        if self.photos[name].offset:
            self.photos[name].content = b""

    swap(Phone, "photo_told", told)


def _words_forgotten(swap: Swap) -> None:
    swap(Phone, "needs", lambda self, entry: False)


MUTANTS = (
    Mutant("no dedupe by device and number", _no_dedupe),
    Mutant("number taken before commit", _number_before_commit),
    Mutant("outbox cleared at send", _cleared_at_send),
    Mutant("no journal, server restored", _no_journal),
    Mutant("one cursor for all scopes", _one_cursor),
    Mutant("no leave message", _no_leave),
    Mutant("no out row on move", _no_out),
    Mutant("a bad change aborts the batch", _bad_aborts_all),
    Mutant("restamped on retry", _restamped),
    Mutant("no compaction floor", _no_floor),
    Mutant("epoch ignored", _same_epoch),
    Mutant("cursor stored before rows", _cursor_first),
    Mutant("last arrival wins", _last_arrival_wins),
    Mutant("no clamp to server time", _no_clamp),
    Mutant("Retry-After ignored", rudeness.header_ignored),
    Mutant("backoff on success ignored", rudeness.backoff_ignored),
    Mutant("wait forgotten at a restart", rudeness.forgotten_at_restart),
    Mutant("a hand skips the wait", lambda swap: rudeness.skipped(swap, "hand")),
    Mutant("the network's return skips the wait", lambda swap: rudeness.skipped(swap, "network")),
    Mutant("phone never comes back", rudeness.never_back),
    Mutant("a bad header mutes the phone", rudeness.muted_by_a_header),
    Mutant("everybody comes back at once", rudeness.herd),
    Mutant("waits before it settles", rudeness.waits_first),
    Mutant("failures mute the phone", rudeness.rests_too_long),
    Mutant("photo stored without a look", _unseen_photo),
    Mutant("photo gone when it was sent", _photo_gone),
    Mutant("words forgotten before their photo went", _words_forgotten),
)


@contextmanager
def broken(mutant: Mutant) -> Iterator[None]:
    """The protocol with one rule broken; whole again afterwards."""
    undo: list[tuple[Any, str, Any]] = []

    def swap(owner: Any, name: str, value: Any) -> None:
        undo.append((owner, name, getattr(owner, name)))
        setattr(owner, name, value)

    mutant.breaks(swap)
    try:
        yield
    finally:
        for owner, name, value in reversed(undo):
            setattr(owner, name, value)


def hunt(mutant: Mutant, seeds: int = SEEDS) -> Killed | None:
    """The first history that finds the mutant out, or None when it survives."""
    with broken(mutant):
        for seed in range(seeds):
            try:
                live(seed)
            except Violation as found:
                return Killed(seed, found.property)
    return None
