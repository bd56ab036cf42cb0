"""What a phone may know of a report, a round, a case. Never a resident's telephone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, select

from server.accounts.models import Member
from server.cases.models import Case
from server.cases.rules import public_status
from server.exchange.keeping import RECORD
from server.exchange.packing import compact_json
from server.media.models import Photo
from server.patrols.models import Patrol
from server.prepared import Prepared, rows_asked, table_of
from server.reports.models import Addition, Category, Report, ReportPhoto, Screening
from server.reports.rules import DISMISSED
from sync.stamp import Stamp

Row = dict[str, Any]
HELD = ("id", "fields")
CASE = table_of(Case)
CATEGORY = table_of(Category)
_SENSITIVE = Prepared(
    select(CATEGORY.c.key).where(
        CATEGORY.c.community_id == bindparam("community"), CATEGORY.c.is_sensitive
    )
)


class Reader:
    """Reads rows of one community, a handful of statements for any number of records."""

    def __init__(self, connection: Connection, community_id: str) -> None:
        self.connection = connection
        self.community_id = community_id

    def rows(self, kind: str, ids: Collection[str]) -> dict[str, Row]:
        read = {"report": self._reports, "patrol": self._patrols, "case": self._cases}
        return read[kind](ids)

    def sensitive(self) -> frozenset[str]:
        """Categories whose reports are for their author and the desk alone."""
        found = _SENSITIVE.all(self.connection, community=self.community_id)
        return frozenset(row.key for row in found)

    def stamps(self, ids: Collection[str]) -> dict[str, dict[str, str]]:
        """For each record: field → stamp of the value it has now."""
        return {row.id: _stamps(row.fields) for row in self._with(RECORD, "id", ids, HELD)}

    def stamps_of(self, id: str) -> dict[str, str]:
        return self.stamps([id]).get(id, {})

    def in_words(self, kind: str, ids: Collection[str]) -> dict[str, tuple[Row, bytes]]:
        """Each row, and as it goes over the wire: with the stamps of its fields."""
        rows = self.rows(kind, ids)
        if kind != "report":
            return {id: (row, compact_json(row).encode()) for id, row in rows.items()}
        stamps = self.stamps(ids)
        return {
            id: (row, compact_json(row | {"stamps": stamps.get(id, {})}).encode())
            for id, row in rows.items()
        }

    def _reports(self, ids: Collection[str]) -> dict[str, Row]:
        found = self._with(table_of(Report), "id", ids)
        cases = {row.id: row for row in self._with(CASE, "id", _said(r.case_id for r in found))}
        photos = self._photos(ids)
        additions = self._with(table_of(Addition), "report_id", ids)
        names = self._names([*(r.member_id for r in found), *(a.member_id for a in additions)])
        reasons = self._reasons([r.id for r in found if r.state in DISMISSED])
        return {
            r.id: report_row(
                r,
                case=cases.get(r.case_id),
                by=names.get(r.member_id, ""),
                photos=photos.get(r.id, []),
                additions=[_addition(a, names) for a in _in_order(additions, r.id)],
                reason=reasons.get(r.id, ""),
            )
            for r in found
        }

    def _patrols(self, ids: Collection[str]) -> dict[str, Row]:
        found = self._with(table_of(Patrol), "id", ids)
        names = self._names(p.member_id for p in found)
        return {p.id: patrol_row(p, names.get(p.member_id, "")) for p in found}

    def _cases(self, ids: Collection[str]) -> dict[str, Row]:
        return {row.id: case_row(row) for row in self._with(CASE, "id", ids)}

    def _names(self, ids: Iterable[str | None]) -> dict[str | None, str]:
        return {row.id: row.name for row in self._with(table_of(Member), "id", _said(ids))}

    def _photos(self, ids: Collection[str]) -> Mapping[str, list[Row]]:
        shown = self._with(table_of(ReportPhoto), "report_id", ids)
        arrived = self._with(table_of(Photo), "sha256", {photo.sha256 for photo in shown})
        states = {photo.sha256: photo.state for photo in arrived}
        found: dict[str, list[Row]] = defaultdict(list)
        for photo in sorted(shown, key=lambda photo: photo.position):
            state = states.get(photo.sha256, "awaiting")
            row = {"sha256": photo.sha256, "role": photo.role, "state": state}
            found[photo.report_id].append(row)
        return found

    def _reasons(self, ids: Collection[str]) -> dict[str, str]:
        rows = self._with(table_of(Screening), "report_id", ids)
        return {row.report_id: row.reason for row in sorted(rows, key=lambda row: row.at)}

    def _with(
        self, table: Any, column: str, values: Collection[str], only: tuple[str, ...] = ()
    ) -> Sequence[Any]:
        return rows_asked(self.connection, table, self.community_id, column, values, only)()


def _said(ids: Iterable[str | None]) -> set[str]:
    return {id for id in ids if id}


def _in_order(additions: Iterable[Any], report_id: str) -> list[Any]:
    ours = (addition for addition in additions if addition.report_id == report_id)
    return sorted(ours, key=lambda addition: addition.added_at)


def _addition(row: Any, names: Mapping[str | None, str]) -> Row:
    return {
        "kind": row.kind,
        "words": row.words,
        "by": names.get(row.member_id, ""),
        "role": row.by_role,
        "at": row.added_at,
    }


def _stamps(fields: str) -> dict[str, str]:
    """Most fields have been as they are since the record began, and so have one stamp."""
    found, said, last = {}, "", None
    for name, (_value, *stamp, _doubt) in json.loads(fields).items():
        if stamp != last:
            last, said = stamp, Stamp(*stamp).wire()
        found[name] = said
    return found


def only_for(kind: str, row: Row, sensitive: Collection[str]) -> str | None:
    """The one member a row is for, nobody (""), or None: whoever holds its scope."""
    if row.get("category") not in sensitive:
        return None
    return str(row["member"]) if kind == "report" else ""


def report_row(
    report: Any,
    *,
    case: Any,
    by: str,
    photos: list[Row],
    additions: list[Row],
    reason: str,
) -> Row:
    return {
        "id": report.id,
        "number": report.number,
        "place": report.place_id,
        "category": report.category,
        "level": report.level,
        "words": report.words,
        "spot": report.spot,
        "done": report.done,
        "emergency": bool(report.emergency),
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
    }


def patrol_row(patrol: Any, by: str) -> Row:
    return {
        "id": patrol.id,
        "number": patrol.number,
        "place": patrol.place_id,
        "period": patrol.period,
        "day": patrol.day,
        "state": patrol.state,
        "excuse": patrol.excuse,
        "seen": patrol.seen,
        "asked": patrol.asked,
        "words": patrol.words,
        "member": patrol.member_id,
        "by": by,
        "happened_at": patrol.happened_at,
        "received_at": patrol.received_at,
        "doubt": patrol.doubt,
    }


def case_row(case: Any) -> Row:
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
