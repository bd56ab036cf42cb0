"""What phones say to the server, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.simulator import checks
from sync.simulator.disk import Crash, Photo
from sync.simulator.load import Load
from sync.simulator.network import Handler, Heard, Sent
from sync.simulator.phone import Phone
from sync.simulator.photos import PART, Album, due, name_of
from sync.wire import read_pull, read_push

if TYPE_CHECKING:
    from sync.simulator.world import World


GOOD_LINES = 0.3  # exchanges that come as far as photos


class Talks:
    """One request at a time goes out; what becomes of it is the network's affair."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng
        self.server = world.server
        self.network = world.network
        self.load = Load(world.rng)
        self.album = Album(world.server)

    def exchange(self) -> None:
        self.exchange_of(self.rng.choice(self.world.phones))

    def exchange_of(self, phone: Phone) -> None:
        """One request; a second window may send beside the first."""
        if self.network.busy(phone) and self.rng.random() < 0.7:
            return
        by = self.rng.choices(("timer", "network", "hand"), (2, 1, 1))[0]
        self.talk(phone, self.rng.choice((1, 5, 200, 200)), self.rng.choice((1, 5, 500, 500)), by)

    def talk(self, phone: Phone, room: int, limit: int, by: str = "timer") -> None:
        """What waits, then what is new; a phone that is told to wait says no more."""
        try:
            if by == "hand":
                self.world.obedience.pressed(phone)
            if phone.is_held(self.world.now, by):
                return
            if phone.new_key:
                self._renew(phone)
            elif phone.has_news() or self.rng.random() < 0.2:
                body, asked = phone.push_body(self.world.now, room)
                self._send(phone, body, asked, self._push, phone.pushed)
            if phone.new_key or phone.is_held(self.world.now):
                return
            if phone.is_revoked:
                self._send(phone, *phone.hello_body(), self._hello, phone.greeted)
            else:
                self._send(phone, *phone.pull_body(limit), self._pull, phone.pulled)
            if (photo := due(phone)) and (self.network.calm or self.rng.random() < GOOD_LINES):
                self._send_photo(phone, *photo)
        except Crash:
            phone.restart()

    def _send(self, phone: Phone, body: bytes, asked: Any, handler: Handler, heard: Heard) -> None:
        world = self.world
        world.obedience.speaks(phone, world.now)

        def heeded(asked: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
            world.obedience.arrives(phone, answer, world.now)
            heard(asked, status, answer)
            phone.heeds(status, answer, world.now)
            world.obedience.hears(phone, asked, status, answer, world.now)

        self.network.send(Sent(phone, phone.session, world.now, body, asked, handler, heeded))

    def _push(self, body: bytes) -> tuple[int, dict[str, Any]]:
        """The server's push, now and then with a full disk, and with its transactions counted."""
        if refusal := self.load.refusal(self.world.now, "push"):
            return refusal
        journal = self.server.journal
        journal.is_full = not self.network.calm and self.rng.random() < 0.03
        before = journal.transactions
        status, answer = self.server.push(body)
        journal.is_full = False
        if (spent := journal.transactions - before) > 1:
            checks.poison_is_cheap(read_push(body), spent)
        if status == 200:
            answer["next"] = {"after_s": self.load.after_s(self.world.now)}
        return status, answer

    def _pull(self, body: bytes) -> tuple[int, dict[str, Any]]:
        now = self.world.now
        cursors = read_pull(body).cursors.values() if now < self.load.until else ()
        what = "cold" if any(not at or cold for at, cold in cursors) else "pull"
        return self.load.refusal(now, what) or self.server.pull(body)

    def _hello(self, body: bytes) -> tuple[int, dict[str, Any]]:
        return self.load.refusal(self.world.now, "hello") or self.server.hello(body)

    def _send_photo(self, phone: Phone, name: str, photo: Photo) -> None:
        """An offer, or the next part; on a bad line a part may not be what was sent."""
        size, at = len(photo.content), photo.offset
        piece = photo.content[at : at + PART]
        check = name_of(piece) if self.rng.random() < 0.5 else ""
        is_spoilt = not self.network.calm and self.rng.random() < 0.2
        sent = self.rng.randbytes(len(piece)) if is_spoilt else piece
        is_offer = self.rng.random() < 0.3

        def handler(body: bytes) -> tuple[int, dict[str, Any]]:
            if is_offer:
                return self.album.offered(name)
            return self.album.part(name, size, at, sent, check)

        def heard(asked: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
            if asked["epoch"] == phone.epoch:
                phone.store(lambda: phone.photo_told(name, status, answer))

        if not phone.is_held(self.world.now):
            self._send(phone, b"", {"epoch": phone.epoch}, handler, heard)

    def _renew(self, phone: Phone) -> None:
        key, old, here = phone.new_key, phone.device, phone.clock.read(self.world.now)
        memory = phone.anchor

        def handler(body: bytes) -> tuple[int, dict[str, Any]]:
            refusal = self.load.refusal(self.world.now, "hello")
            return refusal or self.server.renew(key, old, phone.member, here, memory)

        def heard(asked: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
            phone.adopt(key, status, answer)

        self._send(phone, b"", {}, handler, heard)

    def meanwhile(self) -> None:
        """Between judgement and commit, another phone asks for news and hears of the past."""
        if not self.network.calm and self.rng.random() < 0.15:
            phone = self.rng.choice(self.world.phones)
            if phone.is_held(self.world.now):
                return
            self.world.obedience.speaks(phone, self.world.now)
            body, asked = phone.pull_body(500)
            try:
                phone.pulled(asked, *self.server.pull(body))
            except Crash:
                phone.restart()
