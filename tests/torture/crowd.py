"""Many phones that send without pause to one server, and what must be true afterwards."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, Engine, func, select

from server.devices.models import Device
from server.exchange.models import ChangeRow, RecordRow
from server.reports.models import Report
from tests.phone import FakePhone
from tests.torture.tally import Found
from tests.torture.wire import Lost

MOST_WAITING = 20
# A number is given out anew in other years, which a server with a wrong clock may see.
ZONE_MS, YEAR_MS = 8 * 3_600_000, 365 * 86_400_000


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


def check_all(engine: Engine, crowd: Crowd, acked: Mapping[str, int] | None = None) -> Found:
    """Counts what is wrong with what is kept of the lines of every phone.

    acked: up to which number each device's lines must be there, byte for byte, with their effect,
    once; left out: all of them.
    """
    with engine.connect() as rows:
        found = Found(0, 0, 0, 0)
        if engine.dialect.name == "sqlite":
            found += Found(torn=_damage(rows, "integrity_check", [("ok",)]))
            found += Found(half=_damage(rows, "foreign_key_check", []))
        for walker in crowd.walkers:
            phone = walker.phone
            need = len(phone.lines) if acked is None else acked.get(phone.device, 0)
            found += _check_one(rows, phone, need)
        return found + _check_whole(rows)


def _damage(rows: Connection, check: str, clean: list[tuple[str]]) -> int:
    said = [tuple(row) for row in rows.exec_driver_sql(f"PRAGMA {check}")]
    return 0 if said == clean else len(said)


def _check_one(rows: Connection, phone: FakePhone, need: int) -> Found:
    kept: dict[int, list[bytes]] = defaultdict(list)
    mine = select(ChangeRow.n, ChangeRow.raw).where(ChangeRow.device_id == phone.device)
    for n, raw in rows.execute(mine):
        kept[n].append(bytes(raw))
    known = select(Device.last_n, Device.chain).where(Device.id == phone.device)
    last_n, chain = rows.execute(known).one()
    shown = Counter(rows.scalars(select(Report.id).where(Report.device_id == phone.device)))
    filed = {json.loads(line)["o"] for line in phone.lines[:last_n]}
    is_chained = last_n <= len(phone.lines) and bytes(chain) == phone.chain(last_n)
    return Found(
        lost=len(set(range(1, need + 1)) - set(kept)),
        doubled=sum(len(raws) - 1 for raws in kept.values())
        + sum(times - 1 for times in shown.values()),
        torn=sum(raw != _line(phone, n) for n, raws in kept.items() for raw in raws)
        + (not is_chained),
        half=len(set(kept) ^ set(range(1, last_n + 1))) + len(set(shown) ^ filed),
    )


def _line(phone: FakePhone, n: int) -> bytes | None:
    return phone.lines[n - 1] if n <= len(phone.lines) else None


def _check_whole(rows: Connection) -> Found:
    """A record and, of its day, a number of its own for every report, no more and no fewer."""
    numbered = rows.execute(select(Report.number, Report.received_at)).all()
    days = {(number, (at + ZONE_MS) // YEAR_MS) for number, at in numbered}
    records = rows.scalar(
        select(func.count()).select_from(RecordRow).where(RecordRow.kind == "report")
    )
    return Found(doubled=len(numbered) - len(days), half=abs(len(numbered) - (records or 0)))
