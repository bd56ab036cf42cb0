"""One history: a few phones, a desk, a network and somebody who looks after the server."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from random import Random

from sync.clock import Anchor
from sync.simulator import checks, rerun
from sync.simulator.checks import Violation, Watch, hold
from sync.simulator.desk import Desk
from sync.simulator.domain import PLACES
from sync.simulator.fate import Fate
from sync.simulator.network import Network
from sync.simulator.people import People
from sync.simulator.phone import Phone
from sync.simulator.server import Server
from sync.simulator.storage import Grant
from sync.simulator.talks import Talks
from sync.simulator.timepiece import DAY, HOUR, START, YEAR, Timepiece

PHONES = 3
ROUNDS = 40
CRASHES = 0.04


class World:
    """Everything that happens follows from `seed`; `shift` is added to every phone's clock."""

    def __init__(self, seed: int, shift: int = 0) -> None:
        self.seed = seed
        self.rng = rng = Random(seed)
        self.now = START
        self.watch = Watch()
        self.server = Server(START, self.watch.committed)
        self.network = Network(rng)
        self.marks = 0
        self.desk = Desk(self.server, rng, self.mark)
        self.phones = [self._phone(i, shift) for i in range(PHONES)]
        self.people, self.talks, self.fate = People(self), Talks(self), Fate(self)
        self.server.journal.before_commit = self.talks.meanwhile

    def _phone(self, number: int, shift: int) -> Phone:
        clock = Timepiece(
            self.rng.choice((0, 0, 1, -1)) * self.rng.randrange(10 * YEAR) + shift,
            self.rng.randrange(-60, 61),
        )
        member = f"m{number}"
        here = clock.read(self.now)
        phone = Phone(member, self.server.enrol(member, here, None, None), clock, self.rng)
        phone.crash = CRASHES
        phone.anchor = Anchor(here.segment, here.wall, self.now)
        for place in self.rng.sample(PLACES, self.rng.randrange(2, 4)):
            self.server.tables.grants.append(Grant(member, f"place:{place}", START, None))
        return phone

    def deeds(self) -> dict[Callable[[], None], int]:
        """What may happen next, and how often it does."""
        return {
            self.people.write: 34,
            self.talks.exchange: 34,
            self.fate.stir: 10,
            self.desk.act: 14,
            self.fate.regrant: 5,
            self.fate.jump: 2,
            self.fate.correct: 3,
            self.fate.compact: 5,
            self.server.back_up: 3,
            self.fate.restore: 2,
            self.fate.clone: 1,
            self.fate.revoke: 1,
            self.server.upgrade: 1,
        }

    def mark(self) -> int:
        self.marks += 1
        return self.marks

    def live(self) -> None:
        """The whole history, with its checks. Raises Violation."""
        deeds = self.deeds()
        choice, chances = list(deeds), list(accumulate(deeds.values()))
        for _ in range(self.rng.randrange(20, 60)):
            [deed] = self.rng.choices(choice, cum_weights=chances)
            self.happen(deed)
        self.come_to_rest()

    def happen(self, deed: Callable[[], None]) -> None:
        """Some time passes, and then one thing is done."""
        self._pass_time()
        deed()
        self.watch.stepped(self.phones, self.server)

    def _pass_time(self) -> None:
        chance = self.rng.random()
        longest = 20_000 if chance < 0.6 else 6 * HOUR if chance < 0.9 else 12 * DAY
        self.now += self.rng.randrange(1, longest)
        self.server.now = self.watch.now = self.now

    def come_to_rest(self) -> None:
        """The network is well again, everybody talks until nothing is left to say. Then look."""
        self.network.settle(self.now)
        for phone in self.phones:
            phone.crash = 0.0
        self._drain()
        self.desk.release(self.rng.random)
        self._drain()
        self._look()

    def _drain(self) -> None:
        for turn in range(ROUNDS):
            self.now += 1000
            self.server.now = self.watch.now = self.now
            restless = [p for p in self.phones if turn == 0 or not self._is_quiet(p)]
            if not restless:
                return
            for phone in restless:
                self.talks.talk(phone, self.rng.choice((3, 200)), self.rng.choice((4, 500)))
            self.watch.stepped(self.phones, self.server)
        raise Violation("P13", [(phone.device, phone.acked, phone.n) for phone in restless])

    def _is_quiet(self, phone: Phone) -> bool:
        tables = self.server.tables
        if phone.has_news() or phone.new_key:
            return False
        device = tables.devices.get(phone.device)
        if device is None or phone.epoch != tables.stream.epoch:
            return False
        if device.revoked_at is not None:
            return phone.is_revoked
        head = tables.stream.next_seq - 1
        return all(phone.news.cursors.get(s) == (head, 0) for s in tables.granted(phone.member))

    def _look(self) -> None:
        tables = self.server.tables
        checks.nothing_is_lost(self.watch.facts, tables)
        checks.phones_agree(self.phones, tables)
        checks.losers_are_kept(tables)
        rerun.order_does_not_matter(tables, self.rng)
        rerun.repeating_changes_nothing(self.server)
        self._losers_can_win()

    def _losers_can_win(self) -> None:
        """P12: what lost can be brought back, whatever the clocks said."""
        tables = self.server.tables
        found = [c for c in tables.conflicts.values() if c.state == "open" and c.field != "state"]
        for conflict in found[:3]:
            if tables.records[conflict.about].removed:
                continue
            receipt = self.desk.decide(conflict.id, conflict.about, "restore")
            held = tables.records[conflict.about].fields[conflict.field]
            hold("P12", receipt.verdict == "applied", receipt)
            hold("P12", held.value == conflict.loser_value, (conflict, held))


def live(seed: int) -> None:
    """One history; every eighth once more with all clocks years away (P10)."""
    world = World(seed)
    world.live()
    if seed % 8 == 0:
        twin = World(seed, shift=(1 if seed % 16 else -1) * 9 * YEAR)
        twin.live()
        same = rerun.digest(world.server.tables) == rerun.digest(twin.server.tables)
        hold("P10", same, "a clock that was shifted has changed what came of it")
