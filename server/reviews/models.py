"""Conflicts and set-aside changes as the desk reads them."""

from __future__ import annotations

from sqlalchemy import Select, select

from server.exchange.models import ChangeRow, ConflictRow

SET_ASIDE = ("parked", "quarantined")


def conflicts(community_id: str) -> Select[ConflictRow]:
    """All of a community, the newest first."""
    return (
        select(ConflictRow)
        .where(ConflictRow.community_id == community_id)
        .order_by(ConflictRow.found_at.desc(), ConflictRow.id)
    )


def open_conflicts(community_id: str) -> Select[ConflictRow]:
    """Those that only a person can decide, and nobody has."""
    return conflicts(community_id).where(ConflictRow.state == "open", ConflictRow.reason != "older")


def settled_by_time(community_id: str) -> Select[ConflictRow]:
    """The later one stands, nobody had to decide; the other can be brought back."""
    return conflicts(community_id).where(ConflictRow.state == "open", ConflictRow.reason == "older")


def decided_conflicts(community_id: str) -> Select[ConflictRow]:
    """Those a person has decided."""
    return conflicts(community_id).where(ConflictRow.state != "open")


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
