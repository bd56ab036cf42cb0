"""The real server with a small town in its database."""

from __future__ import annotations

import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

from server import create_app
from server.database import db, writing
from server.devices.rules import invite
from server.permissions import Actor
from server.settings import ROOT, Settings
from tests import make
from tests.live import Server


class TownServer(Server):
    """What stands in its database can be read and written from outside."""

    def __init__(
        self, data: Path, empty_database: Path, *, root: Path = ROOT, **settings: str
    ) -> None:
        super().__init__(
            data, {f"STEWARD_{name.upper()}": value for name, value in settings.items()}, root
        )
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(empty_database, data / "steward.db")
        self.app = create_app(Settings(data=data))
        with self.app.app_context(), writing() as session:
            self.town = make.town(session)

    def close(self) -> None:
        self.stop()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def code_for(self, member: Any) -> str:
        """Eight digits that make a browser this member's phone."""
        coordinator = self.town.coordinator
        by = Actor(coordinator.id, "coordinator", coordinator.community_id)
        with self.app.app_context(), writing() as session:
            enrolment, digits, _token = invite(member, by=by, now=int(time.time() * 1000))
            session.add(enrolment)
        return digits

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What stands in the database, read from outside."""
        with sqlite3.connect(f"file:{self.data / 'steward.db'}?mode=ro", uri=True) as connection:
            found = connection.execute(query, values).fetchall()
        connection.close()
        return found
