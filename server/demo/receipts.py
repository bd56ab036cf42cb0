"""The receipts residents got. Their codes follow from the installation's secret, so that one can
be shown to whoever starts the demo."""

from __future__ import annotations

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.demo.moments import MINUTE, told
from server.receipts.models import ReceiptCode
from server.receipts.rules import code_hash, code_of
from server.reports.models import Report

FORM = "demo"
SHOWN = "r13"


def hand_out(session: Session, community_id: str, report_id: str, at: int) -> None:
    """The receipt was shown, and its holder said that it is kept."""
    session.add(
        ReceiptCode(
            community_id=community_id,
            code_hash=code_hash(_code(report_id)),
            report_id=report_id,
            created_at=at,
            acknowledged_at=at + MINUTE,
        )
    )
    session.flush()


def shown_code(session: Session) -> str:
    """The code of the drain that was mended twice; empty where it is not there."""
    words = next(row["words"] for row in told("reports")["reports"] if row["key"] == SHOWN)
    found = session.scalars(
        select(Report.id).where(Report.words == words, Report.source == "resident")
    ).first()
    return _code(found) if found else ""


def _code(report_id: str) -> str:
    return code_of(current_app.config["SETTINGS"].key, report_id, FORM)
