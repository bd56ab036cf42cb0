"""Changes that were set aside, and what they show."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from server.exchange.models import ChangeRow
from server.media.models import Photo

SET_ASIDE = ("parked", "quarantined")
MOST = 40


def photo_states(session: Session, community_id: str, hashes: Sequence[str]) -> dict[str, str]:
    """Which of these photos have arrived."""
    if not hashes:
        return {}
    rows = session.execute(
        select(Photo.sha256, Photo.state).where(
            Photo.community_id == community_id, Photo.sha256.in_(hashes)
        )
    )
    return dict(rows.all())


def set_aside(community_id: str) -> Select[ChangeRow]:
    """Changes that wait for a person, phone by phone in the order they were written."""
    return (
        select(ChangeRow)
        .where(
            ChangeRow.community_id == community_id,
            ChangeRow.verdict.in_(SET_ASIDE),
            ChangeRow.looked_at.is_(None),
        )
        .order_by(ChangeRow.device_id, ChangeRow.n)
    )


def looked_at(community_id: str) -> Select[ChangeRow]:
    """Set aside once, and somebody has looked: the latest first."""
    return (
        select(ChangeRow)
        .where(ChangeRow.community_id == community_id, ChangeRow.looked_at.is_not(None))
        .order_by(ChangeRow.looked_at.desc(), ChangeRow.device_id, ChangeRow.n)
    )
