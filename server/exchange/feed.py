"""What phones are told: the read side of custody, seen with one steward's eyes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server.accounts.models import Member
from server.cases.models import Case
from server.cases.rules import public_status
from server.exchange.models import FeedEntry, RecordRow, StreamRow
from server.media.models import Photo
from server.patrols.models import Patrol
from server.permissions import Actor
from server.reports.models import Addition, Category, Report, ReportPhoto, Screening
from server.reports.rules import DISMISSED
from sync.journal import FeedRow, Stream
from sync.stamp import Stamp


class SqlFeed:
    """News of one community for one phone."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.session = session
        self.actor = actor
        self.community_id = actor.community_id

    def head(self) -> Stream:
        row = self.session.execute(
            select(
                StreamRow.epoch, StreamRow.next_seq, StreamRow.floor_seq, StreamRow.last_hlc
            ).where(StreamRow.community_id == self.community_id, StreamRow.stream == 0)
        ).one()
        return Stream(self.community_id, *row)

    def news(self, scope: str, after: int, upto: int, limit: int) -> Sequence[FeedRow]:
        rows = self.session.execute(
            select(FeedEntry.scope, FeedEntry.kind, FeedEntry.about, FeedEntry.seq, FeedEntry.what)
            .where(
                FeedEntry.community_id == self.community_id,
                FeedEntry.period == 0,
                FeedEntry.scope == scope,
                FeedEntry.seq > after,
                FeedEntry.seq <= upto,
            )
            .order_by(FeedEntry.seq)
            .limit(limit)
        )
        return [FeedRow(*row) for row in rows]

    def rows(self, kind: str, ids: Collection[str]) -> Mapping[str, Mapping[str, Any]]:
        read = {"report": self._reports, "patrol": self._patrols, "case": self._cases}
        return read[kind](sorted(ids))

    def _reports(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        found = list(self._all(Report, Report.id.in_(ids)))
        cases = self._by_id(Case, [r.case_id for r in found if r.case_id])
        names = self._names(r.member_id for r in found)
        photos = self._photos(ids)
        additions = self._additions(ids)
        reasons = self._reasons([r.id for r in found if r.state in DISMISSED])
        stamps = self.stamps(ids)
        private = self._private_categories()
        return {
            r.id: report_row(
                r,
                case=cases.get(r.case_id or ""),
                by=names.get(r.member_id or "", ""),
                photos=photos[r.id],
                additions=additions[r.id],
                reason=reasons.get(r.id, ""),
                stamps=stamps.get(r.id, {}),
            )
            for r in found
            if r.category not in private or r.member_id == self.actor.id
        }

    def _patrols(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        found = list(self._all(Patrol, Patrol.id.in_(ids)))
        names = self._names(p.member_id for p in found)
        return {
            p.id: {
                "id": p.id,
                "number": p.number,
                "place": p.place_id,
                "period": p.period,
                "day": p.day,
                "state": p.state,
                "excuse": p.excuse,
                "seen": p.seen,
                "asked": p.asked,
                "words": p.words,
                "member": p.member_id,
                "by": names.get(p.member_id, ""),
                "happened_at": p.happened_at,
                "received_at": p.received_at,
                "doubt": p.doubt,
            }
            for p in found
        }

    def _cases(self, ids: list[str]) -> dict[str, dict[str, Any]]:
        private = self._private_categories()
        return {
            c.id: case_row(c)
            for c in self._all(Case, Case.id.in_(ids))
            if c.category not in private
        }

    def stamps(self, ids: Sequence[str]) -> dict[str, dict[str, str]]:
        """For each record: field → stamp of the value it has now."""
        rows = self.session.execute(
            select(RecordRow.id, RecordRow.fields).where(
                RecordRow.community_id == self.community_id, RecordRow.id.in_(ids)
            )
        )
        return {
            id: {
                name: Stamp(eff, device, n).wire()
                for name, (_value, eff, device, n, _doubt) in json.loads(fields).items()
            }
            for id, fields in rows
        }

    def _all(self, model: Any, condition: Any) -> Iterable[Any]:
        return self.session.scalars(
            select(model).where(model.community_id == self.community_id, condition)
        )

    def _by_id(self, model: Any, ids: Sequence[str]) -> dict[str, Any]:
        return {row.id: row for row in self._all(model, model.id.in_(ids))} if ids else {}

    def _names(self, ids: Iterable[str | None]) -> dict[str, str]:
        wanted = sorted({id for id in ids if id})
        return {row.id: row.name for row in self._by_id(Member, wanted).values()}

    def _photos(self, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        rows = self.session.execute(
            select(ReportPhoto, Photo.state)
            .outerjoin(
                Photo,
                (Photo.community_id == ReportPhoto.community_id)
                & (Photo.sha256 == ReportPhoto.sha256),
            )
            .where(ReportPhoto.community_id == self.community_id, ReportPhoto.report_id.in_(ids))
            .order_by(ReportPhoto.position)
        )
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for photo, state in rows:
            found[photo.report_id].append(
                {"sha256": photo.sha256, "role": photo.role, "state": state or "awaiting"}
            )
        return found

    def _additions(self, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
        rows = list(self._all(Addition, Addition.report_id.in_(ids)))
        names = self._names(row.member_id for row in rows)
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row.added_at):
            found[row.report_id].append(
                {
                    "kind": row.kind,
                    "words": row.words,
                    "by": names.get(row.member_id or "", ""),
                    "role": row.by_role,
                    "at": row.added_at,
                }
            )
        return found

    def _reasons(self, ids: Sequence[str]) -> dict[str, str]:
        rows = self._all(Screening, Screening.report_id.in_(ids)) if ids else ()
        return {row.report_id: row.reason for row in sorted(rows, key=lambda row: row.at)}

    def _private_categories(self) -> set[str]:
        return {row.key for row in self._all(Category, Category.is_sensitive)}


def report_row(
    report: Report,
    *,
    case: Case | None,
    by: str,
    photos: list[dict[str, Any]],
    additions: list[dict[str, Any]],
    reason: str,
    stamps: Mapping[str, str],
) -> dict[str, Any]:
    """A report as a steward's phone may know it. Never the resident's telephone."""
    return {
        "id": report.id,
        "number": report.number,
        "place": report.place_id,
        "category": report.category,
        "level": report.level,
        "words": report.words,
        "spot": report.spot,
        "done": report.done,
        "emergency": report.emergency,
        "source": report.source,
        "state": report.state,
        "status": public_status(report.state, case),
        "member": report.member_id or "",
        "by": by,
        "reason": reason,
        "happened_at": report.happened_at,
        "received_at": report.received_at,
        "doubt": report.doubt,
        "case": case_row(case) if case else None,
        "photos": photos,
        "additions": additions,
        "stamps": dict(stamps),
    }


def case_row(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "number": case.number,
        "place": case.place_id,
        "category": case.category,
        "level": case.level,
        "state": case.state,
        "owner": case.owner,
        "due_at": case.due_at,
        "answer": case.answer,
        "ending": case.ending,
    }
