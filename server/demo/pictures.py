"""The photos of the story: drawn, and redrawn by the door like everybody's."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from server.demo.drawings import draw
from server.demo.moments import told
from server.media.models import Photo
from server.media.rules import Admitted, admit
from server.media.store import put

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """One photo: what phones say of it, and what the door made of it."""

    wire: dict[str, Any]
    admitted: Admitted


def wanted() -> Iterator[tuple[str, str, str]]:
    """Report, what is to be seen, and its role, of every photo of the story."""
    later = told("later")
    reopened = [
        {"key": c["report"], "photos": c["reopening"]["photos"]}
        for c in later["concerns"]
        if "reopening" in c
    ]
    noted = [{"key": n["report"], "photos": n["photos"]} for n in later["notes"] if "photos" in n]
    for row in (*told("reports")["reports"], *noted, *reopened):
        for photo in row.get("photos", ()):
            yield row["key"], photo["draw"], photo["role"]


def take_pictures(progress: Callable[[int, int], None]) -> dict[tuple[str, str], Picture]:
    """Every photo of the story, by its report and what is to be seen."""
    asked = list(wanted())
    taken: dict[tuple[str, str], Picture] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for (report, words, _), picture in zip(asked, pool.map(_take, asked), strict=True):
            taken[report, words] = picture
            progress(len(taken), len(asked))
    return taken


def _take(photo: tuple[str, str, str]) -> Picture:
    report, words, role = photo
    raw = draw(words, report, role)
    wire = {"sha256": sha256(raw).hexdigest(), "bytes": len(raw), "type": "image/jpeg"}
    return Picture(wire | {"role": role}, admit(raw))


def keep(
    session: Session, community_id: str, device_id: str, pictures: Sequence[Picture], at: int
) -> None:
    """The photos have arrived: both sizes lie in the store, and their rows say so."""
    for picture in pictures:
        digest = picture.wire["sha256"]
        if session.get(Photo, (community_id, digest)):
            continue
        put(community_id, picture.admitted)
        photo = Photo(
            community_id=community_id,
            sha256=digest,
            bytes=picture.wire["bytes"],
            device_id=device_id,
            created_at=at,
        )
        photo.keep(picture.admitted, at)
        session.add(photo)
    session.flush()
