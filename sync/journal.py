"""What reconciliation needs from storage. Implemented by a database and, for the simulator, by
plain dictionaries; both obey the same promises."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from sync.change import Change
from sync.clock import Anchor
from sync.receipt import Receipt
from sync.record import Conflict, Record
from sync.stamp import Stamp


@dataclass(slots=True)
class Stream:
    """The counter row of a community. Taking it takes the community's write lock."""

    community: str
    epoch: int = 1
    next_seq: int = 1
    floor_seq: int = 0
    last_hlc: int = 0


@dataclass(slots=True)
class Device:
    """One enrolled storage on one phone, or one desk."""

    id: str
    by: Any
    last_n: int
    chain: bytes
    last_eff: int
    enrolled_at: int
    anchor: Anchor
    revoked_at: int | None = None


class Settled(NamedTuple):
    """A change in custody together with its judgement."""

    change: Change
    chain: bytes
    stamp: Stamp
    doubt: int
    method: str
    receipt: Receipt
    received_at: int


class FeedRow(NamedTuple):
    """The newest news of one record in one scope. what: row | del | out."""

    scope: str
    kind: str
    about: str
    seq: int
    what: str = "row"


@dataclass(slots=True)
class Batch:
    """Everything one push leaves behind, written together or not at all."""

    stream: Stream
    device: Device
    settled: list[Settled] = field(default_factory=list)
    rejudged: list[Settled] = field(default_factory=list)
    records: dict[str, Record] = field(default_factory=dict)
    feed: dict[tuple[str, str, str], FeedRow] = field(default_factory=dict)
    conflicts: dict[str, Conflict] = field(default_factory=dict)
    drained: bool = False  # the phone had nothing left to send


class Journal(Protocol):
    """Storage of one community inside one transaction at a time."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing. Whoever is inside is alone in this community."""

    def stream(self) -> Stream:
        """Take the community's counter row, and with it the lock. First call of a transaction."""

    def device(self, device: str) -> Device | None: ...

    def settled(self, device: str, first: int, last: int) -> Sequence[Settled]:
        """Changes in custody of this device with first ≤ n ≤ last, in order; of what they say, only
        the bytes need be there."""

    def records(self, ids: Collection[str]) -> Mapping[str, Record]: ...

    def conflicts(self, ids: Collection[str]) -> Mapping[str, Conflict]: ...

    def may_write(self, device: Device, scopes: Iterable[str], at: int) -> bool:
        """True when the device's owner was in charge of one of the scopes at that time (ms)."""

    def is_outage(self, fault: Exception) -> bool:
        """True when storage itself is unavailable (locked, full, gone): no change is to blame."""

    def day_number(self, received_at: int) -> str:
        """The next short number of the community's day, to be said on the telephone."""

    def keep(self, batch: Batch) -> None: ...


class Feed(Protocol):
    """What answering a pull needs from storage; reads only."""

    def head(self) -> Stream:
        """The counter row, read before any feed row."""

    def news(self, scope: str, after: int, upto: int, limit: int) -> Sequence[FeedRow]:
        """Feed rows with after < seq ≤ upto, by seq."""

    def rows(self, kind: str, ids: Collection[str]) -> Mapping[str, Any]:
        """What a phone may see of the records."""
