"""A concern becomes a report, once, and its receipt; and what is forgotten afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from server.cases.models import Case
from server.database import db, writing
from server.exchange.intake import New, record_within
from server.permissions import ANYBODY
from server.places.models import Place
from server.receipts.models import ReceiptCode, Told
from server.receipts.rules import code_hash, code_of, what_is_new
from server.reports.models import Category, Report, Screening
from server.reports.rules import DISMISSED
from server.residents import rules
from server.residents.models import HOUR_MS, HourCount
from sync.receipt import Refused, Verdict


@dataclass(frozen=True, slots=True)
class Door:
    """The public door as one request meets it. `block`: the asker's block of addresses."""

    key: bytes
    block: str
    now: int


@dataclass(frozen=True, slots=True)
class Filed:
    """The number to say on the telephone, and the code that opens the receipt."""

    number: str
    code: str


COUNTED = ("address", "plate", "community")


def filed_before(place: Place, said: Mapping[str, str], door: Door) -> bool:
    """Has this very form come in already?"""
    return _receipt(db.session(), place, code_of(door.key, said["id"], said["token"])) is not None


def file_concern(
    place: Place,
    said: Mapping[str, str],
    category: Category,
    photos: Sequence[Mapping[str, Any]],
    door: Door,
) -> Filed:
    """File a concern as a report. The same form again gives the same receipt, and adds what was
    not said the first time. Raises Refused where too many come."""
    try:
        return _filed(place, said, category, photos, door)
    except Refused as no:
        # The same form may have come in between our look and our turn.
        if no.reason != "id_taken" or not filed_before(place, said, door):
            raise
        return _filed(place, said, category, photos, door)


def _filed(
    place: Place,
    said: Mapping[str, str],
    category: Category,
    photos: Sequence[Mapping[str, Any]],
    door: Door,
) -> Filed:
    code = code_of(door.key, said["id"], said["token"])
    with writing() as session:
        found = _receipt(session, place, code)
        if found is not None:
            _say_more(session, found.report, said, photos, door.now)
            return Filed(found.report.number, code)
        for kind in COUNTED:
            _count(session, place, kind, door)
        number = _report(session, place, said, category, photos, door.now)
        session.add(
            ReceiptCode(
                community_id=place.community_id,
                code_hash=code_hash(code),
                report_id=said["id"],
                created_at=door.now,
            )
        )
        return Filed(number, code)


def check_pressure(place: Place, door: Door) -> None:
    """Refuse early what `file_concern` would refuse, before any photo is looked at."""
    for kind in COUNTED:
        key = _key(place, kind, door)
        counter = db.session.get(HourCount, (place.community_id, key, door.now // HOUR_MS))
        if counter is not None:
            rules.check_count(kind, counter.count, door.now, place.community.phone)


def count_photos(place: Place, photos: int, door: Door) -> None:
    """Redrawing a picture is work: so many an hour from one address. Raises Refused beyond."""
    if photos:
        with writing() as session:
            _count(session, place, "photos", door, photos)


def _receipt(session: Session, place: Place, code: str) -> ReceiptCode | None:
    return session.get(ReceiptCode, (place.community_id, code_hash(code)))


def _key(place: Place, kind: str, door: Door) -> str:
    what = {"plate": place.id, "community": ""}.get(kind, door.block)
    return rules.counter_key(door.key, kind, what)


def _count(session: Session, place: Place, kind: str, door: Door, by: int = 1) -> None:
    key = _key(place, kind, door)
    counter = HourCount.now(session, place.community_id, key, door.now)
    rules.check_count(kind, counter.count, door.now, place.community.phone)
    counter.count += by


def _report(
    session: Session,
    place: Place,
    said: Mapping[str, str],
    category: Category,
    photos: Sequence[Mapping[str, Any]],
    now: int,
) -> str:
    body = {
        "place": place.id,
        "category": category.key,
        "level": "community",
        "words": said["words"],
        "spot": said["spot"],
        "emergency": category.is_emergency,
        "photos": list(photos),
    }
    number = _made(session, place.community_id, New("report.filed@1", said["id"], body), now)
    _keep_contact(session, place.community_id, said)
    return number


def _say_more(
    session: Session,
    report: Report,
    said: Mapping[str, str],
    photos: Sequence[Mapping[str, Any]],
    now: int,
) -> None:
    body = what_is_new(said["words"], photos, Told.about(session, report))
    if body is not None:
        _made(session, report.community_id, New("report.added_to@1", report.id, body), now)
    _keep_contact(session, report.community_id, said)


def _made(session: Session, community_id: str, new: New, now: int) -> str:
    anybody = replace(ANYBODY, community_id=community_id)
    [receipt] = record_within(session, anybody, [new], at=now)
    if receipt.verdict is not Verdict.APPLIED:
        raise Refused(receipt.reason, **receipt.details)
    return receipt.number


def _keep_contact(session: Session, community_id: str, said: Mapping[str, str]) -> None:
    """A telephone number is no part of the change: what is in custody stays for ever."""
    if said["phone"]:
        session.execute(
            update(Report)
            .where(Report.community_id == community_id, Report.id == said["id"])
            .values(contact=said["phone"][:40])
        )


def forget_contacts(now: int) -> None:
    """Erase the numbers of residents whose matter came to its end long enough ago."""
    until = now - rules.KEPT_DAYS * rules.DAY_MS
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


def forget_counts(now: int) -> None:
    """Only the hour we are in counts."""
    with writing() as session:
        session.execute(delete(HourCount).where(HourCount.hour < now // HOUR_MS))
