"""A phone as `sync/phone/` is one: outbox and journal in one list, rows and cursors per scope."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import copy
from random import Random
from typing import Any

from sync.clock import Anchor
from sync.simulator.news import News
from sync.simulator.outbox import Entry, Outbox
from sync.simulator.timepiece import Timepiece

encode = json.JSONEncoder(separators=(",", ":")).encode
COMMUNITY = "c0000000-0000-4000-8000-000000000000"


class Crash(Exception):
    """The browser was killed; what was committed is still there, everything else is gone."""


class Phone(Outbox):
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
        self._rng = rng
        self._upto = 0  # after a fork: send no further than this
        self.session = 0  # which run of the app; answers to an earlier one find nobody
        self.crash = 0.0

    # What it is asked to do

    def keep(self, line: dict[str, Any], now: int, kept: Callable[[bytes], None]) -> None:
        """Freeze a fact and store it; `kept` is called when it is on disk."""
        segment, wall = self.clock.read(now)
        line = {"k": line["k"], "o": line["o"], "t": [segment, wall, 480], **line}
        raw = encode(line).encode()
        self.keep_raw(raw, str(line["o"]), frozenset(line["b"]), kept)

    def keep_raw(
        self,
        raw: bytes,
        about: str,
        fields: frozenset[str],
        kept: Callable[[bytes], None],
    ) -> None:
        def work() -> None:
            self.add(raw, about, fields)
            kept(raw)

        self.store(work)

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

    def _fall_back(self, acked: int) -> None:
        """The server seems to have less than it once confirmed: send again out of the journal."""
        self.acked = min(self.acked, max(acked, self.oldest() - 1))

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

    def _unknown(self) -> None:
        """The server has never heard of this device: all of its changes are to be told anew."""
        self.acked = 0
        self.new_key = self.new_key or self._new_key()

    def _new_key(self) -> str:
        return f"key-{self._rng.getrandbits(48):012x}"

    # A new name

    def adopt(self, key: str, status: int, answer: dict[str, Any]) -> None:
        """Renumber what waits under the new device; the bytes stay as they are."""
        if key != self.new_key:
            return
        if status == 404:
            self.store(self._unknown)
            return
        self.store(lambda: self._renumber(answer))

    def _renumber(self, answer: dict[str, Any]) -> None:
        self._enter_epoch(answer["epoch"], self.acked)
        self.number_anew()
        self.device, self.proven = answer["device"], answer["epoch"]
        self.new_key, self._upto = "", 0

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
            self.store(lambda: self._fall_back(answer["acked"]))

    # Hello, for a phone that may not pull

    def hello_body(self) -> tuple[bytes, dict[str, Any]]:
        asked = {"v": 1, "community": COMMUNITY, "device": self.device, "epoch": self.epoch}
        return encode(asked).encode(), asked

    def greeted(self, asked: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
        if asked["device"] != self.device or asked["epoch"] != self.epoch:
            return
        if status == 404:
            self.store(self._unknown)
            return
        self.store(lambda: self._enter_epoch(answer["epoch"], answer["acked"]))
        self.store(lambda: self._fall_back(answer["acked"]))
        self.is_revoked = answer["standing"] == "revoked"

    def _forget(self) -> None:
        self.is_revoked = True
        self.news = News()

    def _enter_epoch(self, epoch: int, acked: int) -> None:
        """Nothing that was asked from the server before counts; the outbox and journal do."""
        if epoch <= self.epoch:
            return
        self.epoch = epoch
        self.news.start_over()
        self.min_seq = self.durable = 0
        self._fall_back(acked)

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
        self.session += 1
        self._upto = 0

    def clone(self) -> Phone:
        """A copied profile: two storages that believe to be the same device."""
        twin = copy(self)
        twin.clock = self.clock.copy()
        twin.entries = [copy(e) for e in self.entries]
        twin.chains = dict(self.chains)
        twin.news = self.news.copy()
        twin.restart()
        return twin
