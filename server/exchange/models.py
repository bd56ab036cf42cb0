"""Custody: every change, its judgement, and what phones hold of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Id, Ms


class StreamRow(Base):
    """The counter row of a community; updating it is taking the community's write lock."""

    __tablename__ = "streams"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    stream: Mapped[int] = mapped_column(primary_key=True, default=0)
    epoch: Mapped[int] = mapped_column(default=1)
    next_seq: Mapped[int] = mapped_column(BigInteger, default=1)
    floor_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    last_hlc: Mapped[int] = mapped_column(BigInteger, default=0)


class SeqMark(Base):
    """How far a community's counter was at a time: what lies below is at least as old."""

    __tablename__ = "seq_marks"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    stream: Mapped[int] = mapped_column(primary_key=True, default=0)
    at: Mapped[int] = mapped_column(Ms, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)


class DayCounter(Base):
    """The short numbers of one day."""

    __tablename__ = "day_counters"

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    last: Mapped[int]


class ChangeRow(Base):
    """A change in custody: the frozen bytes, when it was, what became of it."""

    __tablename__ = "changes"
    __table_args__ = (
        Index(None, "community_id", "device_id", "n"),
        Index(None, "community_id", "about"),
        Index(None, "community_id", "verdict"),
    )

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    received_month: Mapped[int] = mapped_column(primary_key=True)  # yyyymm
    device_id: Mapped[str] = mapped_column(Id, primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(36))
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    chain: Mapped[bytes] = mapped_column(LargeBinary(32))
    eff: Mapped[int] = mapped_column(BigInteger)
    doubt: Mapped[int] = mapped_column(Ms)
    method: Mapped[str] = mapped_column(String(12))
    segment: Mapped[int] = mapped_column(BigInteger)
    wall: Mapped[int] = mapped_column(Ms)
    zone: Mapped[int]
    received_at: Mapped[int] = mapped_column(Ms)
    verdict: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[str] = mapped_column(String(16), default="")
    seq: Mapped[int] = mapped_column(BigInteger, default=0)
    details: Mapped[str] = mapped_column(Text, default="")
    looked_at: Mapped[int | None] = mapped_column(Ms)
    looked_by: Mapped[str | None] = mapped_column(Id)


class RecordRow(Base):
    """What reconciliation knows of a report, a patrol, a case."""

    __tablename__ = "records"
    __table_args__ = (Index(None, "community_id", "kind", "seq"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    scopes: Mapped[str] = mapped_column(String(255))  # separated by spaces
    owner: Mapped[str] = mapped_column(Id)
    state: Mapped[str] = mapped_column(String(24))
    generation: Mapped[int]
    path: Mapped[str] = mapped_column(Text)
    fields: Mapped[str] = mapped_column(Text)  # JSON: name -> [value, eff, device, n, doubt]
    facts: Mapped[int]
    seq: Mapped[int] = mapped_column(BigInteger)
    removed: Mapped[bool]
    number: Mapped[str] = mapped_column(String(16))
    stepped: Mapped[str] = mapped_column(String(80))


class FeedEntry(Base):
    """One row for each live record of a scope, moved up when it changes."""

    __tablename__ = "feed"
    __table_args__ = (Index(None, "community_id", "period", "scope", "seq"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    period: Mapped[int] = mapped_column(primary_key=True, default=0)  # 0 standing, else yyyymm
    scope: Mapped[str] = mapped_column(String(90), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    about: Mapped[str] = mapped_column(Id, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    what: Mapped[str] = mapped_column(String(3))


class ConflictRow(Base):
    """Two values one of which stands, until somebody has looked."""

    __tablename__ = "conflicts"
    __table_args__ = (Index(None, "community_id", "state"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    about: Mapped[str] = mapped_column(Id)
    field: Mapped[str] = mapped_column(String(40))
    winner: Mapped[str] = mapped_column(String(80))
    loser: Mapped[str] = mapped_column(String(80))
    winner_value: Mapped[str] = mapped_column(Text)  # JSON
    loser_value: Mapped[str] = mapped_column(Text)  # JSON
    reason: Mapped[str] = mapped_column(String(20))
    doubt: Mapped[int] = mapped_column(Ms)
    state: Mapped[str] = mapped_column(String(12))
    found_at: Mapped[int] = mapped_column(Ms)
    decided_by: Mapped[str | None] = mapped_column(Id)
    decided_at: Mapped[int | None] = mapped_column(Ms)


class Archive(Base):
    """A file of old changes' bodies, beside the photos; it names the one before by its hash."""

    __tablename__ = "archives"
    __table_args__ = (Index(None, "community_id", "month"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, 3 … in a community
    month: Mapped[int]  # yyyymm in which what it holds was received
    name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    before: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    made_at: Mapped[int] = mapped_column(Ms)
