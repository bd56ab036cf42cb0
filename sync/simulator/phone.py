"""A phone as `sync/phone/` is one: what it says, what it makes of answers, how long it waits."""

from __future__ import annotations

from typing import Any

from sync.clock import Anchor
from sync.simulator import patience
from sync.simulator.disk import Disk, encode
from sync.simulator.outbox import Entry
from sync.simulator.patience import Wait

COMMUNITY = "c0000000-0000-4000-8000-000000000000"
LEAST_MS, LONGEST_MS = 1000, 900_000


class Phone(Disk):
    """Says one thing at a time and stores what it hears."""

    def has_news(self) -> bool:
        """After a restore even an empty push has: its chain shows whose changes were kept."""
        return self.n > self.acked or self.proven != self.epoch

    # Push

    def push_body(self, now: int, room: int) -> tuple[bytes, dict[str, Any]]:
        """The clock first, then what waits: a fact written in between is not promised."""
        segment, wall = self.clock.read(now)
        waiting = self.waiting()
        sent = waiting[:room]
        if self._upto > self.acked:
            sent = [e for e in sent if e.n <= self._upto]
        envelope = {
            "v": 1,
            "community": COMMUNITY,
            "device": self.device,
            "epoch": self.epoch,
            "first": self.acked + 1,
            "count": len(sent),
            "chain": self.chains[self.acked].hex(),
            "clock": {"segment": segment, "wall": wall},
            "more": len(sent) < len(waiting),
        }
        head = encode(envelope).encode()
        self.sending(sent, now)
        return b"\n".join([head, *(e.raw for e in sent)]), envelope

    def sending(self, sent: list[Entry], now: int) -> None:
        """Nothing leaves the outbox by being sent."""

    def pushed(self, envelope: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
        """Settle a push by the protocol's table. Late answers to another life are passed over."""
        if envelope["device"] != self.device or envelope["epoch"] != self.epoch:
            return
        error = answer.get("error")
        if status == 200:
            self.store(lambda: self._settle(envelope, answer))
        elif error == "epoch":
            self.store(lambda: self._enter_epoch(answer["epoch"], answer["acked"]))
        elif error == "gap" and envelope["first"] == self.acked + 1:
            self.store(lambda: self._gap(answer["expected"]))
        elif error == "fork" and envelope["first"] == self.acked + 1:
            self.store(lambda: self._forked(envelope["first"], answer["agreed"]))
        elif error == "unknown_device":
            self.store(self._unknown)

    def _settle(self, envelope: dict[str, Any], answer: dict[str, Any]) -> None:
        first, last = envelope["first"], envelope["first"] + envelope["count"] - 1
        receipts = {r["n"]: r["verdict"] for r in answer["receipts"]}
        self.delivered(first, last, receipts, answer["seq"], answer["received_at"])
        self.min_seq = max(self.min_seq, answer["seq"])
        self.proven = answer["epoch"]
        self.durable = answer["durable"]
        if not envelope["more"]:
            clock = envelope["clock"]
            self.anchor = Anchor(clock["segment"], clock["wall"], answer["received_at"])
        self.purge(answer["received_at"])

    def _gap(self, expected: int) -> None:
        """Now it is sure. What the journal lacks cannot be sent; the rest needs a new name."""
        if expected < self.oldest():
            self.new_key = self.new_key or self._new_key()
        self._fall_back(expected - 1)

    def _forked(self, first: int, agreed: int | None) -> None:
        self._upto = 0
        if agreed is None and first > self.oldest():
            self.acked = self.oldest() - 1
        elif agreed is not None and agreed >= first:
            self._upto = agreed
        elif not self.new_key:
            self.new_key = self._new_key()

    # A new name

    def adopt(self, key: str, status: int, answer: dict[str, Any]) -> None:
        """Renumber what waits under the new device; the bytes stay as they are."""
        if key != self.new_key:
            return
        if status == 404:
            self.store(self._unknown)
        elif status == 200:
            self.store(lambda: self._renumber(answer))

    # Pull

    def pull_body(self, limit: int) -> tuple[bytes, dict[str, Any]]:
        asked = {
            "v": 1,
            "community": COMMUNITY,
            "device": self.device,
            "epoch": self.epoch,
            "cursors": self.news.cursors,
            "min_seq": self.min_seq,
            "limit": limit,
        }
        return encode(asked).encode(), asked

    def pulled(self, asked: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
        if asked["device"] != self.device or asked["epoch"] != self.epoch:
            return
        if status == 403:
            self.store(self._forget)
        elif status == 404:
            self.store(self._unknown)
        elif status == 200 and answer["epoch"] != self.epoch:
            self.store(lambda: self._enter_epoch(answer["epoch"], answer["acked"]))
        elif status == 200:
            self.store(lambda: self._store_news(asked, answer))
            self.store(lambda: self._may_fall_back(answer["acked"]))

    # Hello, for a phone that may not pull

    def hello_body(self) -> tuple[bytes, dict[str, Any]]:
        asked = {"v": 1, "community": COMMUNITY, "device": self.device, "epoch": self.epoch}
        return encode(asked).encode(), asked

    def greeted(self, asked: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
        if asked["device"] != self.device or asked["epoch"] != self.epoch:
            return
        if status == 404:
            self.store(self._unknown)
        elif status == 200:
            self.store(lambda: self._enter_epoch(answer["epoch"], answer["acked"]))
            self.store(lambda: self._may_fall_back(answer["acked"]))
            self.is_revoked = answer["standing"] == "revoked"

    # Waiting

    def is_held(self, now: int, by: str = "timer") -> bool:
        """True while nothing may be sent. A hand that presses leaves a shorter wait behind."""
        wait = self.wait
        until = patience.held_until(wait, self.clock.wall(now), by) if wait else 0
        if wait and by == "hand":
            self.store(lambda: self._wait_for(wait._replace(until=until) if until else None))
        return until > 0

    def heeds(self, status: int, answer: dict[str, Any], now: int) -> None:
        """Writes down how long to wait after an answer; what it acknowledged is stored by then."""
        failures = self.wait.failures if self.wait else 0
        if status in (429, 500, 503):
            self._waits(failures + 1, answer.get("retry_after_s", 0), now)
        elif after_s := answer.get("next", {}).get("after_s", 0):
            self._waits(0, after_s, now)
        elif self.wait and status == 200 and not self.is_held(now):
            self.wait = None

    def _waits(self, failures: int, after_s: float, now: int) -> None:
        wall = self.clock.wall(now)
        until = wall + patience.pause(failures, after_s, self._rng.random())
        if self.wait and until < patience.held_until(self.wait, wall, "timer"):
            return
        self.store(lambda: self._wait_for(Wait(wall, until, after_s, failures)))

    def _wait_for(self, wait: Wait | None) -> None:
        self.wait = wait

    def comes_back(self, now: int) -> None:
        """The page's timer: when the wait is over, or at once while more is to be told."""
        wall = self.clock.wall(now)
        until = patience.held_until(self.wait, wall, "timer") if self.wait else 0
        self.next_at = now + min(LONGEST_MS, max(LEAST_MS, until - wall))
