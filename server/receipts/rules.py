"""Codes, and what a receipt tells its holder. Codes are made, never stored."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.cases.models import Case, CaseStep
from server.cases.rules import PUBLIC_STATUS, public_status
from server.receipts.models import Told
from server.reports.models import Addition, Report, Screening
from server.reports.rules import DISMISSED, GRAPH
from sync.receipt import Refused

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
LENGTH = 20  # five bits each: 100 in all
MOST_PHOTOS = 6
MOST_WORDS = 2000
FREE_GUESSES = 10
FORGET_MS = 15 * 60_000
LONGEST_WAIT_MS = 60_000

_LEFT_OUT = re.compile(
    r"([1-9])-(photo_(?:type|too_large|broken|bomb|too_many))(?:-([0-9]{1,4}\.[0-9]))?"
)
_MISREAD = str.maketrans("ILO", "110")


def code_of(key: bytes, report_id: str, token: str) -> str:
    """The code of a report: the same for the same form, so that a repeat can show it again."""
    said = f"receipt\n{report_id}\n{token}".encode()
    number = int.from_bytes(hmac.new(key, said, hashlib.sha256).digest(), "big")
    return "".join(ALPHABET[number >> 5 * i & 31] for i in range(LENGTH))


def code_hash(code: str) -> str:
    """What is kept of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def read_code(typed: str) -> str:
    """The code somebody typed, however they grouped it; empty if it cannot be one."""
    plain = "".join(c for c in typed.upper() if c.isalnum()).translate(_MISREAD)
    is_code = len(plain) == LENGTH and all(c in ALPHABET for c in plain)
    return plain if is_code else ""


def groups(code: str) -> list[str]:
    """A code as it is shown: five groups of four."""
    return [code[i : i + 4] for i in range(0, len(code), 4)]


def wait_ms(guesses: int, last_at: int, now: int) -> int:
    """How long until the next code from an address is looked at."""
    if guesses < FREE_GUESSES or now - last_at > FORGET_MS:
        return 0
    pause = min(1000 << min(guesses - FREE_GUESSES, 10), LONGEST_WAIT_MS)
    return max(0, last_at + pause - now)


def check_photos(have: int, more: int) -> None:
    """A report shows a handful of photos, not an album."""
    if have + more > MOST_PHOTOS:
        raise Refused("photo_too_many", max=MOST_PHOTOS)


def what_is_new(
    words: str, photos: Sequence[Mapping[str, Any]], told: Told
) -> dict[str, Any] | None:
    """The body of an addition with what was not said before; None when all of it was.

    So pressing twice adds once.
    """
    fresh = [photo for photo in photos if photo["sha256"] not in told.photos]
    said = "" if words in told.words else words
    if not said and not fresh:
        return None
    check_photos(len(told.photos), len(fresh))
    return {"words": said, "photos": fresh}


def left_out_said(left_out: Sequence[tuple[int, Refused]]) -> str:
    """Which photos did not come in and why, for an address: `2-photo_bomb,3-photo_type`."""
    parts = ((str(n), no.reason, *no.details.get("size", "").split()[:1]) for n, no in left_out)
    return ",".join("-".join(part) for part in parts)


def left_out_read(said: str) -> list[tuple[int, Refused]]:
    """What `left_out_said` said; anything else in the address is passed over."""
    found = [_LEFT_OUT.fullmatch(one) for one in said.split(",")[:MOST_PHOTOS]]
    return [
        (int(one[1]), Refused(one[2], size=f"{one[3] or 12} MB", max=MOST_PHOTOS))
        for one in found
        if one
    ]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of what happened: a public word, when, and what was said about it."""

    status: str
    at: int
    words: str = ""
    is_own: bool = False


def story(
    report: Report, screenings: Sequence[Screening], case: Case | None, steps: Sequence[CaseStep]
) -> list[Event]:
    """What everybody may know, from the first word to where it stands. Both lists in order of time.

    Where it stands now is the last event; what was taken back is left out.
    """
    told = [Event("received", report.received_at)]
    decided = [s for s in screenings if s.state != "screening"][-1:]
    if not decided or report.state == "screening":
        return told
    last = decided[0]
    if last.state in DISMISSED:
        return [*told, Event("declined_or_transferred", last.at, last.reason)]
    if case is not None:
        told += _of_case(_joined_at(screenings) or last.at, case, steps)
    if report.state == "withdrawn":
        told.append(Event("declined_or_transferred", last.at, last.reason, is_own=True))
    return told


def _joined_at(screenings: Sequence[Screening]) -> int:
    return next((s.at for s in reversed(screenings) if s.case_id), 0)


def _of_case(joined_at: int, case: Case, steps: Sequence[CaseStep]) -> list[Event]:
    """The steps everybody may hear of: where the public word changed, and how it ended."""
    first = steps[0].from_state if steps else case.state
    told = [Event(PUBLIC_STATUS[first], joined_at)]
    for step in steps:
        word = PUBLIC_STATUS[step.to_state]
        if word != told[-1].status and step.at >= joined_at:
            told.append(Event(word, step.at))
        elif word != told[-1].status:
            told[-1] = Event(word, joined_at)
    last = told[-1]
    now = public_status("accepted", case)
    words = case.answer or (steps[-1].words if steps and now == "declined_or_transferred" else "")
    told[-1] = Event(now, last.at, words)
    return told


def open_question(more: Sequence[Addition]) -> Addition | None:
    """What the coordinator asked and the holder has not answered yet."""
    return more[-1] if more and more[-1].kind == "question" else None


def may_add(report: Report) -> bool:
    return report.state not in ("withdrawn", "spam")


def may_withdraw(report: Report, case: Case | None) -> bool:
    is_settled = case is not None and case.state in ("solved", "verified", "closed")
    return "withdrawn" in GRAPH[report.state] and not is_settled


def check_addition(report: Report, words: str, photos: int) -> None:
    if not may_add(report):
        raise Refused("record_gone")
    if len(words) > MOST_WORDS:
        raise Refused("words_too_long", n=len(words), max=MOST_WORDS)
    if not words and not photos:
        raise Refused("words_missing")


def check_withdrawal(report: Report) -> None:
    if report.state == "withdrawn":
        raise Refused("already_withdrawn")
    if "withdrawn" not in GRAPH[report.state]:
        raise Refused("already_closed")
