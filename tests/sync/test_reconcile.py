"""Custody of a push: numbers, chains, epochs, repeats, and bad changes that block nobody."""

from dataclasses import replace

import pytest

from sync.change import NO_CHAIN, link
from sync.kind import Kind
from sync.reconcile import Fork, Gap, OtherEpoch, UnknownDevice
from sync.simulator.domain import OLD
from sync.simulator.storage import Full
from tests.sync.community import DAY, HOUR, MINUTE, NOON, Community, thing


@pytest.fixture
def community() -> Community:
    return Community()


@pytest.fixture
def phone(community):
    return community.phone()


def test_custody_keeps_the_bytes_and_answers_with_the_chain(community, phone):
    phone.makes()
    phone.writes("thing.noted")

    outcome = phone.pushes()

    kept = community.tables.custody[phone.device]
    assert [s.change.raw for s in kept] == phone.lines
    assert (outcome.acked, outcome.seq, outcome.epoch) == (2, 2, 1)
    assert outcome.chain == link(link(NO_CHAIN, phone.lines[0]), phone.lines[1])
    assert [r.verdict for r in outcome.receipts] == ["applied", "applied"]


def test_a_push_sent_twice_takes_effect_once_and_is_answered_alike(community, phone):
    phone.makes()
    phone.writes("thing.refused")
    first = phone.pushes()
    before = list(community.tables.custody[phone.device])

    community.now += HOUR
    again = phone.pushes()

    assert again.receipts == first.receipts
    assert again.seq == first.seq
    assert community.tables.custody[phone.device] == before
    assert set(community.tables.effects.values()) == {1}


def test_a_repeat_may_bring_new_changes_and_may_be_shorter(community, phone):
    phone.makes()
    phone.writes("thing.noted")
    phone.pushes()

    phone.writes("thing.noted")
    assert [r.n for r in phone.pushes(first=2).receipts] == [2, 3]
    assert [r.n for r in phone.pushes(first=1, last=1).receipts] == [1]
    assert phone.pushes(first=4).receipts == ()
    assert community.record().facts == 2


def test_what_was_said_before_is_answered_without_being_settled(community, phone):
    phone.makes()
    phone.writes("thing.noted")
    phone.pushes(more=True)
    assert not phone.answered_at_once

    phone.pushes(more=True)
    assert phone.answered_at_once
    phone.pushes(first=2, more=True)
    assert phone.answered_at_once
    phone.writes("thing.noted")
    phone.pushes(first=2, more=True)
    assert not phone.answered_at_once


def test_a_repeat_that_tells_the_time_is_settled_once_more(community, phone):
    phone.makes()
    phone.pushes()

    phone.pushes()
    assert phone.answered_at_once
    community.now += HOUR
    phone.pushes()
    assert not phone.answered_at_once


def test_a_push_after_a_gap_is_told_the_number_that_is_due(community, phone):
    phone.makes()
    phone.pushes()
    phone.writes("thing.noted")
    phone.writes("thing.noted")

    with pytest.raises(Gap) as gap:
        phone.pushes(first=3)

    assert gap.value.expected == 2
    assert community.tables.devices[phone.device].last_n == 1


@pytest.mark.parametrize(("common", "agreed"), [(0, 0), (1, 1), (2, 2)])
def test_two_storages_with_one_name_are_told_up_to_where_they_agree(phone, common, agreed):
    phone.makes()
    phone.writes("thing.noted")
    phone.writes("thing.noted")
    phone.pushes()

    del phone.lines[common:]
    while len(phone.lines) < 4:
        phone.writes("thing.noted")

    with pytest.raises(Fork) as fork:
        phone.pushes()
    assert fork.value.agreed == agreed


def test_a_fork_before_the_push_begins_is_noticed_by_its_chain(phone):
    phone.makes()
    phone.writes("thing.noted")
    phone.pushes()
    wrong = "1" * 64

    for first in (1, 2, 3):
        with pytest.raises(Fork) as fork:
            phone.pushes(first=first, chain=wrong)
        assert fork.value.agreed is None


def test_a_device_nobody_knows_is_told_so(community, phone):
    del community.tables.devices[phone.device]

    with pytest.raises(UnknownDevice):
        phone.pushes()


def test_a_push_of_another_epoch_is_told_what_the_server_has(community, phone):
    phone.makes()
    phone.pushes()
    community.tables.stream.epoch = 2

    with pytest.raises(OtherEpoch) as other:
        phone.pushes()

    assert (other.value.epoch, other.value.acked) == (2, 1)


def test_after_a_restore_the_same_bytes_are_taken_again(community, phone):
    phone.makes()
    phone.pushes()
    backup = community.tables.copy()
    phone.writes("thing.noted")
    phone.pushes(first=2)
    community.journal.tables = backup
    community.tables.stream.epoch = 2

    outcome = phone.pushes(first=2, epoch=2)

    assert (outcome.acked, community.record().facts) == (2, 1)


def test_an_empty_push_is_an_answer_too(community, phone):
    outcome = phone.pushes()

    assert (outcome.acked, outcome.chain, outcome.receipts) == (0, NO_CHAIN, ())


@pytest.mark.parametrize("number", [1, 2, 7, 64, 199, 200])
def test_a_poisoned_change_is_found_by_halving_and_parked_alone(community, phone, number):
    phone.makes()
    for n in range(2, 201):
        phone.writes("thing.broken" if n == number or (number == 1 and n == 2) else "thing.noted")
    before = community.journal.transactions

    outcome = phone.pushes()

    bad = max(2, number)
    spent = community.journal.transactions - before
    assert outcome.acked == 200
    assert [r.n for r in outcome.receipts] == list(range(1, 201))
    assert [(r.n, r.reason) for r in outcome.receipts if r.verdict == "parked"] == [(bad, "fault")]
    assert community.record().facts == 198
    assert spent <= 2 * 8 + 2


def test_several_poisoned_changes_cost_each_their_own(community, phone):
    phone.makes()
    for n in range(2, 101):
        phone.writes("thing.broken" if n in (10, 50, 90) else "thing.noted")
    before = community.journal.transactions

    phone.pushes()

    assert community.verdicts(phone).count("parked") == 3
    assert community.journal.transactions - before <= 1 + 3 * (2 * 7 + 2)


def test_a_push_of_nothing_but_poison_empties_the_outbox(community, phone):
    phone.makes()
    for _ in range(3):
        phone.writes("thing.broken")

    assert phone.pushes().acked == 4
    assert community.verdicts(phone) == ["applied", "parked", "parked", "parked"]


def test_a_full_disk_is_nobody_s_fault_and_changes_nothing(community, phone):
    phone.makes()
    community.journal.is_full = True

    with pytest.raises(Full):
        phone.pushes()
    assert community.tables.custody[phone.device] == []

    community.journal.is_full = False
    assert phone.pushes().acked == 1


def test_a_fault_without_any_change_is_the_server_s_own(community, phone):
    def fault() -> None:
        raise ZeroDivisionError

    community.journal.before_commit = fault

    with pytest.raises(ZeroDivisionError):
        phone.pushes()


def test_the_half_that_was_taken_stays_when_the_disk_fills_up(community, phone):
    """The rest is sent again, with the same receipts for what was taken."""
    phone.makes()
    phone.writes("thing.noted")
    phone.writes("thing.broken")
    phone.writes("thing.noted")
    seen = []

    def fill() -> None:
        seen.append(1)
        community.journal.is_full = True

    community.journal.before_commit = fill
    with pytest.raises(Full):
        phone.pushes()
    assert len(community.tables.custody[phone.device]) == 2

    community.journal.before_commit = lambda: None
    community.journal.is_full = False
    phone.pushes()
    assert community.verdicts(phone) == ["applied", "applied", "parked", "applied"]


# Time


def stamps(community, phone) -> list[int]:
    return [s.stamp.at - NOON for s in community.tables.custody[phone.device]]


@pytest.mark.parametrize("offset", [0, 3650 * DAY, -3650 * DAY])
def test_a_wrong_clock_changes_nothing(community, offset):
    phone = community.phone(2, offset=offset)
    community.now += HOUR
    phone.makes()
    community.now += HOUR
    phone.writes("thing.noted")
    community.now += DAY

    phone.pushes()

    assert stamps(community, phone) == [HOUR, 2 * HOUR]


def test_the_anchor_waits_while_more_is_to_come(community, phone):
    phone.makes()
    community.now += HOUR
    phone.writes("thing.noted")
    phone.pushes(last=1, more=True)
    assert community.tables.devices[phone.device].anchor.server == NOON

    phone.pushes(first=2)
    assert community.tables.devices[phone.device].anchor.server == NOON + HOUR


def test_a_push_that_is_repeated_much_later_does_not_move_the_anchor(community, phone):
    community.now += HOUR
    phone.makes()
    raw = phone.bytes()
    phone.pushes()
    anchor = community.tables.devices[phone.device].anchor
    community.now += DAY

    phone.repeats(raw)

    assert community.tables.devices[phone.device].anchor == anchor


def test_a_line_that_cannot_be_read_spoils_only_itself(community, phone):
    phone.makes()
    community.now += HOUR
    phone.lines.append(b'{"k":')
    phone.writes("thing.noted")
    community.now += DAY

    [_, bad, good] = phone.pushes().receipts

    assert (bad.verdict, bad.reason) == ("rejected", "malformed")
    assert bad.details == {"problem": "json: not_json"}
    assert good.verdict == "applied"
    assert stamps(community, phone)[2] == HOUR
    assert [s.method for s in community.tables.custody[phone.device]] == ["age", "unread", "age"]


def test_no_stamp_is_later_than_the_receipt_even_when_the_server_s_clock_steps_back(
    community, phone
):
    phone.makes()
    phone.pushes()
    community.now -= DAY
    phone.writes("thing.noted")

    phone.pushes(first=2)

    [first, second] = community.tables.custody[phone.device]
    assert first.stamp < second.stamp
    assert second.received_at >= second.stamp.at
    assert second.received_at >= first.received_at


def test_a_stamp_that_had_to_be_moved_up_is_as_unsure_as_it_was_moved(community, phone):
    other = community.phone(2)
    phone.makes()
    community.now += HOUR
    phone.pushes()
    other.writes("thing.changed", seen={"title": phone.stamp_of("title")}, title="x")
    community.now += MINUTE
    desk = community.desk()
    desk.writes("thing.changed", seen={"title": phone.stamp_of("title")}, title="late")
    desk.pushes()
    other.lines.clear()
    line = other.writes("thing.changed", seen={"title": phone.stamp_of("title")}, title="x")
    other.lines = [line.replace(str(community.now).encode(), str(NOON).encode())]

    other.pushes()

    [kept] = community.tables.custody[other.device]
    assert kept.stamp.at == community.now
    assert kept.doubt >= HOUR


def test_kinds_may_ask_for_the_same_record_twice_in_one_push(community, phone):
    phone.makes()
    phone.writes("thing.changed", title="one")
    phone.writes("thing.changed", title="two")
    phone.writes("thing.moved", to="seen")

    phone.pushes()

    record = community.record()
    assert (record.fields["title"].value, record.state, record.seq) == ("two", "seen", 4)
    assert record.path == ("new", "seen")


def test_a_kind_that_is_not_known_yet_is_parked(community, phone):
    phone.makes()
    phone.writes("thing.hailed")

    [_, receipt] = phone.pushes().receipts

    assert (receipt.verdict, receipt.reason) == ("parked", "unknown_kind")


def test_the_same_change_under_two_kinds_of_record_is_refused(community, phone):
    noted = OLD["thing.noted@1"]
    community.kinds = {**OLD, "thing.noted@1": replace(noted, record="other")}
    phone.makes()
    phone.writes("thing.noted")

    assert phone.pushes().receipts[1].reason == "wrong_record"


def test_an_id_that_is_taken_is_refused(community, phone):
    other = community.phone(2)
    phone.makes()
    phone.pushes()
    other.makes()

    assert other.pushes().receipts[0].reason == "id_taken"
    assert community.record().owner == phone.device


def test_kinds_of_the_simulator_are_whole():
    assert all(isinstance(kind, Kind) and name == kind.name for name, kind in OLD.items())
    assert thing(1) != thing(2)
