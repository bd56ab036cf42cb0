"""What the worker does with accounts."""

from __future__ import annotations

from sqlalchemy import delete

from server.accounts.models import SignInTries, StaffSession
from server.accounts.rules import FORGET_MS, IDLE_MS, SESSION_MS
from server.database import writing


def forget_old_sign_ins(now: int) -> None:
    """Remove sessions that are over and wrong tries that no longer count."""
    with writing() as rows:
        rows.execute(delete(SignInTries).where(SignInTries.last_at < now - FORGET_MS))
        rows.execute(delete(StaffSession).where(StaffSession.last_used_at < now - IDLE_MS))
        rows.execute(delete(StaffSession).where(StaffSession.created_at < now - SESSION_MS))
