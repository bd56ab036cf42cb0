"""Receipts as rows: only the hash of a code is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import ForeignKeyConstraint, Index, Select, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from server.archiving import body_of
from server.cases.models import Case, CaseStep
from server.database import Base, Id, Ms
from server.exchange.models import ChangeRow
from server.reports.models import Addition, Report, Screening


class ReceiptCode(Base):
    """What opens one report for the person who told us. Without `acknowledged_at` the receipt
    is still shown: nobody has said yet that it is kept."""

    __tablename__ = "receipt_codes"
    __table_args__ = (
        Index(None, "code_hash"),
        ForeignKeyConstraint(["community_id", "report_id"], [Report.community_id, Report.id]),
    )

    community_id: Mapped[str] = mapped_column(Id, primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    report_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[int] = mapped_column(Ms)
    acknowledged_at: Mapped[int | None] = mapped_column(Ms)

    report: Mapped[Report] = relationship()

    @classmethod
    def opened_by(cls, code_hash: str) -> Select[ReceiptCode]:
        """The receipt a code belongs to, whatever the community."""
        return select(cls).where(cls.code_hash == code_hash)


@dataclass(frozen=True, slots=True)
class Told:
    """What the holder of a receipt has said so far, in words and photos; newest last."""

    first: str
    added: tuple[Addition, ...]
    photos: tuple[str, ...]

    @classmethod
    def about(cls, session: Session, report: Report) -> Told:
        """Custody knows who sent which photo: those of the public door are the holder's own."""
        own = (
            select(ChangeRow)
            .where(
                ChangeRow.community_id == report.community_id,
                ChangeRow.about == report.id,
                ChangeRow.device_id == report.device_id,
                ChangeRow.kind.in_(("report.filed@1", "report.added_to@1")),
            )
            .order_by(ChangeRow.n)
        )
        bodies = [json.loads(body_of(session, row))["b"] for row in session.scalars(own)]
        named = [photo["sha256"] for body in bodies for photo in body.get("photos", ())]
        added = session.scalars(
            additions(report).where(
                Addition.device_id == report.device_id, Addition.kind == "addition"
            )
        )
        return cls(report.words, tuple(added), tuple(dict.fromkeys(named)))

    @property
    def words(self) -> set[str]:
        return {self.first, *(addition.words for addition in self.added)}


def additions(report: Report) -> Select[Addition]:
    """What was added to a report and asked about it, in order."""
    return (
        select(Addition)
        .where(Addition.community_id == report.community_id, Addition.report_id == report.id)
        .order_by(Addition.added_at, Addition.n)
    )


def for_holder(report: Report) -> Select[Addition]:
    """Questions, and what the holder wrote; what others noted down is theirs."""
    is_own = Addition.device_id == report.device_id
    return additions(report).where(or_(Addition.kind == "question", is_own))


def screenings(report: Report) -> Select[Screening]:
    """What was made of a report, in order."""
    return (
        select(Screening)
        .where(Screening.community_id == report.community_id, Screening.report_id == report.id)
        .order_by(Screening.at, Screening.n)
    )


def steps(case: Case) -> Select[CaseStep]:
    """How a case moved on, in order."""
    return (
        select(CaseStep)
        .where(CaseStep.community_id == case.community_id, CaseStep.case_id == case.id)
        .order_by(CaseStep.at, CaseStep.n)
    )
