"""Many phones that send without pause to one server, and what must be true afterwards."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter

from sqlalchemy import Connection, Engine, func, select

from server.devices.models import Device
from server.exchange.models import ChangeRow, RecordRow
from server.reports.models import Report
from tests.phone import FakePhone
from tests.torture.wire import Lost

MOST_WAITING = 20


class Walker(threading.Thread):
    """One phone in its own thread: writes reports and pushes them until told to stop."""

    def __init__(self, phone: FakePhone, lane: str, seed: int) -> None:
        super().__init__(daemon=True)
        self.phone, self.lane = phone, lane
        self.chance = random.Random(seed)
        self.filed: list[str] = []
        self.codes: Counter[int] = Counter()
        self.lost = 0
        self.fault: BaseException | None = None
        self._stop_writing = threading.Event()

    def run(self) -> None:
        try:
            while not self._stop_writing.is_set():
                if len(self.phone.lines) - self.phone.acked < MOST_WAITING:
                    self._writes()
                self._pushes()
                time.sleep(self.chance.random() * 0.1)
        except BaseException as fault:
            self.fault = fault
            raise

    def stops(self) -> None:
        self._stop_writing.set()
        self.join(60)

    def _writes(self) -> None:
        for _ in range(self.chance.randint(1, 4)):
            words = f"第{len(self.filed)}件：井台边的桶满了"
            self.filed.append(self.phone.files_report(self.lane, words))

    def _pushes(self) -> None:
        """One push; sometimes a repeated one, or one whose answer nobody hears."""
        first = self.phone.acked + 1
        if self.chance.random() < 0.2:
            first = max(1, first - self.chance.randint(1, 5))
        try:
            answer = self.phone.pushes(
                first=first,
                losing_the_answer=self.chance.random() < 0.1,
                packed=self.chance.random() < 0.5,
            )
        except Lost:
            self.lost += 1
            return
        self.codes[answer.status_code] += 1
        if answer.status_code == 409 and answer.json["error"] == "epoch":
            self.phone.epoch, self.phone.acked = answer.json["epoch"], answer.json["acked"]
        elif answer.status_code == 503:
            time.sleep(min(0.2, float(answer.headers["Retry-After"])))

    def drains(self, seconds: float = 60) -> None:
        """Send until nothing waits."""
        until = time.monotonic() + seconds
        while self.phone.acked < len(self.phone.lines):
            if time.monotonic() > until:
                raise TimeoutError(f"{len(self.phone.lines) - self.phone.acked} still wait")
            self._pushes()


class Crowd:
    """All walkers together."""

    def __init__(self, phones: list[FakePhone], lane: str, seed: int) -> None:
        self.walkers = [Walker(phone, lane, seed + n) for n, phone in enumerate(phones)]

    def starts(self) -> None:
        for walker in self.walkers:
            walker.start()

    def stops(self) -> None:
        for walker in self.walkers:
            walker.stops()
        faults = [walker.fault for walker in self.walkers if walker.fault]
        assert not faults, faults

    def drains(self) -> None:
        for walker in self.walkers:
            walker.drains()

    @property
    def acked(self) -> int:
        return sum(walker.phone.acked for walker in self.walkers)

    def codes(self) -> Counter[int]:
        return sum((walker.codes for walker in self.walkers), Counter())


def check_all(engine: Engine, crowd: Crowd) -> None:
    """Every line of every phone is in custody once, byte for byte, and has had its effect once."""
    with engine.connect() as rows:
        if engine.dialect.name == "sqlite":
            assert rows.exec_driver_sql("PRAGMA integrity_check").all() == [("ok",)]
            assert rows.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        for walker in crowd.walkers:
            _check_one(rows, walker)
        _check_whole(rows)


def _check_one(rows: Connection, walker: Walker) -> None:
    phone = walker.phone
    mine = select(ChangeRow.n, ChangeRow.raw).where(ChangeRow.device_id == phone.device)
    kept = [(n, bytes(raw)) for n, raw in rows.execute(mine.order_by(ChangeRow.n))]
    assert kept == list(enumerate(phone.lines, 1)), "lost, doubled or changed in custody"
    known = select(Device.last_n, Device.chain).where(Device.id == phone.device)
    last_n, chain = rows.execute(known).one()
    assert (last_n, bytes(chain)) == (len(phone.lines), phone.chain(last_n))
    shown = rows.scalars(select(Report.id).where(Report.device_id == phone.device))
    assert Counter(shown) == Counter(walker.filed), "a report is missing or there twice"


def _check_whole(rows: Connection) -> None:
    """No half states: a record and a number of its own for every report."""
    reports = rows.scalar(select(func.count()).select_from(Report))
    numbers = rows.scalar(select(func.count(Report.number.distinct())))
    records = rows.scalar(
        select(func.count()).select_from(RecordRow).where(RecordRow.kind == "report")
    )
    assert reports == numbers == records
