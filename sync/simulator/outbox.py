"""Outbox and journal in one list: what waits lies above `acked`, what was delivered below."""

from __future__ import annotations

from collections.abc import Mapping

from sync.change import NO_CHAIN, link
from sync.simulator.timepiece import DAY

JOURNAL_MS = 30 * DAY


class Entry:
    """One fact: waiting while its number is above `acked`, then in the journal."""

    __slots__ = ("about", "delivered_at", "fields", "n", "photo", "raw", "seq", "verdict")

    def __init__(
        self, n: int, raw: bytes, about: str, fields: frozenset[str], photo: str = ""
    ) -> None:
        self.n = n
        self.photo = photo
        self.raw = raw
        self.about = about
        self.fields = fields
        self.verdict = ""
        self.seq = 0
        self.delivered_at = 0


class Outbox:
    """Facts of one device in the order of their numbers, and the chain at each of them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.chains: dict[int, bytes] = {0: NO_CHAIN}
        self.n = 0
        self.acked = 0
        self.durable = 0

    def add(self, raw: bytes, about: str, fields: frozenset[str], photo: str = "") -> None:
        self.n += 1
        self.entries.append(Entry(self.n, raw, about, fields, photo))
        self.chains[self.n] = link(self.chains[self.n - 1], raw)

    def waiting(self) -> list[Entry]:
        return [e for e in self.entries if e.n > self.acked]

    def is_own(self, about: str, field: str, seq: int) -> bool:
        """True when what the screen shows of a field is this phone's own last word."""
        for entry in reversed(self.entries):
            if entry.about == about and field in entry.fields:
                if entry.n > self.acked:
                    return True
                return entry.verdict in ("applied", "") and entry.seq > seq
        return False

    def oldest(self) -> int:
        return self.entries[0].n if self.entries else self.n + 1

    def delivered(
        self, first: int, last: int, receipts: Mapping[int, str], seq: int, at: int
    ) -> None:
        """The changes of one push have their receipts; those not named were applied."""
        for entry in self.entries:
            if first <= entry.n <= last:
                entry.verdict = receipts.get(entry.n, "applied")
                entry.seq, entry.delivered_at = seq, at
        if first <= self.acked + 1:
            self.acked = max(self.acked, last)

    def number_anew(self) -> None:
        """What waits begins at 1 under a new name; the bytes stay as they are."""
        self.entries = self.waiting()
        self.n, self.acked, self.durable, self.chains = 0, 0, 0, {0: NO_CHAIN}
        for entry in self.entries:
            self.n += 1
            entry.n = self.n
            self.chains[self.n] = link(self.chains[self.n - 1], entry.raw)

    def needs(self, entry: Entry) -> bool:
        """True while something that belongs to it is still to be sent."""
        return False

    def purge(self, server_now: int) -> None:
        """Forget what was delivered long ago and is safe on the server's side too."""
        while self.entries:
            e = self.entries[0]
            is_old = e.delivered_at and server_now - e.delivered_at > JOURNAL_MS
            if not is_old or e.n > min(self.durable, self.acked - 1) or self.needs(e):
                return
            self.entries.pop(0)
