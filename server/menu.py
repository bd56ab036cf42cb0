"""The desk's menu: what the matrix lets a person open, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request

from server.permissions import ANYBODY, Actor, may
from server.words import gettext as _


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


def groups() -> list[Group]:
    """The whole menu, in the reader's language."""
    return [
        Group(
            _("Every day"),
            [
                Entry("/reports", "report.read", "inbox", _("New reports")),
                Entry("/conflicts", "conflict.read", "conflict", _("To be decided")),
                Entry("/parked", "parked.read", "eye", _("To be checked")),
                Entry("/cases", "case.read", "list", _("Cases")),
            ],
        ),
        Group(
            _("Lanes and people"),
            [
                Entry("/patrols", "patrol.read", "lane", _("Rounds")),
                Entry("/devices", "device.read", "phone", _("Phones")),
            ],
        ),
    ]


def menu_of(actor: Actor) -> list[Group]:
    """What of it this person may open."""
    allowed = [
        Group(group.title, [entry for entry in group.entries if may(actor, entry.action)])
        for group in groups()
    ]
    return [group for group in allowed if group.entries]


def menu() -> list[Group]:
    """The menu of whoever is signed in; nobody has none."""
    actor = g.get("actor", ANYBODY)
    return menu_of(actor) if actor.is_known else []
