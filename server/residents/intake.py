"""A concern on its way: looked at, its photos brought in, filed as a report, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import IO, Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from server.database import db, writing
from server.exchange.intake import New, record_within
from server.media.store import take_photos
from server.permissions import ANYBODY
from server.places.models import Place
from server.receipts.models import ReceiptCode, Told
from server.receipts.rules import code_hash, code_of, what_is_new
from server.reports.models import Category, Report, UrgentWord
from server.residents import rules
from server.residents.models import HOUR_MS, HourCount
from server.residents.schemas import faults
from sync.receipt import Refused, Verdict

COUNTED = ("address", "plate", "community")


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


@dataclass(slots=True)
class Concern:
    """A form as it came in: what was typed, the photos that are here, what is wrong with it."""

    place: Place
    said: dict[str, str]
    photos: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[tuple[int, Refused]] = field(default_factory=list)
    faults: dict[str, Refused] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    @property
    def is_named(self) -> bool:
        """True when it bears the names that make a repeat a repeat."""
        return not {"id", "token"} & self.faults.keys()


def take(
    concern: Concern, files: Sequence[IO[bytes]], kept: Sequence[str], door: Door, *, asks: bool
) -> Filed | None:
    """The way of a concern; None where its form must be shown again with what it now says.

    `kept`: photos that came with an earlier try; `asks`: an emergency shows the numbers first.
    Raises Refused for what is wrong with the try rather than with a field.
    """
    place, said = concern.place, concern.said
    concern.faults = faults(said)
    if not concern.is_named:
        raise Refused("too_quick")
    category = db.session.get(Category, (place.community_id, said["category"]))
    is_repeat = filed_before(place, said, door)
    if not is_repeat:
        check_pressure(place, door)
    _bring_in(concern, files, kept, door)
    concern.faults |= rules.check_content(said["words"], len(concern.photos), category)
    if not is_repeat:
        rules.check_pace(rules.read_moment(door.key, said["opened"]), door.now)
        concern.calls = rules.calls_for(said["words"], category, urgent_words(place))
    if concern.faults or category is None or (asks and concern.calls and not said["seen"]):
        return None
    return file_concern(concern, category, door)


def _bring_in(
    concern: Concern, files: Sequence[IO[bytes]], kept: Sequence[str], door: Door
) -> None:
    """Photos first of all, so that nothing that is asked again loses one."""
    concern.photos = rules.read_photos(door.key, concern.said["id"], kept)[: rules.MOST_PHOTOS]
    room = rules.MOST_PHOTOS - len(concern.photos)
    if files[:room]:
        with writing() as session:
            _count(session, concern.place, "photos", door, len(files[:room]))
    taken, concern.left_out = take_photos(concern.place.community_id, files[:room], door.now)
    known = {photo["sha256"] for photo in concern.photos}
    concern.photos += [photo for photo in taken if photo["sha256"] not in known]
    too_many = Refused("photo_too_many", max=rules.MOST_PHOTOS)
    concern.left_out += [(position, too_many) for position in range(room + 1, len(files) + 1)]


def urgent_words(place: Place) -> Sequence[UrgentWord]:
    """The community's list of words that sound urgent."""
    mine = select(UrgentWord).where(UrgentWord.community_id == place.community_id)
    return db.session.scalars(mine).all()


def filed_before(place: Place, said: Mapping[str, str], door: Door) -> bool:
    """Has this very form come in already?"""
    return _receipt(db.session(), place, code_of(door.key, said["id"], said["token"])) is not None


def file_concern(concern: Concern, category: Category, door: Door) -> Filed:
    """File a concern as a report. The same form again gives the same receipt, and adds what was
    not said the first time. Raises Refused where too many come."""
    try:
        return _filed(concern, category, door)
    except Refused as no:
        # The same form may have come in between our look and our turn.
        if no.reason != "id_taken" or not filed_before(concern.place, concern.said, door):
            raise
        return _filed(concern, category, door)


def _filed(concern: Concern, category: Category, door: Door) -> Filed:
    place, said = concern.place, concern.said
    code = code_of(door.key, said["id"], said["token"])
    with writing() as session:
        found = _receipt(session, place, code)
        if found is not None:
            _say_more(session, found.report, concern, door.now)
            return Filed(found.report.number, code)
        for kind in COUNTED:
            _count(session, place, kind, door)
        number = _report(session, concern, category, door.now)
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


def _receipt(session: Session, place: Place, code: str) -> ReceiptCode | None:
    return session.get(ReceiptCode, (place.community_id, code_hash(code)))


def _key(place: Place, kind: str, door: Door) -> str:
    what = {"plate": place.id, "community": ""}.get(kind, door.block)
    return rules.counter_key(door.key, kind, what)


def _count(session: Session, place: Place, kind: str, door: Door, by: int = 1) -> None:
    key = _key(place, kind, door)
    counter = HourCount.of_now(session, place.community_id, key, door.now)
    rules.check_count(kind, counter.count, door.now, place.community.phone)
    counter.count += by


def _report(session: Session, concern: Concern, category: Category, now: int) -> str:
    place, said = concern.place, concern.said
    body = {
        "place": place.id,
        "category": category.key,
        "level": "community",
        "words": said["words"],
        "spot": said["spot"],
        "emergency": category.is_emergency,
        "photos": concern.photos,
    }
    new = New("report.filed@1", said["id"], body, wall=rules.written_at(said["waited"], now))
    number = _made(session, place.community_id, new, now)
    _keep_contact(session, place.community_id, said)
    return number


def _say_more(session: Session, report: Report, concern: Concern, now: int) -> None:
    body = what_is_new(concern.said["words"], concern.photos, Told.about(session, report))
    if body is not None:
        _made(session, report.community_id, New("report.added_to@1", report.id, body), now)
    _keep_contact(session, report.community_id, concern.said)


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


def forget_counts(now: int) -> None:
    """Only the hour we are in counts."""
    with writing() as session:
        session.execute(delete(HourCount).where(HourCount.hour < now // HOUR_MS))
