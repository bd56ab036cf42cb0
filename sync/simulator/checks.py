"""The properties of the protocol, and where each is looked at.

* At every commit of the server: P2 exactly once, P7 causality, P8 no future, P11 jump honesty,
  P14 legal states.
* At every push: P13 liveness past poison, as the number of transactions a bad change costs.
* After every step: P4 monotonic cursor, P5 no skip (for every scope that is not cold).
* When everything has come to rest: P1 no loss, P2 once more, with the effects counted,
  P3 convergence, P12 loser kept, P13 (every outbox is empty), P15 re-scope (no row of a scope that
  was left; P3 has all of one that was entered), P19 (a photo's name is its hash; none is missing).
  As all of these hold in histories with compaction and restores, so do P16 and P17.
* At every request: P20 obedience (`obedience`), of a crowd of phones in `storm`.
* While all comes to rest: liveness, by letting every phone talk when its own timer comes round.
* At the end of every history: P6 commutativity, by judging all changes anew in another order;
  P9 stamp stability, by sending every device's whole custody again; P12, by bringing losers back.
* In one history of eight: P10 clock independence, by living it again with every phone's clock
  shifted by years.

P11 is looked at more sharply than by winners: every stamp must be as near to the truth as its
doubt says, which no wrong winner without a flag can satisfy. It allows for what cannot be seen: the
network's delay at both ends, and jumps below the threshold. It says nothing of an absence with two
jumps one of which went unnoticed, as two jumps can cancel each other out, nor of the clocks of a
phone and its copy, which the server takes for one until they part.

Not here: P18 (outboxes of every release lie in `tests/sync/outboxes/`), P21 and P22 (they need an
engine). A revoked phone is outside P3, as it reads nothing; its changes are inside P1. What a desk
wrote after the backup is lost by a restore, as desks have no journal; so is a photo that its phone
has given away since.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from sync.clock import JUMP_FLOOR_MS, JUMP_PPM, Anchor
from sync.decide import conflict_id, is_legal
from sync.journal import Batch, Settled
from sync.receipt import Verdict
from sync.simulator.domain import GRAPH, POISON
from sync.simulator.network import LATEST_MS
from sync.simulator.phone import Phone
from sync.simulator.server import Server
from sync.simulator.storage import Tables, rendered
from sync.simulator.timepiece import Timepiece
from sync.stamp import from_wire
from sync.wire import Push


class Violation(BaseException):
    """A property does not hold. Not an Exception: reconciliation takes those for a bad change."""

    def __init__(self, name: str, what: object) -> None:
        super().__init__(f"{name}: {what}")
        self.property = name


class Fact(NamedTuple):
    """What really happened: the bytes, when by true time, and on which clock."""

    raw: bytes
    at: int
    clock: Timepiece


def hold(name: str, is_true: bool, what: object) -> None:
    if not is_true:
        raise Violation(name, what)


class Watch:
    """Looks at every commit of the server; remembers what phones had before the last step."""

    def __init__(self) -> None:
        self.facts: dict[bytes, Fact] = {}
        self.copied: set[Timepiece] = set()
        self.cursors: dict[int, tuple[tuple[int, int], dict[str, tuple[int, int]]]] = {}
        self.now = 0

    def committed(self, tables: Tables, batch: Batch) -> None:
        device = batch.device.id
        before = tables.devices[device]
        last = (before.last_eff, before.last_n)
        for n, settled in enumerate(batch.settled, start=len(tables.custody[device]) + 1):
            stamp = settled.stamp
            hold("P2", settled.change.n == n, ("taken twice", stamp, n))
            hold("P8", stamp.at <= self.now, (stamp, self.now))
            hold("P7", (stamp.eff, stamp.n) > last, (stamp, last))
            last = (stamp.eff, stamp.n)
            for seen in settled.change.seen.values():
                hold("P7", stamp.eff > from_wire(seen).eff, (stamp, seen))
            fact = self.facts.get(settled.change.raw)
            if fact and fact.clock not in self.copied and not settled.change.flaw:
                self._is_honest(settled, fact, before.anchor)
        for record in batch.records.values():
            hold("P14", is_legal(GRAPH, record.path), record.path)

    def _is_honest(self, settled: Settled, fact: Fact, anchor: Anchor) -> None:
        jumps = [j for j in fact.clock.jumps if j.found > (anchor.segment, anchor.wall)]
        if len(jumps) > 1 and not all(j.is_known for j in jumps):
            return
        net, sizes = abs(sum(j.size for j in jumps)), [abs(j.size) for j in jumps]
        unseen = JUMP_FLOOR_MS + 2 * JUMP_PPM * (self.now - anchor.server) // 1_000_000
        unseen += 2 * LATEST_MS  # as much as the delays at both ends can take from what is measured
        room = 2 * LATEST_MS + sum(size for size in (net, *sizes) if size <= unseen)
        error = abs(settled.stamp.at - fact.at)
        hold("P11", error <= settled.doubt + room, (settled, fact.at, error, jumps))

    def stepped(self, phones: list[Phone], server: Server) -> None:
        """Cursors go forward, but where the server ordered a cold start."""
        for phone in phones:
            life, before = self.cursors.get(id(phone), ((0, 0), {}))
            now = (phone.epoch, phone.news.departures)
            if phone.news.cursors is before:
                continue
            for scope, (cursor, cold) in phone.news.cursors.items():
                old = before.get(scope)
                order = (phone.device, scope)
                if old and life == now and cursor < old[0]:
                    hold("P4", bool(cold) or order in server.cold_orders, (scope, old, cursor))
                server.cold_orders.discard(order)
                if not cold and phone.epoch == server.tables.stream.epoch:
                    self._skips_nothing(phone, server.tables, scope, cursor)
            self.cursors[id(phone)] = (now, phone.news.cursors)

    def _skips_nothing(self, phone: Phone, tables: Tables, scope: str, cursor: int) -> None:
        held = phone.news.rows.get(scope, {})
        for row in tables.feed.get(scope, {}).values():
            if row.seq <= cursor:
                has = held.get(row.about, (0,))[0]
                hold("P5", has == (row.seq if row.what == "row" else 0), (scope, row, has))


def poison_is_cheap(push: Push, transactions: int) -> None:
    """One bad change costs O(log n) transactions."""
    bad = sum(1 for c in push.changes if c.kind == POISON)
    n = max(1, len(push.changes))
    hold("P13", transactions <= 1 + bad * (2 * n.bit_length() + 2), (transactions, bad, n))


def nothing_is_lost(facts: dict[bytes, Fact], tables: Tables) -> None:
    """P1 and P2: the bytes of every fact are in custody, once, and did their work once at most."""
    kept = Counter(s.change.raw for custody in tables.custody.values() for s in custody)
    for raw in facts:
        hold("P1", raw in kept, raw)
    hold("P2", kept.total() == len(kept), kept.most_common(1))
    for device, custody in tables.custody.items():
        numbers = [s.change.n for s in custody]
        hold("P2", numbers == list(range(1, len(numbers) + 1)), (device, numbers))
    worst = tables.effects.most_common(1)
    hold("P2", not worst or worst[0][1] == 1, worst)


def phones_agree(phones: list[Phone], tables: Tables) -> None:
    """P3, P5, P15: a phone shows what the server has of its scopes, and nothing else."""
    for phone in phones:
        device = tables.devices.get(phone.device)
        if device is None or device.revoked_at is not None:
            continue
        granted = tables.granted(phone.member)
        for scope, rows in phone.news.rows.items():
            hold("P15", scope in granted or not rows, (scope, rows))
        for scope in granted:
            feed = tables.feed.get(scope, {})
            wanted = {
                about: (row.seq, rendered(tables.records[about]))
                for (_, about), row in feed.items()
                if row.what == "row"
            }
            hold(
                "P3",
                phone.news.rows.get(scope, {}) == wanted,
                (scope, phone.news.rows.get(scope), wanted),
            )


def losers_are_kept(tables: Tables) -> None:
    """P12: whatever lost a race is named, and its bytes are in custody."""
    for custody in tables.custody.values():
        for s in custody:
            if s.receipt.verdict not in (Verdict.SUPERSEDED, Verdict.CONFLICT):
                continue
            for name in s.receipt.details.get("fields", ()):
                found = tables.conflicts.get(conflict_id(s.stamp, name))
                hold("P12", found is not None, s)
                assert found is not None
                loser = tables.custody[found.loser.device][found.loser.n - 1]
                hold("P12", loser.stamp == found.loser, found)
