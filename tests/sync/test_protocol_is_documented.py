"""Whatever the core may say has its place in PROTOCOL.md."""

import re
from pathlib import Path

import pytest

from sync import wire
from sync.receipt import Verdict
from sync.simulator import obedience, patience

PROTOCOL = (Path(__file__).parents[2] / "sync" / "PROTOCOL.md").read_text()
EXAMPLES = sorted(
    path.name for path in (Path(__file__).parents[2] / "sync" / "examples").glob("*.json")
)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_heading(verdict):
    assert f"\n### {verdict.value}\n" in PROTOCOL


@pytest.mark.parametrize(
    "reason",
    [
        "older", "already_there", "already_decided", "ambiguous_clock", "person_text",
        "illegal_step", "malformed", "id_taken", "wrong_record", "conflict_unknown",
        "step_not_possible", "unknown_kind", "no_record", "removed", "scope_left", "fault",
        "device_revoked",
    ],
)  # fmt: skip
def test_every_reason_of_the_core_is_named(reason):
    verdicts = PROTOCOL.partition("## 6. Verdicts")[2].partition("## 7.")[0]

    assert f"`{reason}`" in verdicts


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_named(name):
    assert f"`{name}`" in PROTOCOL


def test_the_limits_are_the_ones_that_hold():
    limits = PROTOCOL.partition("## 9. Limits")[2].partition("## 10.")[0]

    said = re.findall(r"(\d+) (changes|MiB a push|KiB a change|cursors|rows)", limits)

    assert {what: int(number) for number, what in said} == {
        "changes": wire.MAX_CHANGES,
        "MiB a push": wire.MAX_PUSH_BYTES >> 20,
        "KiB a change": wire.MAX_CHANGE_BYTES >> 10,
        "cursors": wire.MAX_CURSORS,
        "rows": wire.MAX_PAGE,
    }


@pytest.mark.parametrize(
    "form", [wire._ENVELOPE, wire._CHANGE, wire._PULL], ids=["envelope", "change", "pull"]
)
def test_every_field_of_a_message_is_shown(form):
    assert all(f'"{name}":' in PROTOCOL for name in form)


def test_the_waits_are_the_ones_that_phones_keep():
    waiting = PROTOCOL.partition("## 12. Waiting")[2].partition("## 13.")[0]

    assert f"at most {patience.MOST_S // 3600} h" in waiting
    assert f"`own` is {patience.FIRST_S} s" in waiting
    assert f"in a row to {patience.LAST_S} s" in waiting
    assert "a minute at most" in waiting
    assert patience.HAND_S == 60
    assert f"within {obedience.BACK_MS // 60_000} minutes" in waiting
