"""A town with one enrolled phone, and the pushes that phone makes."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import dataclass, replace
from pathlib import Path

from flask_migrate import upgrade

from server import clock, create_app
from server.database import db, writing
from server.devices import rules
from server.settings import Settings
from sync.clock import Anchor
from tests import make
from tests.phone import FakePhone


@dataclass
class Town:
    """The database as built, a copy of it, and for each of them a phone."""

    environ: dict[str, str]
    copy: Path
    phone: FakePhone
    bare_phone: FakePhone
    lane: str

    def lines(self, phone: FakePhone, count: int) -> tuple[int, int]:
        """Write `count` more reports; their first and last number."""
        first = len(phone.lines) + 1
        for i in range(count):
            about = str(uuid.uuid4())
            body = {
                "place": self.lane,
                "category": "rubbish",
                "level": "community",
                "words": f"井台边的桶满了，袋子摞了三层，野猫扒得一地都是。第 {i} 条",
            }
            phone.writes("report.filed@1", about, body, later=10)
        return first, first + count - 1

    def signed_push(self, count: int) -> tuple[str, bytes, dict[str, str]]:
        body = self.phone.push_body(*self.lines(self.phone, count))
        return "/sync/v1/push", body, self.phone.signed("POST", "/sync/v1/push", body)

    def bare_push(self, count: int) -> bytes:
        return self.bare_phone.push_body(*self.lines(self.bare_phone, count))


def build(folder: Path) -> Town:
    app = create_app(Settings(data=folder))
    with app.app_context():
        upgrade()
        with writing() as session:
            town = make.town(session)
            now = clock.now()
            phone = FakePhone(app.test_client(), now)
            device = rules.claim(
                town.steward, key=phone.public_key, label="", app="", here=Anchor(1, now, now)
            )
            session.add(device)
            phone.community, phone.device = device.community_id, device.id
        with db.engine.connect() as connection:
            connection.connection.dbapi_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        db.engine.dispose()
        copy = folder / "bare.db"
        shutil.copy(folder / "steward.db", copy)
        other = replace(phone, lines=[])
        return Town({"STEWARD_DATA": str(folder)}, copy, phone, other, town.lane.id)
