"""Which steps a desk may take, and what each asks for."""

from __future__ import annotations

from collections.abc import Mapping

from server.cases.models import Case
from server.cases.rules import GRAPH

# Steps as the desk offers them, and what they ask beside words.
STEPS: Mapping[str, tuple[str, ...]] = {
    "assigned": ("owner",),
    "in_progress": (),
    "waiting": ("review",),
    "consultation_called": (),
    "plan_agreed": (),
    "not_agreed": (),
    "solved": (),
    "verified": (),
    "closed": ("ending", "answer"),
    "accepted": (),
}
WORDS_NEEDED = ("waiting", "consultation_called", "plan_agreed", "not_agreed", "solved")
AFTER_TALKS = ("plan_agreed", "not_agreed")
AT_TALKS = ("consultation_called", "not_agreed")


def steps_from(case: Case) -> list[str]:
    """The steps that make sense now, in the order people take them."""
    legal = GRAPH[case.state]
    found = [step for step in STEPS if step in legal]
    if case.state not in AT_TALKS:
        found = [step for step in found if step not in AFTER_TALKS]
    if case.state != "closed":
        found = [step for step in found if step != "accepted"]
    return found


def needs_words(step: str, case: Case) -> bool:
    """A step somebody else has to understand asks for a sentence; so does taking up again."""
    return step in WORDS_NEEDED or (step == "accepted" and case.state == "closed")
