"""What a process remembers, and for how long."""

from collections.abc import Callable

from flask import Flask

from server.memory import Memory
from tests import make


def test_what_was_read_is_read_again_after_a_minute(
    app: Flask, time: Callable[[int | None], None]
) -> None:
    values = iter(["晒谷场", "井台边"])
    known = Memory()
    assert known.get("lane", lambda: next(values)) == "晒谷场"
    time(make.NOW + 59_999)
    assert known.get("lane", lambda: next(values)) == "晒谷场"
    time(make.NOW + 60_000)
    assert known.get("lane", lambda: next(values)) == "井台边"


def test_a_clock_that_went_back_is_no_reason_to_believe_what_is_remembered(
    app: Flask, time: Callable[[int | None], None]
) -> None:
    known = Memory()
    assert known.get("lane", lambda: "晒谷场")
    time(make.NOW - 1)
    assert known.get("lane", lambda: "井台边") == "井台边"


def test_what_was_not_there_is_looked_for_again(app: Flask) -> None:
    found: list[str | None] = [None, "井台边"]
    known = Memory()
    assert known.get("lane", lambda: found.pop(0)) is None
    assert known.get("lane", lambda: found.pop(0)) == "井台边"
