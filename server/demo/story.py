"""Who does what when, before it is done: the script that `making` plays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from server.demo.moments import Days, id_of
from server.demo.people import community_of
from server.demo.pictures import Picture

PUBLIC = ""


@dataclass(frozen=True, slots=True)
class Deed:
    """One change. `by`: a person's key, or PUBLIC. `sees`: fields whose value was on the screen.

    `arrives` is when it reaches the server: later than `at` where a phone has no signal.
    """

    at: int
    arrives: int
    community_id: str
    by: str
    kind: str
    about: str
    body: Mapping[str, Any]
    sees: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    expects: str = "applied"


@dataclass(slots=True)
class Story:
    """Everything that is going to happen."""

    days: Days
    pictures: Mapping[tuple[str, str], Picture]
    deeds: list[Deed] = field(default_factory=list)
    reports: dict[str, str] = field(default_factory=dict)  # key -> id
    cases: dict[str, str] = field(default_factory=dict)  # key of the report -> id of its case

    def add(
        self,
        at: int,
        by: str,
        kind: str,
        about: str,
        body: Mapping[str, Any],
        *,
        community: str = "",
        arrives: int = 0,
        sees: Sequence[str] = (),
        pictures: Sequence[Picture] = (),
        expects: str = "applied",
    ) -> None:
        """Write one deed into the script."""
        where = id_of(community) if community else community_of(by)
        whole = dict(body)
        if pictures:
            whole["photos"] = [picture.wire for picture in pictures]
        self.deeds.append(
            Deed(
                at,
                max(at, arrives),
                where,
                by,
                f"{kind}@1",
                about,
                whole,
                sees,
                pictures,
                expects,
            )
        )

    def at(self, moment: str) -> int:
        return self.days.at(moment)

    def shows(self, report: str, photos: Sequence[Mapping[str, str]]) -> list[Picture]:
        """The pictures a report, a note or a step asks for."""
        return [self.pictures[report, photo["draw"]] for photo in photos]
