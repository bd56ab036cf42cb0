"""What phones say to the server, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sync.simulator import checks
from sync.simulator.network import Sent
from sync.simulator.phone import Crash, Phone
from sync.wire import read_push

if TYPE_CHECKING:
    from sync.simulator.world import World


class Talks:
    """One request at a time goes out; what becomes of it is the network's affair."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rng = world.rng
        self.server = world.server
        self.network = world.network

    def exchange(self) -> None:
        """One request; a second window may send beside the first."""
        phone = self.rng.choice(self.world.phones)
        if self.network.busy(phone) and self.rng.random() < 0.7:
            return
        self.talk(phone, self.rng.choice((1, 5, 200, 200)), self.rng.choice((1, 5, 500, 500)))

    def talk(self, phone: Phone, room: int, limit: int) -> None:
        try:
            if phone.new_key:
                self._renew(phone)
            elif phone.has_news() or self.rng.random() < 0.2:
                body, asked = phone.push_body(self.world.now, room)
                self._send(phone, body, asked, self._push, phone.pushed)
            if phone.is_revoked and not phone.new_key:
                self._send(phone, *phone.hello_body(), self.server.hello, phone.greeted)
            elif not phone.new_key:
                body, asked = phone.pull_body(limit)
                self._send(phone, body, asked, self.server.pull, phone.pulled)
        except Crash:
            phone.restart()

    def _send(self, phone: Phone, body: bytes, asked: Any, handler: Any, heard: Any) -> None:
        self.network.send(Sent(phone, phone.session, self.world.now, body, asked, handler, heard))

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
        key, old, here = phone.new_key, phone.device, phone.clock.read(self.world.now)
        memory = phone.anchor

        def handler(body: bytes) -> tuple[int, dict[str, Any]]:
            return self.server.renew(key, old, phone.member, here, memory)

        def heard(asked: dict[str, Any], status: int, answer: dict[str, Any]) -> None:
            phone.adopt(key, status, answer)

        self._send(phone, b"", {}, handler, heard)

    def meanwhile(self) -> None:
        """Between judgement and commit, another phone asks for news and hears of the past."""
        if not self.network.calm and self.rng.random() < 0.15:
            phone = self.rng.choice(self.world.phones)
            body, asked = phone.pull_body(500)
            try:
                phone.pulled(asked, *self.server.pull(body))
            except Crash:
                phone.restart()
