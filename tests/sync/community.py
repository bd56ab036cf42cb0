"""A community in memory, with phones that send what a test tells them to."""

import json
from contextlib import suppress

from sync.change import NO_CHAIN, link
from sync.clock import Anchor
from sync.journal import Stream
from sync.kind import Kinds
from sync.reconcile import Fork, Outcome, said_before, settle
from sync.simulator.domain import OLD
from sync.simulator.storage import DESK, Grant, MemoryJournal, Tables, new_device
from sync.wire import read_push

COMMUNITY = "c0000000-0000-4000-8000-000000000000"
NOON = 1_795_500_000_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def thing(number: int) -> str:
    return f"a{number:07x}-0000-7000-8000-000000000000"


class Community:
    """Its clock stands at `now` until a test moves it."""

    def __init__(self, kinds: Kinds = OLD) -> None:
        self.now = NOON
        self.kinds = kinds
        self.journal = MemoryJournal(Tables(Stream(COMMUNITY)), lambda tables, batch: None)
        self.mark = 0

    @property
    def tables(self) -> Tables:
        return self.journal.tables

    def phone(self, number: int = 1, *, offset: int = 0, places: str = "abc") -> "SentPhone":
        member = f"m{number}"
        for place in places:
            self.tables.grants.append(Grant(member, f"place:{place}", self.now, None))
        return SentPhone(self, f"d{number:07x}-0000-4000-8000-000000000000", member, offset)

    def desk(self) -> "SentPhone":
        return SentPhone(self, "d0000000-0000-4000-8000-000000000000", DESK, 0)

    def record(self, number: int = 1):
        return self.tables.records[thing(number)]

    def verdicts(self, phone: "SentPhone") -> list[str]:
        return [s.receipt.verdict.value for s in self.tables.custody[phone.device]]


class SentPhone:
    """Freezes lines and sends them; `offset` is how far its clock is off."""

    def __init__(self, community: Community, device: str, member: str, offset: int) -> None:
        self.community = community
        self.device = device
        self.offset = offset
        self.segment = 1
        self.lines: list[bytes] = []
        self.answered_at_once = False
        here = Anchor(1, self.wall, community.now)
        community.tables.enrol(new_device(device, member, here, community.now))

    @property
    def wall(self) -> int:
        return self.community.now + self.offset

    def writes(self, kind: str, number: int = 1, *, seen: dict | None = None, **body) -> bytes:
        """One frozen line, at the phone's present time."""
        self.community.mark += 1
        line = {
            "k": f"{kind}@1",
            "o": thing(number),
            "t": [self.segment, self.wall, 480],
            **({"seen": seen} if seen else {}),
            "b": {"mark": self.community.mark, **body},
        }
        self.lines.append(json.dumps(line).encode())
        return self.lines[-1]

    def makes(self, number: int = 1, **fields) -> None:
        """A new record."""
        body = {"place": "a", "title": "", "note": "", **fields}
        self.writes("thing.made", number, **body)

    def bytes(self, first: int = 1, last: int | None = None, **envelope) -> bytes:
        """A push of the lines from `first` on."""
        lines = self.lines[first - 1 : last]
        chain = NO_CHAIN
        for raw in self.lines[: first - 1]:
            chain = link(chain, raw)
        head = {
            "v": 1,
            "community": COMMUNITY,
            "device": self.device,
            "epoch": 1,
            "first": first,
            "count": len(lines),
            "chain": chain.hex(),
            "clock": {"segment": self.segment, "wall": self.wall},
            **envelope,
        }
        return b"\n".join([json.dumps(head).encode(), *lines])

    def pushes(self, first: int = 1, last: int | None = None, **envelope) -> Outcome:
        return self.repeats(self.bytes(first, last, **envelope))

    def repeats(self, raw: bytes) -> Outcome:
        """The very same bytes, whenever that was. Where nothing has to be settled, what is said at
        once is what settling says."""
        push, here = read_push(raw), self.community
        device, stream = here.tables.devices.get(push.device), here.tables.stream
        early = None
        with suppress(Fork):
            early = device and said_before(push, stream, device, here.journal.settled, here.now)
        outcome = settle(push, here.journal, here.kinds, here.now)
        assert early in (None, outcome)
        self.answered_at_once = early is not None
        return outcome

    def stamp_of(self, field: str, number: int = 1) -> str:
        """As a row would tell it."""
        return self.community.record(number).fields[field].stamp.wire()
