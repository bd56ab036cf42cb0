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
    WORDS_MISSING = "Nothing is written yet. One sentence or one photo will do."
    CATEGORY_UNKNOWN = (
        "This category is no longer used; please choose another. Your words are kept."
    )
    DONE_MISSING = "Solved on the spot: write one sentence on how, or take a photo of it done."
    REASON_MISSING = "Please give a reason in a sentence; the other side will read it."
    ENDING_MISSING = "Before closing, choose how it ended."
    NOT_YOURS = "Only its author and the community's desk may change this."
    ALREADY_CLOSED = (
        "This is settled. If it is not right, press “Not solved, please take it up again”."
    )
    UNDO_TOO_LATE = (
        "More than {days} days have passed, so it can no longer be undone. Write it down anew."
    )
    CASE_IN_HAND = (
        "Somebody has begun on this case, so accepting it can no longer be undone. "
        "Correct the case, or close it with the reason."
    )
    CASE_SHARED = "Other reports have joined this case. Undo those first, each on its own page."
    CASE_UNKNOWN = "There is no such case here. Look at the number again, or choose from the list."
    ID_TAKEN = "This was recorded already; nothing more to do."
    SCREENED_ALREADY = "Somebody has decided this meanwhile. Look at what stands now."
    STEP_NOT_POSSIBLE = "It is further on by now, so this step no longer fits. Choose again."
    ALREADY_DECIDED = "Somebody has decided this already."
    CONFLICT_UNKNOWN = "There is nothing to decide here any more."
    CHANGE_UNKNOWN = "There is no such change in custody."
    NOT_A_STEWARD = "Phones are enrolled for stewards. Choose one from the list."
    ALREADY_REVOKED = "This phone was reported lost before."
    READ_REASON_MISSING = "Before you see the number, say why in a sentence. It is recorded."
    PHOTO_TYPE = (
        "This is not a photo. Use the camera or choose a picture; videos and files are not taken."
    )
    PHOTO_TOO_LARGE = (
        "This photo is too large ({size}). Take it again; the phone will make it smaller."
    )
    PHOTO_BROKEN = "This photo cannot be opened; choose another or take it again."
    PHOTO_BOMB = "This picture cannot be opened safely. Please take it again with the camera."
    REVIEW_DATE_MISSING = "To wait, set a day to look again."
    TOO_QUICK = "Please look at it once more, then press the button again. Everything is kept."
    TOO_MANY_HERE = (
        "Very many came from here within the hour; try again in {minutes} minutes. "
        "If it is urgent, ring {phone}."
    )
    BUSY = "The server is busy or has no room just now. What you wrote is here; press again soon."
    CATEGORY_MISSING = "The category is missing. If unsure, choose “Something else”."
    WORDS_TOO_LONG = "Too long: {n} characters, at most {max}. Add the rest after sending."
    PHONE_NUMBER = "The telephone number seems too long or too short. You may leave it out."
    TRAP = "Please leave this field empty; machines fill it in."
    PHOTO_TOO_MANY = "At most {max} photos each. Add the others after sending."
    CODE_WRONG = "The code does not match. Compare it with the receipt, four at a time."
    CODE_SLOW = (
        "Too many wrong tries; wait {minutes} minutes, or ring the station and give the number."
    )
    ALREADY_WITHDRAWN = "You have withdrawn this already; nothing more to do."
    RECORD_GONE = "This was withdrawn. Write a new one if there is more to say."

    @property
    def code(self) -> str:
        return self.name.lower()


def sentence(reason: str, **details: Any) -> str:
    """What to tell a person; a reason newer than this server is shown by its name."""
    try:
        return gettext(Reason[reason.upper()].value, **details)
    except KeyError:
        return reason.replace("_", " ")
