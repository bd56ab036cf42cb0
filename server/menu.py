"""The desk's menu: what the matrix lets a person open, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import g, request

from server.permissions import ANYBODY, Actor, may
from server.words import gettext as _

NOTHING: Mapping[str, int] = {}


@dataclass(frozen=True)
class Entry:
    """One line of the menu. `count` says how many wait there; `looks`: somebody must look."""

    href: str
    action: str
    icon: str
    words: str
    count: int = 0
    looks: bool = False

    @property
    def is_here(self) -> bool:
        """True on the page itself and on those below it."""
        return request.path == self.href or request.path.startswith(f"{self.href}/")


@dataclass(frozen=True)
class Group:
    """A few lines of the menu under one title."""

    title: str
    entries: list[Entry]


def groups(waits: Mapping[str, int] = NOTHING) -> list[Group]:
    """The whole menu, in the reader's language; `waits` says how many wait behind which line."""

    def line(href: str, action: str, icon: str, words: str, looks: bool = False) -> Entry:
        return Entry(href, action, icon, words, waits.get(href, 0), looks)

    return [
        Group(
            _("Every day"),
            [
                line("/reports", "report.read", "inbox", _("New reports")),
                line("/conflicts", "conflict.read", "conflict", _("To be decided"), looks=True),
                line("/parked", "parked.read", "eye", _("To be checked"), looks=True),
                line("/cases", "case.read", "list", _("Cases")),
            ],
        ),
        Group(
            _("Lanes and people"),
            [
                line("/patrols", "patrol.read", "today", _("Rounds")),
                line("/devices", "device.read", "phone", _("Phones"), looks=True),
                line("/upkeep", "upkeep.read", "shield", _("The system"), looks=True),
            ],
        ),
    ]


def menu_of(actor: Actor, waits: Mapping[str, int] = NOTHING) -> list[Group]:
    """What of it this person may open."""
    allowed = [
        Group(group.title, [entry for entry in group.entries if may(actor, entry.action)])
        for group in groups(waits)
    ]
    return [group for group in allowed if group.entries]


def menu(waits: Mapping[str, int] = NOTHING) -> list[Group]:
    """The menu of whoever is signed in; nobody has none."""
    actor = g.get("actor", ANYBODY)
    return menu_of(actor, waits) if actor.is_known else []
