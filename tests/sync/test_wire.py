"""What may come through the door, and what is said about everything else."""

import json

import pytest

from sync import wire
from sync.wire import Malformed, read_change, read_clock, read_json, read_pull, read_push

RECORD = "018f2b6c-7d31-7a55-9c1e-3f1d2a4b5c6d"
LINE = {"k": "report.filed@1", "o": RECORD, "t": [3, 1795500100000, 480], "b": {"words": "灯坏了"}}
HEAD = {
    "v": 1,
    "app": "2026.11.1",
    "community": RECORD,
    "device": RECORD,
    "epoch": 1,
    "first": 1,
    "count": 0,
    "chain": "0" * 64,
    "clock": {"segment": 3, "wall": 1795503600000},
    "more": False,
}
PULL = {
    "v": 1,
    "community": RECORD,
    "device": RECORD,
    "epoch": 1,
    "cursors": {"place:a": [7, 0], "community": [0, 3]},
    "min_seq": 5,
    "limit": 100,
}


def said(value) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def problem(read, *arguments) -> str:
    with pytest.raises(Malformed) as refused:
        read(*arguments)
    return f"{refused.value.field} {refused.value.problem}"


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"{'a':1}", "not_json"),
        (b'{"a":1,}', "not_json"),
        (b'{"a":1} {}', "not_json"),
        (b'\xef\xbb\xbf{"a":1}', "not_json"),
        (b'{"a":"\xff"}', "not_json"),
        (b'{"a":"\xed\xa0\x80"}', "not_json"),
        ('{"a":1}'.encode("utf-16"), "not_json"),
        (b'{"a":"\x00"}', "not_json"),
        (b'{"a":"\\u0000"}', "nul_character"),
        (b'{"\\u0000":1}', "nul_character"),
        (b'{"a":"\\ud800"}', "lone_surrogate"),
        (b'{"a":["\\udc00\\ud800"]}', "lone_surrogate"),
        (b'{"a":1,"a":2}', "duplicate_key"),
        (b'{"b":{"a":1,"a":1}}', "duplicate_key"),
        (b'{"a":NaN}', "not_a_number"),
        (b'{"a":Infinity}', "not_a_number"),
        (b'{"a":-Infinity}', "not_a_number"),
        (b'{"a":1e400}', "number_too_large"),
        (b'{"a":-1e999}', "number_too_large"),
        (b'{"a":9223372036854775808}', "number_too_large"),
        (b'{"a":-9223372036854775809}', "number_too_large"),
        (b'{"a":' + b"9" * 5000 + b"}", "not_json"),
        (b"[" * 100_000 + b"]" * 100_000, "too_deep"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "too_deep"),
    ],
)
def test_json_has_no_traps(raw, wrong):
    assert problem(read_json, raw) == f"json {wrong}"


def test_json_that_is_well_is_read():
    found = read_json(
        '{"a":["灯\\u706f😀\\ud83d\\ude00",9223372036854775807,-1.5,true,null]}'.encode()
    )

    assert found == {"a": ["灯灯😀😀", 2**63 - 1, -1.5, True, None]}


def test_a_change_is_read_as_it_was_frozen():
    change = read_change(said({**LINE, "seen": {"words": "x"}}), 7)

    assert (change.n, change.kind, change.about) == (7, "report.filed@1", RECORD)
    assert (change.segment, change.wall, change.zone) == (3, 1795500100000, 480)
    assert (change.body, change.seen, change.flaw) == ({"words": "灯坏了"}, {"words": "x"}, "")


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({"x": 1}, "change.x: unknown_field"),
        ({"k": "Report.filed@1"}, "k: wrong_form"),
        ({"k": "report.filed"}, "k: wrong_form"),
        ({"k": "report.filed@0"}, "k: wrong_form"),
        ({"k": "report.filed@1\n"}, "k: wrong_form"),
        ({"k": ["report.filed@1"]}, "k: wrong_form"),
        ({"o": RECORD.upper()}, "o: wrong_form"),
        ({"o": RECORD[:-1]}, "o: wrong_form"),
        ({"o": None}, "o: wrong_form"),
        ({"t": [3, 1]}, "t: wrong_form"),
        ({"t": {"segment": 3}}, "t: wrong_form"),
        ({"t": [-1, 1, 0]}, "t.segment: out_of_range"),
        ({"t": [True, 1, 0]}, "t.segment: not_a_whole_number"),
        ({"t": [1, 1.5, 0]}, "t.wall: not_a_whole_number"),
        ({"t": [1, "1", 0]}, "t.wall: not_a_whole_number"),
        ({"t": [1, wire.MAX_MS + 1, 0]}, "t.wall: out_of_range"),
        ({"t": [1, 1, 841]}, "t.zone: out_of_range"),
        ({"b": []}, "b: not_an_object"),
        ({"b": None}, "b: not_an_object"),
        ({"seen": []}, "seen: wrong_form"),
        ({"seen": {f"f{i}": "x" for i in range(33)}}, "seen: wrong_form"),
        ({"seen": {"No": "x"}}, "seen: wrong_form"),
        ({"seen": {"a": 1}}, "seen.a: wrong_form"),
        ({"seen": {"a": "x" * 81}}, "seen.a: wrong_form"),
        ({"b": {"words": "x" * wire.MAX_CHANGE_BYTES}}, "change: too_large"),
    ],
)
def test_a_line_that_cannot_be_read_is_kept_with_its_flaw(change, flaw):
    raw = said({**LINE, **change})

    found = read_change(raw, 4)

    assert (found.n, found.raw, found.flaw, found.kind) == (4, raw, flaw, "")


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"7", b'"x"', b"\xff\x00", b'{"k":1,"k":2}'])
def test_a_line_that_is_no_json_object_is_kept_too(raw):
    assert read_change(raw, 1).flaw


@pytest.mark.parametrize(
    ("wall", "year"), [(-62_167_219_200_000, "0"), (253_402_300_800_000, "10000")]
)
def test_a_clock_may_stand_in_any_year(wall, year):
    assert read_change(said({**LINE, "t": [1, wall, -840]}), 1).wall == wall


def test_a_push_is_numbered_from_its_first_change():
    push = read_push(b"\n".join([said({**HEAD, "first": 141, "count": 2}), said(LINE), b"{"]))

    assert [(c.n, bool(c.flaw)) for c in push.changes] == [(141, False), (142, True)]
    assert (push.first, push.chain, push.more, push.clock.segment) == (141, bytes(32), False, 3)


def test_a_push_may_be_empty_and_may_end_with_a_line_feed():
    assert read_push(said(HEAD) + b"\n").changes == ()


@pytest.mark.parametrize(
    ("head", "wrong"),
    [
        ({"v": 2}, "v unknown_version"),
        ({"v": None}, "v unknown_version"),
        ({"x": 1}, "envelope.x unknown_field"),
        ({"count": 1}, "count does_not_match"),
        ({"count": -1}, "count out_of_range"),
        ({"count": wire.MAX_CHANGES + 1}, "count out_of_range"),
        ({"count": "0"}, "count not_a_whole_number"),
        ({"first": 0}, "first out_of_range"),
        ({"first": 2**53}, "first out_of_range"),
        ({"epoch": 0}, "epoch out_of_range"),
        ({"community": "x"}, "community wrong_form"),
        ({"device": 1}, "device wrong_form"),
        ({"chain": "0" * 63}, "chain wrong_form"),
        ({"chain": "G" * 64}, "chain wrong_form"),
        ({"clock": None}, "clock not_an_object"),
        ({"clock": {"segment": 1}}, "clock.wall not_a_whole_number"),
        ({"clock": {"segment": 1, "wall": 1, "x": 1}}, "clock.x unknown_field"),
        ({"more": 0}, "more not_a_boolean"),
        ({"app": "x" * 41}, "app wrong_form"),
        ({"app": 1}, "app wrong_form"),
    ],
)
def test_an_envelope_that_is_wrong_is_refused_by_name(head, wrong):
    assert problem(read_push, said({**HEAD, **head})) == wrong


def test_an_envelope_must_be_there_and_an_object():
    assert problem(read_push, b"") == "json not_json"
    assert problem(read_push, b"[]") == "envelope not_an_object"


def test_a_push_has_its_limit():
    assert problem(read_push, b" " * (wire.MAX_PUSH_BYTES + 1)) == "body too_large"


def test_two_hundred_changes_of_full_size_are_counted_line_by_line():
    lines = [said(LINE)] * wire.MAX_CHANGES
    push = read_push(b"\n".join([said({**HEAD, "count": wire.MAX_CHANGES}), *lines]))

    assert push.changes[-1].n == wire.MAX_CHANGES


def test_a_pull_names_what_it_has_of_each_scope():
    pull = read_pull(said(PULL))

    assert pull.cursors == {"place:a": (7, 0), "community": (0, 3)}
    assert (pull.min_seq, pull.limit, pull.epoch) == (5, 100, 1)


def test_a_pull_may_leave_out_what_it_has_nothing_of():
    pull = read_pull(said({k: PULL[k] for k in ("v", "community", "device", "epoch")}))

    assert (pull.cursors, pull.min_seq, pull.limit) == ({}, 0, wire.MAX_PAGE)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"v": 0}, "v unknown_version"),
        ({"x": 1}, "pull.x unknown_field"),
        ({"cursors": []}, "cursors wrong_form"),
        ({"cursors": {f"place:{i}": [0, 0] for i in range(65)}}, "cursors wrong_form"),
        ({"cursors": {"Place": [0, 0]}}, "cursors wrong_form"),
        ({"cursors": {"place:a": 1}}, "cursors wrong_form"),
        ({"cursors": {"place:a": [1, 2, 3]}}, "cursors wrong_form"),
        ({"cursors": {"place:a": [-1, 0]}}, "cursors out_of_range"),
        ({"cursors": {"place:a": [0, 1.0]}}, "cursors not_a_whole_number"),
        ({"limit": 0}, "limit out_of_range"),
        ({"limit": wire.MAX_PAGE + 1}, "limit out_of_range"),
        ({"min_seq": None}, "min_seq not_a_whole_number"),
    ],
)
def test_a_pull_that_is_wrong_is_refused_by_name(change, wrong):
    assert problem(read_pull, said({**PULL, **change})) == wrong


def test_a_clock_is_read_wherever_it_stands():
    assert read_clock({"segment": 0, "wall": -1}) == wire.Clock(0, -1)
    assert problem(read_clock, 7) == "clock not_an_object"


def test_a_field_with_a_long_name_is_not_echoed_whole():
    with pytest.raises(Malformed) as refused:
        read_push(said({**HEAD, "x" * 5000: 1}))

    assert len(refused.value.field) == 80
