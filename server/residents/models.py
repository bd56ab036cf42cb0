"""How much came within an hour, from one address or about one plate."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from server.database import Base, Id
from server.holding import hold_or_begin

HOUR_MS = 3_600_000


class HourCount(Base):
    """How often something happened within one hour. Only the hour we are in counts."""

    __tablename__ = "hour_counts"
    __table_args__ = (Index(None, "hour"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    count: Mapped[int]

    @classmethod
    def of_now(cls, session: Session, community_id: str, key: str, now: int) -> HourCount:
        """The counter of the hour we are in, at nought if this is its first; ours alone."""
        hour = now // HOUR_MS
        return hold_or_begin(session, cls, community_id=community_id, key=key, hour=hour, count=0)
