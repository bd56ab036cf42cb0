"""Playing the story: every deed at its moment, through the same doors as everybody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from server import clock
from server.accounts.models import Member
from server.database import writing
from server.demo import people, pictures, places, receipts
from server.demo.later import tell_later
from server.demo.moments import MINUTE, QUICK, Days, id_of, told
from server.demo.phones import Phone, StoryJournal
from server.demo.rounds import Items, walk_rounds
from server.demo.story import PUBLIC, Deed, Story
from server.demo.telling import tell_reports
from server.devices import rules
from server.devices.models import Device
from server.exchange.intake import New, record_within
from server.patrols.models import ChecklistItem, PeriodHours
from server.permissions import ANYBODY
from server.reports.models import Category
from sync.receipt import Receipt

Progress = Callable[[int, int, str], None]
Act = tuple[int, int, Callable[[int], None]]  # when, in which order of one moment, what
ENROLLED = "-15 10:00"


class OffScript(Exception):
    """A change came to something else than the story says."""


def make_demo(progress: Progress) -> None:
    """Fill an empty database with the fortnight before today, all of it or nothing."""
    taken = pictures.take_pictures(lambda k, of: progress(k * 60 // of, 100, "Drawing the photos"))
    with writing() as session:
        days = Days.ending(clock.now())
        places.lay_out(session)
        people.appoint(session, days)
        progress(62, 100, "Writing the story")
        story = Story(days, taken)
        tell_reports(story, _categories(session))
        tell_later(story)
        walk_rounds(story, _items(session), _hours(session))
        Stage(session, story).play(progress)
    progress(100, 100, "The demo is ready")


def _categories(session: Session) -> dict[str, Category]:
    rows = session.scalars(Category.of_community(id_of("guijing")))
    return {row.key: row for row in rows}


def _items(session: Session) -> Items:
    found: dict[tuple[str, str], list[ChecklistItem]] = defaultdict(list)
    for item in session.scalars(
        select(ChecklistItem)
        .where(ChecklistItem.community_id == id_of("guijing"))
        .order_by(ChecklistItem.position)
    ):
        found[item.checklist, item.period].append(item)
    return found


def _hours(session: Session) -> dict[str, tuple[int, int]]:
    rows = session.scalars(select(PeriodHours).where(PeriodHours.community_id == id_of("guijing")))
    return {row.period: (row.starts, row.ends) for row in rows}


class Stage:
    """Phones and the order in which everything reaches the server."""

    def __init__(self, session: Session, story: Story) -> None:
        self.session = session
        self.story = story
        self.phones: dict[str, Phone] = {}
        self.waiting: dict[str, list[Deed]] = defaultdict(list)

    def play(self, progress: Progress) -> None:
        at = self.story.at(ENROLLED)
        for row in told("people")["stewards"]:
            self.enrol(row["key"], row["label"], at)
        acts = sorted([*self.acts(), *self.losing_a_phone()], key=lambda act: act[:2])
        for k, (at, _, act) in enumerate(acts):
            act(at)
            if k % 100 == 0:
                progress(62 + 37 * k // len(acts), 100, "Living through the fortnight")

    def acts(self) -> Iterator[Act]:
        """Moments of writing and of reaching the server, each with what happens then."""
        deeds = sorted(enumerate(self.story.deeds), key=lambda pair: (pair[1].at, pair[0]))
        reached: dict[str, int] = defaultdict(int)
        for order, deed in deeds:
            if people.everyone().get(deed.by, {}).get("role") != "steward":
                yield deed.at, order, lambda at, deed=deed: self.decide(deed, at)  # type: ignore[misc]
                continue
            # What was written before it waits in front of it.
            arrives = max(deed.arrives, deed.at + QUICK, reached[deed.by])
            yield deed.at, order, lambda at, deed=deed: self.write(deed, at)  # type: ignore[misc]
            if arrives > reached[deed.by]:
                yield arrives, order, lambda at, by=deed.by: self.send(by, at)  # type: ignore[misc]
                reached[deed.by] = arrives

    def losing_a_phone(self) -> Iterator[Act]:
        """It slips out at the market, is reported lost, turns up, and is replaced by one whose
        clock is ninety minutes fast until it is set right before its next sending."""
        lost, at = told("lost_phone"), self.story.at
        who = lost["steward"]
        phone = self.phones[who]

        def replace_it(at: int) -> None:
            self.enrol(who, lost["new_label"], at, offset=lost["fast_minutes"] * MINUTE)

        def set_right(at: int) -> None:
            self.phones[who].offset = 0
            self.phones[who].calls(self.session, at)

        yield at(lost["seen"]), 0, lambda at: phone.calls(self.session, at)
        yield at(lost["revoked"]), 0, lambda at: self.revoke(phone, lost["revoked_by"], at)
        yield at(lost["new_phone"]), 0, replace_it
        yield at(lost["set_right"]), 0, set_right

    def revoke(self, phone: Phone, by: str, at: int) -> None:
        row = self.session.get_one(Device, (phone.community_id, phone.id), populate_existing=True)
        rules.revoke(row, by=people.acting(by), now=at)
        self.session.flush()

    def enrol(self, steward: str, label: str, at: int, offset: int | None = None) -> Phone:
        member = self.session.get_one(Member, (people.community_of(steward), id_of(steward)))
        phone = self.phones[steward] = Phone(member, label, at, offset)
        self.session.add(phone.row)
        self.session.flush()
        return phone

    def write(self, deed: Deed, at: int) -> None:
        """A tap on a phone."""
        phone = self.phones[deed.by]
        body = dict(deed.body)
        if "started" in body:
            body["started"] = [1, body["started"][1] + phone.offset]
        phone.writes(at, deed.kind, deed.about, body, self.seen(deed))
        self.waiting[deed.by].append(deed)

    def send(self, by: str, at: int) -> None:
        """Signal: words first, then photos."""
        phone, deeds = self.phones[by], self.waiting.pop(by, [])
        if not deeds:
            return
        answers = phone.sends(at, StoryJournal(phone.community_id, self.session))
        for deed, receipt in zip(deeds, answers, strict=True):
            self.check(deed, receipt)
            pictures.keep(self.session, deed.community_id, phone.id, deed.pictures, at + QUICK)

    def decide(self, deed: Deed, at: int) -> None:
        """A click at the desk, or a resident's form."""
        pictures.keep(self.session, deed.community_id, "", deed.pictures, at)
        by = people.acting(deed.by) if deed.by != PUBLIC else ANYBODY
        by = replace(by, community_id=deed.community_id)
        new = New(deed.kind, deed.about, deed.body, self.seen(deed))
        [receipt] = record_within(self.session, by, [new], community_id=deed.community_id, at=at)
        self.check(deed, receipt)
        if deed.by == PUBLIC and deed.kind == "report.filed@1":
            receipts.hand_out(self.session, deed.community_id, deed.about, at)

    def seen(self, deed: Deed) -> dict[str, str]:
        """The stamps of what was on the screen."""
        if not deed.sees:
            return {}
        journal = StoryJournal(deed.community_id, self.session)
        record = journal.records([deed.about])[deed.about]
        return {name: record.fields[name].stamp.wire() for name in deed.sees}

    def check(self, deed: Deed, receipt: Receipt) -> None:
        if receipt.verdict.value != deed.expects:
            said = f"{receipt.verdict.value} {receipt.reason} {dict(receipt.details)}"
            raise OffScript(f"{deed.by or 'a resident'}: {deed.kind} {dict(deed.body)}: {said}")


def sign_ins() -> list[dict[str, Any]]:
    """Who may sign in at the desk, with the password."""
    return [
        {"role": row["role"], "name": row["name"], "password": people.PASSWORD}
        for row in told("people")["staff"]
    ]
