"""Reports as the desk reads them, and who looked at a resident's telephone number."""

from __future__ import annotations

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from server.database import Base, Id, Ms


class ContactRead(Base):
    """Somebody looked at the number a resident left, and said why."""

    __tablename__ = "contact_reads"
    __table_args__ = (Index(None, "community_id", "report_id", "at"),)

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    id: Mapped[str] = mapped_column(Id, primary_key=True)
    report_id: Mapped[str] = mapped_column(Id)
    member_id: Mapped[str] = mapped_column(Id)
    why: Mapped[str] = mapped_column(Text)
    at: Mapped[int] = mapped_column(Ms)
