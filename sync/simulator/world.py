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
from sync.simulator.obedience import Obedience
from sync.simulator.people import People
from sync.simulator.phone import Phone
from sync.simulator.photos import are_kept, due
from sync.simulator.server import Server
from sync.simulator.storage import Grant
from sync.simulator.storm import storm
from sync.simulator.talks import Talks
from sync.simulator.timepiece import DAY, HOUR, START, YEAR, Timepiece

PHONES = 3
TURNS = 60
CRASHES = 0.04
RUSHES = 0.3  # histories that end in one


class World:
    """Everything that happens follows from `seed`; `shift` is added to every phone's clock."""

    def __init__(self, seed: int, shift: int = 0) -> None:
        self.seed = seed
        self.rng = rng = Random(seed)
        self.now = START
        self.watch = Watch()
        self.obedience = Obedience()
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
            self.fate.rush: 1,
            self.fate.close: 2,
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

    def happen(self, deed: Callable[[], None], longest: int = 0) -> None:
        """Some time passes, and then one thing is done."""
        self._go_on(self.now + self.rng.randrange(1, longest or self._some_time()))
        deed()
        self.watch.stepped(self.phones, self.server)

    def _some_time(self) -> int:
        chance = self.rng.random()
        return 20_000 if chance < 0.6 else 6 * HOUR if chance < 0.9 else 12 * DAY

    def _go_on(self, now: int) -> None:
        self.now = self.server.now = self.watch.now = now

    def come_to_rest(self) -> None:
        """The network is well again, everybody talks until nothing is left to say. Then look."""
        self.network.settle(self.now)
        for phone in self.phones:
            phone.crash = 0.0
        if self.rng.random() < RUSHES:
            self.talks.load.begin(self.now)
        self._drain()
        self.desk.release(self.rng.random)
        self._drain()
        self._look()

    def _drain(self) -> None:
        """Every page is open, and talks when its timer comes round."""
        self.obedience.free_since.clear()
        for phone in self.phones:
            phone.next_at = self.now
        talked: set[int] = set()
        for _ in range(TURNS * len(self.phones)):
            restless = [p for p in self.phones if id(p) not in talked or not self._is_quiet(p)]
            if not restless:
                return
            phone = min(restless, key=lambda p: p.next_at)
            self._go_on(max(self.now + 1, phone.next_at))
            self.obedience.comes_back(restless, self.now)
            self.talks.talk(phone, self.rng.choice((3, 200)), self.rng.choice((4, 500)))
            phone.comes_back(self.now)
            talked.add(id(phone))
            self.watch.stepped(self.phones, self.server)
        raise Violation("P13", [(phone.device, phone.acked, phone.n) for phone in restless])

    def _is_quiet(self, phone: Phone) -> bool:
        tables = self.server.tables
        if phone.has_news() or phone.new_key or due(phone):
            return False
        device = tables.devices.get(phone.device)
        if device is None or phone.epoch != tables.stream.epoch:
            return False
        if device.revoked_at is not None:
            return phone.is_revoked
        told = tables.granted(phone.member)
        whole = (tables.stream.next_seq - 1, 0)
        return phone.news.cursors.keys() <= told and all(
            phone.news.cursors.get(scope) == whole for scope in told
        )

    def _look(self) -> None:
        tables = self.server.tables
        checks.nothing_is_lost(self.watch.facts, tables)
        checks.phones_agree(self.phones, tables)
        checks.losers_are_kept(tables)
        are_kept(self.phones, self.server)
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
    """One history; every eighth once more with all clocks years away (P10), and after a storm."""
    world = World(seed)
    world.live()
    if seed % 8 == 0:
        twin = World(seed, shift=(1 if seed % 16 else -1) * 9 * YEAR)
        twin.live()
        same = rerun.digest(world.server.tables) == rerun.digest(twin.server.tables)
        hold("P10", same, "a clock that was shifted has changed what came of it")
        storm(seed)
