"""A real server with a crowd's phones enrolled, to be killed, starved and brought back."""

from __future__ import annotations

import shutil
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import psutil
from flask.testing import FlaskClient
from sqlalchemy import Engine, NullPool, create_engine

from server import clock, create_app
from server.database import db, open_file, writing
from server.devices import rules
from server.settings import Settings
from sync.clock import Anchor
from tests import make
from tests.live import Server
from tests.phone import FakePhone
from tests.torture.crowd import Crowd
from tests.torture.wire import Lost, Wire

PATIENCE_S = 10
PROGRAM = "tests.torture.program:create_app()"


class House(Server):
    """gunicorn on a port of its own, with `phones` phones of one steward.

    url: its PostgreSQL; empty: a file in its folder. environ: `{data}` in it is the folder.
    through: the port phones find it at, when something stands between.
    """

    def __init__(
        self,
        data: Path,
        empty_database: Path,
        *,
        phones: int,
        seed: int,
        url: str = "",
        environ: dict[str, str] | None = None,
        through: int = 0,
    ) -> None:
        around = {name: value.format(data=data) for name, value in (environ or {}).items()}
        at = {"DATABASE_URL": url} if url else {}
        is_watched = "DEATHS" in around or "MARKS" in around
        super().__init__(data, {**at, **around}, program=PROGRAM if is_watched else "")
        data.mkdir(parents=True, exist_ok=True)
        if not url:
            shutil.copy(empty_database, data / "steward.db")
        self.url = url
        self.app = create_app(Settings(data=data, database_url=url))
        wire = Wire(through or self.port)
        with self.app.app_context():
            with writing() as session:
                self.town = make.town(session)
            made = [self._phone(wire) for _ in range(phones)]
            self.forget()
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

    def _answers(self) -> bool:
        """With more patience than elsewhere: a crowd is at the door already."""
        try:
            return Wire(self.port, PATIENCE_S).open("/health").status_code == 200
        except Lost:
            return False

    def forget(self) -> None:
        """Let go of the database this process has open."""
        db.session.remove()
        db.engine.dispose()

    def close(self) -> None:
        if self.process:
            self.kill()  # it has shown what it can
        with self.app.app_context():
            self.forget()

    @property
    def engine(self) -> Engine:
        if self.url:
            settings = Settings(database_url=self.url)
            return create_engine(settings.database, poolclass=NullPool)
        return open_file(self.data / "steward.db")

    def processes(self) -> list[psutil.Process]:
        """The master first, then its workers."""
        assert self.process
        master = psutil.Process(self.process.pid)
        return [master, *master.children()]

    def kill(self) -> None:
        """All of it at once, in the middle of whatever it does."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)  # so that it makes no worker meanwhile
        everybody = self.processes()
        for process in everybody:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        psutil.wait_procs(everybody, 10)
        self.process = None

    def kill_worker(self) -> None:
        """One worker; its master makes another."""
        for worker in self.processes()[1:]:
            worker.send_signal(signal.SIGKILL)

    def rows(self, query: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.exec_driver_sql(query))
