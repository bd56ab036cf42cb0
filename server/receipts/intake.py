"""What the holder of a receipt does, as changes; and numbers that are erased in time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, delete, exists, or_, update

from server.cases.models import Case
from server.database import db, writing
from server.devices.models import CodeTries
from server.exchange.intake import New, record_within
from server.holding import hold_or_begin
from server.permissions import ANYBODY
from server.receipts import rules
from server.receipts.models import ReceiptCode, Told
from server.reports.models import Report, Screening
from server.reports.rules import DAY_MS, DISMISSED
from sync.receipt import Receipt, Refused, Verdict

CONTACT_DAYS = 30


def wait_for(key: str, now: int) -> int:
    """How long, in milliseconds, until an address may try the next code."""
    tries = db.session.get(CodeTries, key)
    return rules.wait_ms(tries.count, tries.last_at, now) if tries else 0


def count_guess(key: str, now: int) -> None:
    """One more code from an address that opened nothing."""
    with writing() as session:
        tries = hold_or_begin(session, CodeTries, key=key, count=0, last_at=now)
        tries.count = 1 if now - tries.last_at > rules.FORGET_MS else tries.count + 1
        tries.last_at = now


def acknowledge(receipt: ReceiptCode, now: int) -> None:
    """The holder says that the code is kept; it is not shown again."""
    with writing() as session:
        kept = session.get_one(ReceiptCode, (receipt.community_id, receipt.code_hash))
        kept.acknowledged_at = kept.acknowledged_at or now


def add(report: Report, words: str, photos: Sequence[Mapping[str, Any]], now: int) -> None:
    """Add words and photos to one's report; what was said before is not said twice."""
    with writing() as session:
        body = rules.what_is_new(words, photos, Told.about(session, report))
        if body is None:
            return
        receipts = record_within(
            session, _holder(report), [New("report.added_to@1", report.id, body)], at=now
        )
        _check(*receipts)


def withdraw(report: Report, reason: str, now: int) -> None:
    """Take one's report back. Raises Refused when the matter has been settled."""
    new = New("report.withdrawn@1", report.id, {"reason": reason})
    with writing() as session:
        receipts = record_within(session, _holder(report), [new], at=now)
        _check(*receipts)


def _holder(report: Report) -> Any:
    return replace(ANYBODY, community_id=report.community_id)


def _check(receipt: Receipt) -> None:
    if receipt.verdict not in (Verdict.APPLIED, Verdict.SUPERSEDED):
        raise Refused(receipt.reason, **receipt.details)


def forget_contacts(now: int) -> None:
    """Erase the numbers of residents whose matter came to its end long enough ago."""
    until = now - CONTACT_DAYS * DAY_MS
    is_closed = exists().where(
        Case.community_id == Report.community_id, Case.id == Report.case_id, Case.closed_at < until
    )
    is_looked_at_since = exists().where(
        Screening.community_id == Report.community_id,
        Screening.report_id == Report.id,
        Screening.at >= until,
    )
    is_over = and_(Report.state.in_((*DISMISSED, "withdrawn")), ~is_looked_at_since)
    with writing() as session:
        session.execute(
            update(Report)
            .where(Report.contact != "", Report.source == "resident", or_(is_closed, is_over))
            .values(contact="")
            .execution_options(synchronize_session=False)
        )


def forget_guesses(now: int) -> None:
    """A quiet quarter of an hour clears the count of wrong codes."""
    with writing() as session:
        session.execute(delete(CodeTries).where(CodeTries.last_at < now - rules.FORGET_MS))
