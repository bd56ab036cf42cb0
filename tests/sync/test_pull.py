"""What phones are told: each scope from its own cursor, no row skipped, no row left behind."""

import pytest

from sync.pull import Behind, answer
from sync.simulator.storage import MemoryJournal
from sync.wire import Pull
from tests.sync.community import COMMUNITY, Community, thing


@pytest.fixture
def community() -> Community:
    return Community()


@pytest.fixture
def phone(community):
    return community.phone()


def asked(community, cursors=None, *, limit=500, epoch=1, min_seq=0, granted=("place:a",)):
    pull = Pull(COMMUNITY, "d", epoch, cursors or {}, min_seq, limit)
    return answer(pull, community.journal, granted)


def told(answer) -> list[tuple]:
    return [(scope, about[:8], seq, *what) for scope, _, about, seq, _, *what in answer.changes]


def test_a_new_scope_is_told_from_the_start(community, phone):
    phone.makes(1)
    phone.makes(2)
    phone.pushes()

    found = asked(community)

    assert found.as_wire()["scopes"] == {"place:a": [2, 2, False]}
    assert told(found) == [("place:a", "a0000001", 1), ("place:a", "a0000002", 2)]
    assert found.changes[0][4]["state"] == "new"


def test_afterwards_only_what_is_new_is_told(community, phone):
    phone.makes(1)
    phone.makes(2)
    phone.writes("thing.noted", 1)
    phone.pushes()

    found = asked(community, {"place:a": (2, 0)})

    assert told(found) == [("place:a", "a0000001", 3)]
    assert found.scopes == {"place:a": (3, 0, False)}
    assert asked(community, {"place:a": (3, 0)}).changes == []


def test_an_empty_community_has_nothing_to_tell(community):
    found = asked(community)

    assert (found.upto, found.scopes, found.changes) == (0, {"place:a": (0, 1, False)}, [])


def test_a_cold_start_page_by_page_hears_of_a_deletion_in_between(community, phone):
    for number in (1, 2, 3):
        phone.makes(number)
    phone.pushes()

    first = asked(community, limit=2)
    assert first.scopes == {"place:a": (2, 3, True)}

    phone.writes("thing.dropped", 1)
    phone.writes("thing.dropped", 3)
    phone.pushes()
    second = asked(community, {"place:a": first.scopes["place:a"][:2]}, limit=2)

    assert second.scopes == {"place:a": (5, 3, False)}
    assert told(second) == [("place:a", "a0000001", 4, "del"), ("place:a", "a0000003", 5, "del")]


def test_a_cold_start_leaves_out_what_was_gone_before_it(community, phone):
    phone.makes(1)
    phone.makes(2)
    phone.writes("thing.dropped", 1)
    phone.pushes()

    assert told(asked(community)) == [("place:a", "a0000002", 2)]


def test_a_cursor_below_the_floor_starts_cold(community, phone):
    phone.makes(1)
    phone.makes(2)
    phone.writes("thing.dropped", 1)
    phone.pushes()
    community.tables.stream.floor_seq = 3

    assert asked(community, {"place:a": (2, 0)}).scopes == {"place:a": (3, 3, False)}
    assert asked(community, {"place:a": (3, 0)}).scopes == {"place:a": (3, 0, False)}


def test_a_cold_start_that_the_floor_overtook_begins_again(community, phone):
    for number in (1, 2, 3):
        phone.makes(number)
    phone.pushes()
    first = asked(community, limit=1)
    phone.writes("thing.dropped", 1)
    phone.pushes()
    community.tables.stream.floor_seq = 4

    again = asked(community, {"place:a": first.scopes["place:a"][:2]})

    assert again.scopes == {"place:a": (4, 4, False)}
    assert told(again) == [("place:a", "a0000002", 2), ("place:a", "a0000003", 3)]


def test_a_cursor_of_another_epoch_or_of_the_future_starts_cold(community, phone):
    phone.makes()
    phone.pushes()

    assert asked(community, {"place:a": (1, 0)}, epoch=2).scopes["place:a"] == (1, 1, False)
    assert asked(community, {"place:a": (9, 0)}).scopes["place:a"] == (1, 1, False)


def test_a_scope_that_is_no_longer_granted_is_to_be_left(community):
    found = asked(community, {"place:b": (3, 0), "place:a": (0, 0), "me:m1": (1, 0)})

    assert found.leave == ["me:m1", "place:b"]
    assert set(found.scopes) == {"place:a"}


def test_a_page_has_room_for_so_many_rows_and_no_scope_is_forgotten(community, phone):
    for number in range(1, 4):
        phone.makes(number)
    phone.makes(4, place="b")
    phone.pushes()
    cursors, rows = {}, []
    for _ in range(10):
        found = asked(community, cursors, limit=2, granted=("place:a", "place:b", "place:c"))
        rows += told(found)
        cursors = {
            scope: (cursor, cold if more else 0)
            for scope, (cursor, cold, more) in found.scopes.items()
        }
        if not any(more for _, _, more in found.scopes.values()):
            break

    assert [row[1] for row in rows] == ["a0000001", "a0000002", "a0000003", "a0000004"]
    assert cursors == {"place:a": (4, 0), "place:b": (4, 0), "place:c": (4, 0)}


def test_a_copy_that_lags_behind_a_promise_says_so(community, phone):
    phone.makes()
    phone.pushes()

    assert asked(community, min_seq=1).upto == 1
    with pytest.raises(Behind):
        asked(community, min_seq=2)
    assert asked(community, min_seq=2, epoch=7).upto == 1


def test_a_row_that_may_not_be_shown_is_passed_over(community, phone):
    """A feed may hold back a record; the cursor goes on."""
    phone.makes(1)
    phone.makes(2)
    phone.pushes()

    class Discreet(MemoryJournal):
        def rows(self, kind, ids):
            return super().rows(kind, [id for id in ids if id != thing(1)])

    feed = Discreet(community.tables, lambda tables, batch: None)
    found = answer(Pull(COMMUNITY, "d", 1, {}, 0, 500), feed, ("place:a",))

    assert [row[1] for row in told(found)] == ["a0000002"]
    assert found.scopes["place:a"][0] == 2
