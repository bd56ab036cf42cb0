"""A real server with a crowd's phones enrolled, to be killed, starved and brought back."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import cast

import psutil
from flask.testing import FlaskClient
from sqlalchemy import Engine

from server import clock
from server.database import db, open_file, writing
from server.devices import rules
from sync.clock import Anchor
from tests.journeys.town_server import TownServer
from tests.phone import FakePhone
from tests.torture.crowd import Crowd
from tests.torture.wire import Wire


class House(TownServer):
    """gunicorn on a port of its own, with `phones` phones of one steward."""

    def __init__(self, data: Path, empty_database: Path, *, phones: int, seed: int) -> None:
        super().__init__(data, empty_database)
        wire = Wire(self.port)
        with self.app.app_context():
            made = [self._phone(wire) for _ in range(phones)]
            db.session.remove()
            db.engine.dispose()
        self.crowd = Crowd(made, self.town.lane.id, seed)

    def _phone(self, wire: Wire) -> FakePhone:
        now = clock.now()
        phone = FakePhone(cast("FlaskClient", wire), now)
        device = rules.claim(
            self.town.steward,
            key=phone.public_key,
            label="",
            app="",
            here=Anchor(phone.segment, now, now),
        )
        with writing() as session:
            session.add(device)
        phone.community, phone.device = device.community_id, device.id
        return phone

    @property
    def engine(self) -> Engine:
        return open_file(self.data / "steward.db")

    def processes(self) -> list[psutil.Process]:
        """The master first, then its workers."""
        assert self.process
        master = psutil.Process(self.process.pid)
        return [master, *master.children()]

    def kill(self) -> None:
        """All of it at once, in the middle of whatever it does."""
        for process in self.processes():
            process.send_signal(signal.SIGKILL)
        assert self.process
        self.process.wait(10)
        self.process = None

    def kill_worker(self) -> None:
        """One worker; its master makes another."""
        for worker in self.processes()[1:]:
            worker.send_signal(signal.SIGKILL)
