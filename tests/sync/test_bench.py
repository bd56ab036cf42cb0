"""Judging one change: who may, what is set aside, and what the feed hears of it."""

import json
from dataclasses import replace

import pytest

from sync.bench import Bench
from sync.change import Change
from sync.clock import Estimate
from sync.journal import Batch
from sync.kind import Adds, Creates, Directs, Kind, Moves, Placed
from sync.receipt import SetAside
from sync.record import Record
from sync.simulator.domain import GRAPH, NEW, OLD
from sync.simulator.storage import DESK
from tests.sync.community import DAY, HOUR, NOON, Community, thing


@pytest.fixture
def community() -> Community:
    return Community()


@pytest.fixture
def phone(community):
    return community.phone()


def last(outcome):
    return outcome.receipts[-1]


def bench_of(community: Community, device: str) -> Bench:
    journal = community.journal
    return Bench(
        Batch(journal.stream(), journal.device(device)), journal, community.kinds, community.now
    )


# Set aside


def test_a_change_about_nothing_we_know_is_parked(phone):
    phone.writes("thing.noted")

    assert last(phone.pushes()).reason == "no_record"


def test_a_change_about_what_is_gone_is_parked(community, phone):
    phone.makes()
    phone.writes("thing.dropped")
    phone.writes("thing.noted")

    assert last(phone.pushes()).reason == "removed"
    assert community.record().removed


def test_whoever_was_not_in_charge_at_the_time_is_heard_later(community, phone):
    phone.makes(note="")
    phone.pushes()
    stranger = community.phone(2, places="b")
    stranger.writes("thing.noted")

    assert last(stranger.pushes()).reason == "scope_left"


def test_what_was_done_before_the_lane_was_left_counts(community, phone):
    phone.makes()
    phone.pushes()
    other = community.phone(2, places="a")
    community.now += HOUR
    other.writes("thing.noted")
    grants = community.tables.grants
    community.now += HOUR
    grants[:] = [g._replace(until=community.now) if g.member == "m2" else g for g in grants]
    community.now += DAY
    other.writes("thing.noted")

    other.pushes()

    assert community.verdicts(other) == ["applied", "parked"]


def test_the_late_work_of_a_lost_phone_is_kept_apart(community, phone):
    phone.makes()
    phone.pushes()
    device = community.tables.devices[phone.device]
    community.tables.devices[phone.device] = replace(device, revoked_at=NOON)
    phone.writes("thing.noted")
    phone.lines.append(b"{")

    outcome = phone.pushes(first=2)

    assert [r.reason for r in outcome.receipts] == ["device_revoked", "malformed"]
    assert outcome.receipts[0].verdict == "quarantined"
    assert community.record().facts == 0


def test_a_rule_may_set_a_change_aside(community, phone):
    def waits(taken, journal):
        raise SetAside("roster")

    community.kinds = {**OLD, "thing.noted@1": replace(OLD["thing.noted@1"], intake=waits)}
    phone.makes()
    phone.writes("thing.noted")

    assert (last(phone.pushes()).verdict, last(phone.pushes()).reason) == ("parked", "roster")
    assert community.record().facts == 0


def test_a_rule_may_say_no(community, phone):
    phone.makes()
    phone.writes("thing.refused")

    receipt = last(phone.pushes())

    assert (receipt.verdict, receipt.reason, receipt.seq) == ("rejected", "not_today", 0)
    assert community.record().facts == 0


def test_a_body_of_the_wrong_shape_names_its_field(phone):
    phone.makes()
    phone.writes("thing.noted", mark="x")

    assert last(phone.pushes()).details == {"field": "mark", "problem": "missing"}


# Judged again


def judged_again(community, phone, n: int):
    desk = community.desk()
    bench = bench_of(community, desk.device)
    with community.journal.transaction():
        [kept] = community.journal.settled(phone.device, n, n)
        receipt = bench.rejudge(kept, "m1")
        community.journal.keep(bench.batch)
    return receipt


def test_a_parked_change_is_judged_again_at_its_own_time(community, phone):
    phone.makes()
    phone.writes("thing.hailed")
    phone.pushes()
    kept = community.tables.custody[phone.device][1]
    community.kinds = NEW
    community.now += DAY

    receipt = judged_again(community, phone, 2)

    again = community.tables.custody[phone.device][1]
    assert (receipt.verdict, community.record().facts) == ("applied", 1)
    assert (again.stamp, again.doubt, again.chain) == (kept.stamp, kept.doubt, kept.chain)
    assert phone.pushes().receipts[1] == receipt


def test_judging_again_leaves_what_was_judged_before_it_in_the_same_batch(community, phone):
    phone.makes()
    phone.writes("thing.hailed")
    phone.pushes()
    community.kinds = NEW
    community.now += HOUR
    desk = community.desk()
    bench = bench_of(community, desk.device)
    body = {"mark": 0, "title": "desk"}
    change = Change(1, b"x", "thing.changed@1", thing(1), body=body)

    with community.journal.transaction():
        bench.fetch([change])
        bench.admit(change, Estimate(community.now, 0, "exact"))
        [kept] = community.journal.settled(phone.device, 2, 2)
        bench.rejudge(kept, "m1")
        community.journal.keep(bench.batch)

    assert (community.record().fields["title"].value, community.record().facts) == ("desk", 1)


# Conflicts


def raced(community: Community) -> str:
    """Two phones write a title at different times; the earlier arrives last. The conflict's id."""
    one, two = community.phone(1), community.phone(2)
    one.makes()
    one.pushes()
    community.now += HOUR
    one.writes("thing.changed", title="earlier")
    community.now += HOUR
    two.writes("thing.changed", title="later")
    two.pushes()
    community.now += HOUR
    one.pushes(first=2)
    [found] = [c for c in community.tables.conflicts.values() if c.loser_value == "earlier"]
    return found.id


def test_a_desk_brings_a_lost_value_back_for_good(community):
    conflict = raced(community)
    before = community.record().fields["title"]
    assert before.value == "later"
    desk = community.desk()
    desk.writes("conflict.decided", conflict=conflict, choice="restore")

    assert last(desk.pushes()).verdict == "applied"

    after = community.record().fields["title"]
    assert (after.value, after.stamp > before.stamp) == ("earlier", True)
    assert community.tables.conflicts[conflict].state == "restored"


def test_a_decision_comes_after_what_it_decides_even_within_one_millisecond(community):
    conflict = raced(community)
    two = community.phone(3)
    two.writes("thing.changed", title="just now", seen={"title": two.stamp_of("title")})
    two.pushes()
    stands = community.record().fields["title"].stamp
    desk = community.desk()
    desk.writes("conflict.decided", conflict=conflict, choice="restore")

    desk.pushes()

    assert community.record().fields["title"].stamp > stands


def test_a_second_decision_is_told_that_there_was_one(community):
    conflict = raced(community)
    desk = community.desk()
    desk.writes("conflict.decided", conflict=conflict, choice="keep")
    desk.writes("conflict.decided", conflict=conflict, choice="restore")

    assert last(desk.pushes()).reason == "already_decided"


def test_a_dispute_found_in_a_push_is_at_hand_within_it(community):
    one, two = community.phone(1), community.phone(2)
    one.makes(note="@x")
    one.pushes()
    bench = bench_of(community, two.device)
    line = two.writes("thing.changed", note="y")
    body = json.loads(line)["b"]
    change = Change(1, line, "thing.changed@1", thing(1), wall=NOON, body=body)

    bench.fetch([change])
    bench.admit(change, Estimate(NOON, 0, "exact"))

    assert set(bench.disputes) == set(bench.batch.conflicts) != set()


def test_a_decision_about_a_step_has_seen_both_steps(community, phone):
    phone.makes()
    phone.writes("thing.moved", to="done")
    phone.pushes()
    [found] = community.tables.conflicts.values()
    desk = community.desk()
    desk.writes("conflict.decided", conflict=found.id, choice="restore")

    assert last(desk.pushes()).reason == "step_not_possible"


def test_what_is_said_to_have_been_seen_but_is_no_stamp_is_passed_over(community, phone):
    phone.makes()
    phone.pushes()
    other = community.phone(2)
    other.writes("thing.changed", title="x", seen={"title": "yesterday"})

    other.pushes()

    assert community.record().fields["title"].value == "x"


# Steps and rounds


def test_a_step_out_of_an_end_begins_a_new_generation(community, phone):
    graph = {**GRAPH, "closed": frozenset({"seen"})}
    moved = replace(OLD["thing.moved@1"], merge=Moves(graph, ends=frozenset({"closed"})))
    community.kinds = {**OLD, "thing.moved@1": moved}
    phone.makes()
    phone.writes("thing.moved", to="closed")
    phone.writes("thing.moved", to="seen")

    phone.pushes()

    record = community.record()
    assert (record.generation, record.path, record.state) == (2, ("seen",), "seen")


def test_a_reopened_record_counts_its_rounds(community, phone):
    phone.makes()
    phone.writes("thing.moved", to="closed")
    phone.writes("thing.reopened")
    phone.writes("thing.moved", to="closed", generation=1)

    receipts = phone.pushes().receipts

    assert (community.record().generation, receipts[3].reason) == (2, "already_there")


# The feed


def feed(community: Community) -> dict[tuple[str, str], tuple[int, str]]:
    return {
        (scope, about[:8]): (row.seq, row.what)
        for scope, rows in community.tables.feed.items()
        for (_, about), row in rows.items()
    }


def test_a_record_that_moves_leaves_word_where_it_was(community, phone):
    phone.makes()
    phone.writes("thing.changed", place="b")

    phone.pushes()

    assert feed(community) == {
        ("place:a", "a0000001"): (2, "out"),
        ("place:b", "a0000001"): (2, "row"),
        ("me:m1", "a0000001"): (2, "row"),
    }


def test_a_record_that_is_gone_is_told_as_gone(community, phone):
    phone.makes()
    phone.writes("thing.dropped")

    phone.pushes()

    assert feed(community)["place:a", "a0000001"] == (2, "del")


def kind(name: str, merge, intake) -> dict[str, Kind]:
    full = f"{name}@1"
    return {**OLD, full: Kind(full, "thing", merge, lambda body: body, intake)}


def test_a_record_may_be_born_with_another_and_touch_a_third(community, phone):
    phone.makes(3)
    phone.pushes()
    child = Record(thing(2), "thing", ("place:a",), "x", state="new")

    def opens(taken, journal):
        assert taken.at == taken.stamp.at
        return Placed(("place:a",), "1124-01", "seen", (child,), (thing(3),), {"case": "x"})

    community.kinds = kind("thing.made", Creates("new", {}), opens)
    phone.makes(1)

    receipt = last(phone.pushes(first=2))

    assert (receipt.number, receipt.details) == ("1124-01", {"case": "x"})
    assert community.record().state == "seen"
    assert community.record().path == ("seen",)
    assert {about: seq for (_, about), (seq, _) in feed(community).items()} == {
        "a0000001": 4,
        "a0000002": 2,
        "a0000003": 3,
    }


def test_an_order_about_something_else_leaves_records_alone(community):
    orders = []
    community.kinds = kind("thing.made", Directs(), lambda taken, journal: orders.append(taken.by))
    desk = community.desk()
    desk.makes()

    outcome = desk.pushes()

    assert (orders, outcome.seq, outcome.receipts[0].verdict) == ([DESK], 0, "applied")
    assert community.tables.records == {}


def test_a_fact_adds_up_and_never_conflicts(community):
    phones = [community.phone(n) for n in (1, 2, 3)]
    phones[0].makes()
    phones[0].pushes()
    for phone in reversed(phones):
        phone.writes("thing.noted")
        phone.pushes(first=1)

    assert (community.record().facts, community.tables.conflicts) == (3, {})
    assert isinstance(OLD["thing.noted@1"].merge, Adds)
