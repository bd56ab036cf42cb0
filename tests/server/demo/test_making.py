"""The fortnight as it was told: everything stands where the story says, always the same."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from server.accounts.models import Credential, Member
from server.accounts.rules import is_password
from server.cases.models import Case
from server.database import Base, db
from server.demo import making
from server.demo.exceptions import PERIODS, exceptions
from server.demo.moments import told
from server.devices.models import Device
from server.exchange.models import ChangeRow, ConflictRow, RecordRow
from server.media.models import Photo
from server.patrols.models import Patrol, PeriodHours, Tally
from server.patrols.rules import slot_state, window
from server.places.models import Community, Place
from server.receipts.models import ReceiptCode
from server.reports.models import Addition, Report, ReportPhoto
from tests import make

DAY = 86_400_000
MIDNIGHT = make.NOW - 14 * 3_600_000  # make.NOW is 14:00 in Shanghai
STORY = told("reports")["reports"]
SALTED = {"credentials": {"password_hash"}}  # by chance, as everywhere


def moment(said) -> int:
    """ "-14 07:10" or [-14, "07:10"] in milliseconds, seen from `make.NOW`."""
    day, clock = said.split() if isinstance(said, str) else said
    hours, minutes = clock.split(":")
    return MIDNIGHT + int(day) * DAY + (int(hours) * 60 + int(minutes)) * 60_000


EXCEPTIONS = [
    {**row, "steward": steward, "place": place, "day": day, "period": period}
    for (steward, place, day, period), row in exceptions().items()
]


@pytest.fixture(scope="module")
def filed(demo):
    """Ids of the reports, by what was written down first."""
    rows = db.session.execute(
        select(ChangeRow.about, ChangeRow.raw).where(ChangeRow.kind == "report.filed@1")
    )
    return {json.loads(raw)["b"]["words"]: about for about, raw in rows}


def standing(about: str) -> set[str]:
    """Every word that says where a report stands."""
    report = db.session.scalars(select(Report).where(Report.id == about)).first()
    if report is None:
        change = select(ChangeRow.verdict).where(ChangeRow.about == about)
        return set(db.session.scalars(change))
    if report.state == "merged":
        return {"merged", "duplicate"}
    case = db.session.get(Case, (report.community_id, report.case_id)) if report.case_id else None
    return {report.state} | ({case.state, case.ending} if case else set())


@pytest.mark.parametrize("row", STORY, ids=[row["key"] for row in STORY])
def test_every_report_stands_where_the_story_says(filed, row):
    assert row["outcome"] in standing(filed[row["words"]])


@pytest.mark.parametrize("row", STORY, ids=[row["key"] for row in STORY])
def test_every_report_was_written_when_the_story_says(filed, row):
    written = db.session.scalars(
        select(ChangeRow).where(
            ChangeRow.about == filed[row["words"]], ChangeRow.kind == "report.filed@1"
        )
    ).one()

    assert 0 <= (written.eff >> 16) - moment(row["at"]) < 60_000
    unsure = row.get("clock_uncertain_minutes", row.get("unsure_minutes", 0))
    assert written.doubt // 60_000 == unsure


def test_solved_and_not_looked_at_again_waits_to_be_verified(filed):
    for row in STORY:
        if row["outcome"] == "solved" and "verified" not in row.get("handling", {}):
            assert "solved" in standing(filed[row["words"]])
            assert "closed" not in standing(filed[row["words"]])


def test_four_pairs_of_values_wait_for_a_person(demo, filed):
    reports = {row["key"]: filed[row["words"]] for row in STORY}
    found = {
        (row.field, row.reason): (row.about, row.winner_value, row.loser_value, row.state)
        for row in db.session.scalars(select(ConflictRow))
    }
    case = db.session.scalar(select(Report.case_id).where(Report.id == reports["r56"]))

    assert len(found) == 4
    for told_of in told("later")["conflicts"]:
        field = told_of["field"].removeprefix("case_")
        stands, other = sorted(told_of["values"], key=lambda value: not value["stands"])
        assert found[field, told_of["reason"]] == (
            case if field == "state" else reports[told_of["report"]],
            json.dumps(stands["value"], ensure_ascii=False),
            json.dumps(other["value"], ensure_ascii=False),
            "open",
        )


def test_the_doubt_of_the_new_phone_is_forty_five_minutes(demo):
    doubt = db.session.scalar(
        select(ConflictRow.doubt).where(ConflictRow.reason == "ambiguous_clock")
    )

    assert doubt // 60_000 == 45


def test_what_came_from_the_lost_phone_is_kept_apart(demo):
    rows = db.session.execute(
        select(ChangeRow.kind, ChangeRow.device_id).where(ChangeRow.verdict == "quarantined")
    ).all()
    [device] = {device for _, device in rows}
    phone = db.session.scalars(select(Device).where(Device.id == device)).one()

    assert sorted(kind for kind, _ in rows) == ["patrol.walked@1", *["report.filed@1"] * 2]
    assert (phone.revoked_at, phone.unsent_when_revoked) == (moment("-6 09:46"), 1)
    assert phone.enrolled_at < moment("-14 00:00")


def test_everything_else_was_taken_as_it_was_meant(demo):
    verdicts = dict(
        db.session.execute(
            select(ChangeRow.verdict, func.count()).group_by(ChangeRow.verdict)
        ).all()
    )

    assert verdicts.pop("applied") > 1000
    assert verdicts == {"quarantined": 3, "superseded": 1, "conflict": 3}


def patrols_of(row) -> list[Patrol]:
    name = next(p["zh"] for p in told("places")["places"] if p["key"] == row["place"])
    return list(
        db.session.scalars(
            select(Patrol)
            .join(
                Place, (Place.community_id == Patrol.community_id) & (Place.id == Patrol.place_id)
            )
            .where(
                Place.name == name,
                Patrol.period == row["period"],
                Patrol.day == day_of(row["day"]),
            )
            .order_by(Patrol.happened_at)
        )
    )


def day_of(day: int) -> str:
    return datetime.fromtimestamp(moment([day, "12:00"]) / 1000, UTC).date().isoformat()


@pytest.mark.parametrize(
    "row",
    EXCEPTIONS,
    ids=[f"{r['steward']} {r['place']} {r['day']} {r['period']}" for r in EXCEPTIONS],
)
def test_every_odd_round_is_as_odd_as_the_story_says(demo, row):
    found = patrols_of(row)
    who = next(p["name"] for p in told("people")["stewards"] if p["key"] == row["steward"])
    member = db.session.scalars(select(Member).where(Member.name == who)).one()
    hours = db.session.scalars(
        select(PeriodHours).where(
            PeriodHours.community_id == member.community_id, PeriodHours.period == row["period"]
        )
    ).one()
    due = window(day_of(row["day"]), hours.starts, hours.ends, "Asia/Shanghai")

    # What came from the lost phone counts only when somebody has looked at it.
    is_apart = row.get("lost_phone") or row.get("verdict") == "quarantined"
    expected = "missed" if is_apart else row["state"]
    own = [p for p in found if p.member_id == member.id]
    if expected in ("missed", "excused"):
        found = own
    assert slot_state(found, due, make.NOW, member.id) == expected
    if row.get("words") and expected not in ("missed",):
        assert row["words"] in [p.words for p in found]


def test_nobody_missed_a_round_but_those_the_story_names(demo):
    """Rounds that are neither walked nor excused."""
    missing = []
    for steward in told("people")["stewards"]:
        for place in steward["places"]:
            for day in range(-14, 0):
                for period in PERIODS:
                    row = {"place": place, "period": period, "day": day}
                    if not patrols_of(row):
                        missing.append((place, day, period))

    assert missing == [
        ("gj_l03", -11, "evening"),
        ("gj_c05", -5, "midday"),
        ("ws_l01", -6, "early"),
    ]


def test_nothing_happened_today_or_later(demo):
    newest = db.session.execute(
        select(func.max(ChangeRow.eff), func.max(ChangeRow.received_at))
    ).one()
    others = [
        db.session.scalar(select(func.max(column)))
        for column in (
            Report.received_at,
            Patrol.received_at,
            Photo.stored_at,
            Device.seen_at,
            Addition.added_at,
            Case.closed_at,
            ConflictRow.found_at,
        )
    ]

    assert max(newest[0] >> 16, newest[1], *others) < MIDNIGHT


def test_all_of_it_is_there(demo):
    def count(model, *conditions) -> int:
        return db.session.scalar(select(func.count()).select_from(model).where(*conditions))

    assert (count(Community), count(Place)) == (2, 24)
    assert count(Member, Member.role == "steward") == 12
    assert count(Report) == 65  # and two that wait apart
    assert count(Addition, Addition.kind == "addition", Addition.by_role == "steward") == 11
    assert count(ReceiptCode) == sum(row["source"] == "resident" for row in STORY)
    assert count(Device, Device.kind == "phone") == 13
    named = set(db.session.scalars(select(ReportPhoto.sha256)))
    stored = set(db.session.scalars(select(Photo.sha256).where(Photo.state == "stored")))
    assert named <= stored


def test_what_was_done_in_passing_is_counted(demo):
    wanted: dict[str, int] = {}
    for row in STORY:
        for tally, times in row.get("tallies", {}).items():
            wanted[tally] = wanted.get(tally, 0) + times
    found = dict(
        db.session.execute(select(Tally.tally, func.sum(Tally.times)).group_by(Tally.tally)).all()
    )

    assert found == wanted


def test_what_reconciliation_knows_is_what_the_domains_know(demo):
    records = {row.id: row for row in db.session.scalars(select(RecordRow))}
    for model in (Report, Case):
        for row in db.session.scalars(select(model)):
            assert (row.id, records[row.id].state) == (row.id, row.state)
    for case in db.session.scalars(select(Case)):
        assert records[case.id].generation == case.generation


def test_everybody_at_a_desk_has_a_password(demo):
    for person in making.sign_ins():
        credential = db.session.scalars(Credential.named(person["name"])).first()
        assert is_password(person["password"], credential.password_hash)
        assert credential.member.role == person["role"]


def state_of(app) -> str:
    """A hash of every row of every table."""
    found = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        columns = [c for c in table.c if c.name not in SALTED.get(table.name, ())]
        rows = db.session.execute(select(*columns)).all()
        for row in sorted(repr(tuple(row)) for row in rows):
            found.update(f"{table.name} {row}\n".encode())
    return found.hexdigest()


@pytest.mark.timeout(240)
def test_two_runs_of_one_day_are_the_same(demo, another):
    first = state_of(demo)

    with contextmanager(another)(make.NOW + 3 * 3_600_000) as again:
        assert state_of(again) == first
