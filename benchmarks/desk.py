"""Somebody at a desk, who looks at the queue every second."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from benchmarks.load import Answer, request
from benchmarks.stores import Copy
from benchmarks.towns import now_ms
from server.accounts.models import Member
from server.accounts.rules import open_session
from server.settings import read


def signed_in(copy: Copy, who: Member) -> str:
    """A session of that member, written down; what its cookie says."""
    engine = create_engine(read(copy.environ).database)
    row, cookie = open_session(who, now_ms())
    with Session(engine) as session, session.begin():
        session.add(row)
    engine.dispose()
    return f"lane_session={cookie}"


@dataclass(slots=True)
class Desk:
    """Asks for one page again and again; keeps how long each took."""

    cookie: str
    path: str = "/reports"
    every_s: float = 1.0
    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    stays: bool = True

    def ask(self) -> bytes:
        return request("GET", self.path, headers={"Cookie": self.cookie})

    def heard(self, answer: Answer) -> float | None:
        self.seconds.append(answer.seconds)
        self.failed += answer.status != 200
        return max(0.05, self.every_s - answer.seconds)
