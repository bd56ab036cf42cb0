"""How two changes meet. Stamps are made by hand: times in seconds, devices by letter."""

from sync import decide
from sync.change import Change
from sync.kind import Creates, Moves, Register, Sets, Settles
from sync.receipt import Verdict
from sync.record import Conflict, Held, Record
from sync.stamp import Stamp, hlc

GRAPH = {"open": frozenset({"seen"}), "seen": frozenset({"done"}), "done": frozenset[str]()}
FIELDS = {"title": Register(), "note": Register(about_people=lambda value: "阿姨" in value)}


def stamp(second: int, device: str = "a", n: int = 1) -> Stamp:
    return Stamp(hlc(second * 1000), device, n)


def record(**given) -> Record:
    given = {"id": "r", "kind": "thing", "scopes": (), "owner": "a", "state": "open"} | given
    return Record(**given)


def holding(value: str, by: Stamp, doubt: int = 0) -> Record:
    return record(fields={"title": Held(value, by, doubt)})


def setting(held: Record, by: Stamp, *, doubt: int = 0, seen: Stamp | None = None, **body):
    wire = dict.fromkeys(body, seen.wire()) if seen else {}
    change = Change(by.n, b"", seen=wire)
    return decide.setting(Sets(FIELDS), held, change, body, by, doubt)


# Creation


def test_a_record_comes_into_being_once():
    merge = Creates("open", FIELDS)

    first = decide.creation(merge, None, {"title": "灯"}, stamp(1), 7)

    assert (first.verdict, first.state) == (Verdict.APPLIED, "open")
    assert first.sets == {"title": Held("灯", stamp(1), 7), "note": Held(None, stamp(1), 7)}
    assert decide.creation(merge, record(), {}, stamp(2), 0).reason == "id_taken"


# Fields


def test_an_edit_that_saw_the_value_it_replaces_wins_whatever_the_clocks_say():
    later = stamp(100, "b")

    found = setting(holding("old", later), stamp(1), seen=later, title="new")

    assert (found.verdict, found.conflicts) == (Verdict.APPLIED, ())
    assert found.sets["title"].value == "new"


def test_a_device_has_seen_what_it_wrote_itself():
    found = setting(holding("old", stamp(5, "a", 1)), stamp(5, "a", 2), title="new")

    assert (found.verdict, found.conflicts) == (Verdict.APPLIED, ())


def test_the_later_of_two_edits_stands_and_the_other_is_kept():
    found = setting(holding("theirs", stamp(10, "b")), stamp(20), title="mine")

    [lost] = found.conflicts
    assert (found.verdict, found.reason, dict(found.details)) == (Verdict.APPLIED, "", {})
    assert found.sets["title"].value == "mine"
    assert (lost.winner_value, lost.loser_value, lost.reason) == ("mine", "theirs", "older")
    assert (lost.winner, lost.loser, lost.about) == (stamp(20), stamp(10, "b"), "r")


def test_the_earlier_of_two_edits_is_superseded_and_kept():
    found = setting(holding("theirs", stamp(30, "b")), stamp(20), title="mine")

    [lost] = found.conflicts
    assert (found.verdict, found.reason) == (Verdict.SUPERSEDED, "older")
    assert found.details == {"fields": {"title": "superseded"}}
    assert (dict(found.sets), lost.loser_value) == ({}, "mine")


def test_equal_times_are_told_apart_by_device():
    assert setting(holding("b", stamp(5, "b")), stamp(5, "a"), title="a").sets == {}
    assert setting(holding("a", stamp(5, "a")), stamp(5, "b"), title="b").sets


def test_times_nearer_than_their_doubts_wait_for_a_person():
    held = holding("theirs", stamp(10, "b"), doubt=6000)

    found = setting(held, stamp(20), doubt=4001, title="mine")

    assert (found.verdict, found.reason) == (Verdict.CONFLICT, "ambiguous_clock")
    assert found.sets["title"].value == "mine"
    assert found.conflicts[0].doubt == 10_001
    assert setting(held, stamp(20), doubt=4000, title="mine").conflicts[0].doubt == 0


def test_a_race_about_a_person_waits_for_a_person():
    held = record(fields={"note": Held("周阿姨", stamp(1, "b"))})

    found = setting(held, stamp(90), note="没事")

    assert (found.verdict, found.reason) == (Verdict.CONFLICT, "person_text")
    assert setting(record(fields={"note": Held("没", stamp(1, "b"))}), stamp(9), note="阿姨").reason


def test_each_field_races_for_itself_and_the_worst_is_told():
    held = record(fields={"title": Held("t", stamp(50, "b")), "note": Held("阿姨", stamp(1, "b"))})

    found = setting(held, stamp(20), title="x", note="y")

    assert found.details == {"fields": {"title": "superseded", "note": "conflict"}}
    assert (found.verdict, found.reason) == (Verdict.CONFLICT, "person_text")
    assert set(found.sets) == {"note"}


def test_the_same_value_is_no_race_and_the_later_stamp_stays():
    held = holding("same", stamp(30, "b"))

    assert setting(held, stamp(20), title="same").sets["title"].stamp == stamp(30, "b")
    assert setting(held, stamp(40), title="same").sets["title"].stamp == stamp(40)
    assert setting(held, stamp(40), title="same").conflicts == ()


def test_a_field_nobody_set_is_simply_set():
    assert setting(record(), stamp(1), title="x").verdict is Verdict.APPLIED


def test_fields_that_are_not_named_stay():
    assert set(setting(record(), stamp(1), note="x").sets) == {"note"}


# Steps


def moving(held: Record, to: str = "", **body):
    return decide.moving(Moves(GRAPH, to), held, body, stamp(9, "b"))


def test_a_step_that_the_graph_allows_is_taken():
    assert moving(record(), to="seen").state == "seen"
    assert decide.moving(Moves(GRAPH), record(), {"to": "seen"}, stamp(1)).state == "seen"


def test_a_step_that_was_taken_already_is_superseded():
    held = record(state="done", path=("open", "seen", "done"))

    assert moving(held, to="seen").reason == "already_there"
    assert moving(held, to="done").details == {"state": "done"}


def test_a_step_of_an_earlier_round_is_superseded():
    held = record(state="open", generation=2)

    assert moving(held, to="seen", generation=1).reason == "already_there"


def test_a_step_the_graph_does_not_know_waits_and_the_state_stands():
    held = record(state="open", path=("open",), stepped=stamp(3))

    found = moving(held, to="done")

    [kept] = found.conflicts
    assert (found.verdict, found.reason, found.state) == (Verdict.CONFLICT, "illegal_step", "")
    assert (kept.field, kept.winner_value, kept.loser_value) == ("state", "open", "done")
    assert (kept.winner, kept.loser) == (stamp(3), stamp(9, "b"))


def test_a_step_from_where_the_record_no_longer_stands_waits():
    held = record(state="seen", path=("open", "seen"))

    assert moving(held, to="done", **{"from": "open"}).reason == "illegal_step"
    assert moving(held, to="done", generation=2).reason == "illegal_step"
    assert moving(held, to="done", **{"from": "seen"}, generation=1).state == "done"


def test_a_history_is_legal_when_each_of_its_steps_is():
    assert decide.is_legal(GRAPH, ("open", "seen", "done"))
    assert decide.is_legal(GRAPH, ())
    assert not decide.is_legal(GRAPH, ("open", "done"))


# Decisions


def dispute(field: str = "title", state: str = "open", about: str = "r") -> Conflict:
    loser = "seen" if field == "state" else "kept"
    return Conflict(
        "c", about, field, stamp(2), stamp(1, "b"), "stands", loser, "older", state=state
    )


def settling(held: Record, found: Conflict | None, choice: str):
    return decide.settling(Settles({"thing": GRAPH}), held, found, choice, stamp(50, "desk"))


def test_a_kept_value_can_be_brought_back():
    found = settling(holding("stands", stamp(2)), dispute(), "restore")

    assert found.sets == {"title": Held("kept", stamp(50, "desk"))}
    assert found.settles.state == "restored"


def test_a_conflict_can_be_left_as_it_stands():
    kept = settling(record(), dispute(), "keep")

    assert (kept.verdict, dict(kept.sets), kept.settles.state) == (Verdict.APPLIED, {}, "kept")
    assert settling(record(), dispute(), "dismiss").settles.state == "dismissed"
    assert settling(record(), dispute(), "keep").settles == dispute(state="kept")


def test_a_step_can_be_brought_back_where_the_graph_allows_it():
    assert settling(record(), dispute("state"), "restore").state == "seen"

    late = settling(record(state="done"), dispute("state"), "restore")
    assert (late.reason, dict(late.details)) == (
        "step_not_possible",
        {"state": "done", "step": "seen"},
    )
    assert settling(record(kind="other"), dispute("state"), "restore").reason


def test_a_decision_is_made_once():
    found = settling(record(), dispute(state="kept"), "restore")

    assert (found.verdict, found.reason) == (Verdict.SUPERSEDED, "already_decided")
    assert found.details == {"state": "kept"}


def test_a_conflict_that_is_not_there_is_not_decided():
    assert settling(record(), None, "keep").reason == "conflict_unknown"
    assert settling(record(), dispute(about="other"), "keep").reason == "conflict_unknown"


def test_the_same_conflict_has_the_same_name():
    assert decide.conflict_id(stamp(1), "title") == decide.conflict_id(stamp(2), "title")
    assert decide.conflict_id(stamp(1), "title") != decide.conflict_id(stamp(1), "note")
