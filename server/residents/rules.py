"""When a concern is taken: what it must say, how fast, how many. A person is never turned away
for good, and nothing that was typed is thrown away."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from server.reports.models import Category, UrgentWord
from sync.receipt import Refused

HOUR_MS = 3_600_000
MOST_PHOTOS = 3
LEAST_MS = 3_000
MOST_WAIT_MS = 90 * 24 * HOUR_MS
MOST_AN_HOUR = {"address": 60, "plate": 60, "community": 300, "photos": 240, "report": 20}
CALLS = ("119", "120", "110")
COMMON = (
    "rubbish",
    "blocked_drain",
    "clutter",
    "parking",
    "lamp_out",
    "noise",
    "ebike_charging",
    "broken_ground",
    "other",
)


def sign_moment(key: bytes, at: int) -> str:
    """The moment a form is handed out, in a shape only we can make."""
    return f"{at:x}.{_mark(key, 'moment', f'{at:x}')}"


def read_moment(key: bytes, said: str) -> int | None:
    """The moment a form was handed out; None when it is not ours."""
    at, _, mark = said.partition(".")
    return int(at, 16) if _is_marked(key, "moment", at, mark) else None


def check_pace(opened_at: int | None, now: int) -> None:
    """Nobody writes a concern in a moment. A form may be as old as it likes."""
    if opened_at is None or now - opened_at < LEAST_MS:
        raise Refused("too_quick")


def written_at(waited: str, now: int) -> int:
    """When a concern was written: so many milliseconds before it came as its browser counted. Never
    later than it came; what is no number counts as nothing."""
    is_number = waited.isascii() and waited.isdigit() and len(waited) <= 15
    return now - min(int(waited), MOST_WAIT_MS) if is_number else now


def sign_photo(key: bytes, concern_id: str, photo: Mapping[str, Any]) -> str:
    """A photo that is here already, so that asking again does not lose it."""
    said = f"{photo['sha256']}.{photo['bytes']}.{photo['type'].removeprefix('image/')}"
    return f"{said}.{_mark(key, f'photo {concern_id}', said)}"


def read_photos(key: bytes, concern_id: str, said: Iterable[str]) -> list[dict[str, Any]]:
    """The photos that came with this concern before; what is not ours is passed over."""
    found: dict[str, dict[str, Any]] = {}
    for one in said:
        photo, _, mark = one.rpartition(".")
        if _is_marked(key, f"photo {concern_id}", photo, mark):
            digest, size, kind = photo.split(".")
            found[digest] = {"sha256": digest, "bytes": int(size), "type": f"image/{kind}"}
    return list(found.values())


def _mark(key: bytes, what: str, said: str) -> str:
    return hmac.new(key, f"{what}\n{said}".encode(), hashlib.sha256).hexdigest()[:32]


def _is_marked(key: bytes, what: str, said: str, mark: str) -> bool:
    # Compared as bytes: compare_digest refuses text beyond ASCII.
    return hmac.compare_digest(_mark(key, what, said).encode(), mark.encode())


def address_block(address: str) -> str:
    """Neighbours behind one line count together: /24, or /48."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    bits = 24 if found.version == 4 else 48
    return str(ipaddress.ip_network(f"{found}/{bits}", strict=False))


def counter_key(key: bytes, kind: str, what: str) -> str:
    """Where something is counted; neither addresses nor plates are kept in clear."""
    return hmac.new(key, f"count\n{kind}\n{what}".encode(), hashlib.sha256).hexdigest()


def check_count(kind: str, count: int, now: int, phone: str) -> None:
    """So many an hour and no more; the hour is the clock's, so that it can be told when it ends."""
    if count >= MOST_AN_HOUR[kind]:
        minutes = -(-(HOUR_MS - now % HOUR_MS) // 60_000)
        raise Refused("too_many_here", minutes=minutes, phone=phone)


def check_content(words: str, photos: int, category: Category | None) -> dict[str, Refused]:
    """What is still missing, by the field that lacks it."""
    missing: dict[str, Refused] = {}
    if category is None:
        missing["category"] = Refused("category_missing")
    if not words and not photos:
        missing["words"] = Refused("words_missing")
    return missing


def calls_for(words: str, category: Category | None, urgent: Sequence[UrgentWord]) -> list[str]:
    """The numbers to ring first, the likeliest on top; none when nothing sounds urgent."""
    seen = [word.call for word in urgent if word.zh in words]
    if category is not None and category.is_emergency:
        seen = [word.call for word in urgent if word.category == category.key] + seen
        seen = seen or [CALLS[0]]
    first = list(dict.fromkeys(seen))
    return first + [call for call in CALLS if call not in first] if first else []


def smells_of_gas(words: str, category: Category | None, urgent: Sequence[UrgentWord]) -> bool:
    """Gas has rules of its own: no switch, no flame, no telephone indoors."""
    is_gas = category is not None and category.key == "gas_smell"
    return is_gas or any(w.category == "gas_smell" and w.zh in words for w in urgent)


def shown_first(categories: Sequence[Category]) -> tuple[list[Category], list[Category]]:
    """What residents tell of most, and the rest: dangers first, then in the community's order."""
    by_key = {category.key: category for category in categories}
    first = [by_key.pop(key) for key in COMMON if key in by_key]
    return first, sorted(by_key.values(), key=lambda c: (not c.is_emergency, c.position))


def plain(text: str) -> str:
    """Text as a person sees it; control signs have no meaning in it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or ord(c) >= 32).strip()
