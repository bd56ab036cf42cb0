"""Changes in custody, with the person who made each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from server.accounts.models import Member
from server.archiving import body_of
from server.devices.models import Device
from server.exchange.models import ChangeRow
from sync.stamp import Stamp, from_wire
from sync.wire import read_change


@dataclass(frozen=True, slots=True)
class Told:
    """One change as it was written, and what became of it."""

    kind: str
    about: str
    body: Mapping[str, Any]
    seen: Mapping[str, str]
    who: str  # empty where nobody signed in: a resident
    role: str
    phone: str
    stamp: Stamp
    doubt: int
    received_at: int
    verdict: str
    reason: str
    told: Mapping[str, str] = field(default_factory=dict)
    raw: str = ""
    looked_at: int | None = None
    looked_by: str = ""

    @property
    def at(self) -> int:
        return self.stamp.at

    @property
    def name(self) -> str:
        """The kind without its version: report.filed."""
        return self.kind.partition("@")[0]


def _with_author(rows: Any) -> Any:
    """The rows of a query for changes, each with who made it."""
    return (
        rows.add_columns(Member.name, Member.role, Member.phone)
        .outerjoin(
            Device,
            (Device.community_id == ChangeRow.community_id) & (Device.id == ChangeRow.device_id),
        )
        .outerjoin(
            Member,
            (Member.community_id == Device.community_id) & (Member.id == Device.member_id),
        )
    )


def changes_about(session: Session, community_id: str, ids: Sequence[str]) -> list[Told]:
    """Every change about these things, in the order they were really made."""
    return changes_in(
        session,
        select(ChangeRow)
        .where(ChangeRow.community_id == community_id, ChangeRow.about.in_(ids))
        .order_by(ChangeRow.eff, ChangeRow.device_id, ChangeRow.n),
    )


def changes_at(
    session: Session, community_id: str, stamps: Iterable[Stamp | str]
) -> dict[Stamp, Told]:
    """The changes these stamps name."""
    wanted = {from_wire(stamp) if isinstance(stamp, str) else stamp for stamp in stamps}
    if not wanted:
        return {}
    keys = sorted({(stamp.device, stamp.n) for stamp in wanted})
    rows = select(ChangeRow).where(
        ChangeRow.community_id == community_id,
        tuple_(ChangeRow.device_id, ChangeRow.n).in_(keys),
    )
    return {told.stamp: told for told in changes_in(session, rows)}


def changes_in(session: Session, rows: Any) -> list[Told]:
    """The changes of a named query, in its order."""
    return [_told(session, *row) for row in session.execute(_with_author(rows))]


def _told(
    session: Session, row: ChangeRow, who: str | None, role: str | None, phone: str | None
) -> Told:
    raw = body_of(session, row)
    change = read_change(raw, row.n)
    details = json.loads(row.details) if row.details else {}
    return Told(
        kind=row.kind,
        about=row.about,
        body=change.body,
        seen=change.seen,
        who=who or "",
        role=role or "resident",
        phone=phone or "",
        stamp=Stamp(row.eff, row.device_id, row.n),
        doubt=row.doubt,
        received_at=row.received_at,
        verdict=row.verdict,
        reason=row.reason,
        told=details.get("fields", {}),
        raw=raw.decode("utf-8", "replace"),
        looked_at=row.looked_at,
        looked_by=row.looked_by or "",
    )
