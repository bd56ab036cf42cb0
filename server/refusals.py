"""Why we say no: every reason with its sentence for people. Chinese lies in refusals.po."""

from __future__ import annotations

from enum import Enum
from typing import Any

from server.words import gettext


class Reason(Enum):
    """`Refused("place_unknown", plate=...)` names a reason by its name in small letters."""

    MALFORMED = "Something in it cannot be read: {field}. Please look at it again."
    NOT_PERMITTED = "This step belongs to someone else. Note it down and tell them."
    PLACE_UNKNOWN = "There is no plate “{plate}”. Look at the plate again, or choose from the list."
    PLACE_MISSING = "The place is missing. Scan the lane plate or choose from the list."
    TOO_FAST = "Too many at once; wait {seconds} seconds. What you wrote is kept."
    SIGN_IN = "Name or password is not right. A colleague can reset it with you in person."
    SIGN_IN_SLOW = "Too many wrong tries. Wait {seconds} seconds, then try again."
    SHORT_PASSWORD = "A password has {shortest} to {longest} characters."  # noqa: S105 - a sentence

    @property
    def code(self) -> str:
        return self.name.lower()


def sentence(reason: str, **details: Any) -> str:
    """What to tell a person; a reason newer than this server is shown by its name."""
    try:
        return gettext(Reason[reason.upper()].value, **details)
    except KeyError:
        return reason.replace("_", " ")
