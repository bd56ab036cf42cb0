"""One history: a few phones, a desk, a network and somebody who looks after the server."""

from __future__ import annotations

from itertools import accumulate
from random import Random
from typing import Any

from sync.clock import Anchor
from sync.simulator import checks, rerun
from sync.simulator.checks import Fact, Violation, Watch, hold
from sync.simulator.desk import Desk
from sync.simulator.domain import PLACES, STATES
from sync.simulator.network import Network, Sent
from sync.simulator.phone import Crash, Phone
from sync.simulator.server import Server
from sync.simulator.storage import Grant, copied_device
from sync.simulator.timepiece import START, Timepiece
from sync.wire import read_push

MINUTE, HOUR, DAY, YEAR = 60_000, 3_600_000, 86_400_000, 31_536_000_000
PHONES = 3
ROUNDS = 40


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
        self.names = 0
        self.desk = Desk(self.server, rng, self.mark)
        self.phones = [self._phone(i, shift) for i in range(PHONES)]
        self.server.journal.before_commit = self._meanwhile

    def _phone(self, number: int, shift: int) -> Phone:
        clock = Timepiece(
            self.rng.choice((0, 0, 1, -1)) * self.rng.randrange(10 * YEAR) + shift,
            self.rng.randrange(-60, 61),
        )
        member = f"m{number}"
        here = clock.read(self.now)
        phone = Phone(member, self.server.enrol(member, here, None, None), clock, self.rng)
        phone.anchor = Anchor(here.segment, here.wall, self.now)
        for place in self.rng.sample(PLACES, self.rng.randrange(1, 3)):
            self.server.tables.grants.append(Grant(member, f"place:{place}", START, None))
        return phone

    def _deeds(self) -> tuple[list[Any], list[int]]:
        chances = {
            self._write: 34,
            self._exchange: 34,
            self._stir: 10,
            self.desk.act: 14,
            self._regrant: 5,
            self._jump: 3,
            self._compact: 3,
            self.server.back_up: 3,
            self._restore: 2,
            self._clone: 1,
            self._revoke: 1,
            self.server.upgrade: 1,
        }
        return list(chances), list(accumulate(chances.values()))

    def mark(self) -> int:
        self.marks += 1
        return self.marks

    def live(self) -> None:
        """The whole history, with its checks. Raises Violation."""
        for phone in self.phones:
            phone.crash = 0.04
        deeds, chances = self._deeds()
        for _ in range(self.rng.randrange(20, 60)):
            self._pass_time()
            [deed] = self.rng.choices(deeds, cum_weights=chances)
            deed()
            self.watch.stepped(self.phones, self.server)
        self._come_to_rest()
        self._look()

    def _pass_time(self) -> None:
        chance = self.rng.random()
        longest = 20_000 if chance < 0.6 else 6 * HOUR if chance < 0.9 else 12 * DAY
        self.now += self.rng.randrange(1, longest)
        self.server.now = self.watch.now = self.now

    # What people do

    def _write(self) -> None:
        phone = self.rng.choice(self.phones)
        chance = self.rng.random()
        seen = self._something_on(phone)
        if chance < 0.3 or not seen:
            self._make(phone)
        elif chance < 0.33:
            raw = b'{"k":"thing.noted@1","o":%d,' % self.mark()
            self._keep(lambda kept: phone.keep_raw(raw, self.marks, "", frozenset(), kept), phone)
        else:
            self._change(phone, *seen)

    def _make(self, phone: Phone) -> None:
        self.names += 1
        id = f"a{self.names:07x}-0000-7000-8000-000000000000"
        place = self.rng.choice(PLACES)
        body = {"place": place, "title": "", "note": "", "mark": self.mark()}
        self._freeze(phone, {"k": "thing.made@1", "o": id, "b": body})

    def _something_on(self, phone: Phone) -> tuple[str, int, dict[str, Any]] | None:
        """A record the phone knows: id, seq and fields; one of its own has no seq yet."""
        found = [
            (id, seq, row["fields"])
            for rows in phone.rows.values()
            for id, (seq, row) in rows.items()
        ]
        found += [(e.about, 0, {}) for e in phone.entries if "place" in e.fields and e.about]
        return self.rng.choice(found) if found else None

    def _change(self, phone: Phone, id: str, seq: int, fields: dict[str, Any]) -> None:
        kind, body = self.rng.choices(
            (
                ("noted", {}),
                ("changed", {self.rng.choice(("title", "note")): self.rng.choice("ab@")}),
                ("changed", {"place": self.rng.choice(PLACES)}),
                ("moved", {"to": self.rng.choice(STATES)}),
                ("reopened", {}),
                ("dropped", {}),
                ("refused", {}),
                ("broken", {}),
                ("hailed", {}),
            ),
            (4, 8, 3, 5, 1, 1, 1, 2, 1),
        )[0]
        seen = {f: fields[f][1] for f in body if f in fields and not phone.is_own(id, f, seq)}
        line: dict[str, Any] = {"k": f"thing.{kind}@1", "o": id}
        if seen:
            line["seen"] = seen
        self._freeze(phone, {**line, "b": {**body, "mark": self.mark()}})

    def _freeze(self, phone: Phone, line: dict[str, Any]) -> None:
        self._keep(lambda kept: phone.keep(line, self.marks, self.now, kept), phone)

    def _keep(self, work: Any, phone: Phone) -> None:
        def kept(raw: bytes) -> None:
            self.watch.facts[raw] = Fact(raw, self.now, phone.clock)

        try:
            work(kept)
        except Crash:
            phone.restart()

    # What phones do

    def _exchange(self) -> None:
        """One request; a second window may send beside the first."""
        phone = self.rng.choice(self.phones)
        if self.network.busy(phone) and self.rng.random() < 0.7:
            return
        self._talk(phone, self.rng.choice((1, 2, 5, 200)), self.rng.choice((1, 3, 500)))

    def _talk(self, phone: Phone, room: int, limit: int) -> None:
        try:
            if phone.new_key:
                self._renew(phone)
            elif phone.has_news() or self.rng.random() < 0.2:
                body, asked = phone.push_body(self.now, room)
                self._send(phone, body, asked, self._push, phone.pushed)
            if phone.is_revoked and not phone.new_key:
                self._send(phone, *phone.hello_body(), self.server.hello, phone.greeted)
            elif not phone.new_key:
                body, asked = phone.pull_body(limit)
                self._send(phone, body, asked, self.server.pull, phone.pulled)
        except Crash:
            phone.restart()

    def _send(self, phone: Phone, body: bytes, asked: Any, handler: Any, heard: Any) -> None:
        self.network.send(Sent(phone, phone.session, self.now, body, asked, handler, heard))

    def _push(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """The server's push, now and then with a full disk, and with its transactions counted."""
        journal = self.server.journal
        journal.is_full = not self.network.calm and self.rng.random() < 0.03
        before = journal.transactions
        answer = self.server.push(body)
        journal.is_full = False
        if (spent := journal.transactions - before) > 1:
            checks.poison_is_cheap(read_push(body), spent)
        return answer

    def _renew(self, phone: Phone) -> None:
        key, old, here = phone.new_key, phone.device, phone.clock.read(self.now)
        memory = phone.anchor

        def handler(body: bytes) -> tuple[int, dict[str, Any]]:
            return self.server.renew(key, old, phone.member, here, memory)

        def heard(asked: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
            phone.adopt(key, status, answer)

        self._send(phone, b"", {}, handler, heard)

    def _meanwhile(self) -> None:
        """Between judgement and commit, another phone asks for news and hears of the past."""
        if not self.network.calm and self.rng.random() < 0.15:
            phone = self.rng.choice(self.phones)
            body, asked = phone.pull_body(500)
            try:
                phone.pulled(asked, *self.server.pull(body))
            except Crash:
                phone.restart()

    # What happens to them

    def _stir(self) -> None:
        self.network.stir(self.now)

    def _jump(self) -> None:
        """By hand, at any time; or by the network, a little and just before the phone talks."""
        phone = self.rng.choice(self.phones)
        clock = phone.clock
        if self.rng.random() < 0.4:
            clock.jump(-self.rng.randrange(1000, 4 * MINUTE), self.now, is_noticed=False)
            self._talk(phone, 200, 500)
            return
        longest = self.rng.choice((10 * MINUTE, 2 * DAY, 10 * YEAR))
        size = self.rng.choice((1, -1)) * self.rng.randrange(1000, longest)
        clock.jump(size, self.now, is_noticed=self.rng.random() < 0.5)

    def _regrant(self) -> None:
        """A lane is given to somebody, or taken away."""
        member = self.rng.choice(self.phones).member
        scope = f"place:{self.rng.choice(PLACES)}"
        grants = self.server.tables.grants
        for i, grant in enumerate(grants):
            if grant.member == member and grant.scope == scope and grant.until is None:
                grants[i] = grant._replace(until=self.now)
                return
        grants.append(Grant(member, scope, self.now, None))

    def _compact(self) -> None:
        self.server.compact(self.rng.randrange(self.server.tables.stream.next_seq))

    def _restore(self) -> None:
        if self.server.backups:
            self.server.restore(self.rng.choice(self.server.restorable()))

    def _clone(self) -> None:
        if len(self.phones) == PHONES:
            phone = self.rng.choice(self.phones)
            self.phones.append(phone.clone())
            self.watch.copied |= {phone.clock, self.phones[-1].clock}

    def _revoke(self) -> None:
        phone = self.rng.choice(self.phones)
        device = self.server.tables.devices.get(phone.device)
        if device and self.rng.random() < 0.5:
            lost = copied_device(device)
            lost.revoked_at = self.now
            self.server.tables.devices[device.id] = lost

    # The end

    def _come_to_rest(self) -> None:
        """The network is well again; everybody talks until nobody has anything to say."""
        self.network.settle(self.now)
        for phone in self.phones:
            phone.crash = 0.0
        self._drain()
        self.desk.release(lambda: 0.0)
        self._drain()

    def _drain(self) -> None:
        for turn in range(ROUNDS):
            self.now += 1000
            self.server.now = self.watch.now = self.now
            restless = [p for p in self.phones if turn == 0 or not self._is_quiet(p)]
            if not restless:
                return
            for phone in restless:
                self._talk(phone, self.rng.choice((3, 200)), self.rng.choice((4, 500)))
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
        return all(phone.cursors.get(s) == (head, 0) for s in tables.granted(phone.member))

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
