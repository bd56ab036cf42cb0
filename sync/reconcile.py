"""Custody first, judgement second: every change of a push is kept and gets one lasting receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sync.bench import Bench
from sync.change import NO_CHAIN, Change, link
from sync.clock import Anchor, newer
from sync.journal import Batch, Device, Journal, Settled, Stream
from sync.kind import Kinds
from sync.receipt import Receipt
from sync.stamp import hlc
from sync.wire import Push


class Gap(Exception):
    """The push begins after a number the server does not have yet."""

    def __init__(self, expected: int) -> None:
        super().__init__(expected)
        self.expected = expected


class Fork(Exception):
    """Two storages use one device's numbers: same number, other bytes.

    `agreed`: the last number up to which both have the same bytes; None when they differ already
    before the first change of the push.
    """

    def __init__(self, agreed: int | None) -> None:
        super().__init__(agreed)
        self.agreed = agreed


class OtherEpoch(Exception):
    """The server was restored from a backup since the phone last spoke with it."""

    def __init__(self, epoch: int, acked: int) -> None:
        super().__init__(epoch, acked)
        self.epoch = epoch
        self.acked = acked


class UnknownDevice(Exception):
    """No such device in this community."""


Ask = Callable[[str, int, int], Sequence[Settled]]
REFUSALS = (Gap, Fork, OtherEpoch, UnknownDevice)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a push came to: custody up to `acked`, in the feed up to `seq`."""

    epoch: int
    acked: int
    chain: bytes
    seq: int
    receipts: tuple[Receipt, ...]


def settle(push: Push, journal: Journal, kinds: Kinds, now: int) -> Outcome:
    """Take custody of every change and judge each once. `now` in milliseconds.

    Raises Gap, Fork, OtherEpoch or UnknownDevice, having changed nothing. A change that makes a
    rule fail unexpectedly is found by halving the push and parked alone.
    """
    try:
        with journal.transaction():
            return settle_within(push, journal, kinds, now)
    except REFUSALS:
        raise
    except Exception as fault:
        if journal.is_outage(fault):
            raise
        if not push.changes:
            raise
        if len(push.changes) == 1:
            with journal.transaction():
                return settle_within(push, journal, {}, now, aside="fault")
    return _settle_halves(push, journal, kinds, now)


def _settle_halves(push: Push, journal: Journal, kinds: Kinds, now: int) -> Outcome:
    middle = len(push.changes) // 2
    chain = push.chain
    for change in push.changes[:middle]:
        chain = link(chain, change.raw)
    first = settle(replace(push, changes=push.changes[:middle], more=True), journal, kinds, now)
    rest = replace(push, changes=push.changes[middle:], first=push.first + middle, chain=chain)
    second = settle(rest, journal, kinds, now)
    return replace(second, receipts=first.receipts + second.receipts)


def settle_within(push: Push, journal: Journal, kinds: Kinds, now: int, aside: str = "") -> Outcome:
    """As `settle`, inside a transaction of the journal's that somebody else has begun. A refusal
    has changed nothing; after any other error the transaction is spoilt."""
    stream = journal.stream()
    device = journal.device(push.device)
    if device is None:
        raise UnknownDevice(push.device)
    if push.epoch != stream.epoch:
        raise OtherEpoch(stream.epoch, device.last_n)
    if push.first > device.last_n + 1:
        raise Gap(device.last_n + 1)
    known = _known(push, device, journal)
    fresh = _fresh(push, _chain_before(push, device, journal), known)
    here = _here(push, stream, now)
    if not fresh and _is_heard(push, device, here):
        return _outcome(stream, device, known)
    now = here.server
    batch = Batch(stream, device, drained=not push.more)
    stream.last_hlc = max(stream.last_hlc + 1, hlc(now))
    if fresh:
        Bench(batch, journal, kinds, now, aside).take(fresh, push)
    if not push.more:
        device.anchor = newer(device.anchor, here)
    journal.keep(batch)
    return _outcome(stream, device, (*known, *batch.settled))


def said_before(
    push: Push, stream: Stream, device: Device, settled: Ask, now: int
) -> Outcome | None:
    """The answer to a push that was settled before, where hearing it again changes nothing; None
    where it has to be settled. Needs no lock: what is in custody stays as it is. `settled`: as
    `Journal.settled`, asked only where an answer is likely.

    Raises Fork.
    """
    last = push.first + len(push.changes) - 1
    if not push.changes or push.epoch != stream.epoch or last > device.last_n:
        return None
    if not _is_heard(push, device, _here(push, stream, now)):
        return None
    kept = settled(device.id, max(1, push.first - 1), last)
    before, known = (NO_CHAIN, kept) if push.first == 1 else (kept[0].chain, kept[1:])
    return None if _fresh(push, before, known) else _outcome(stream, device, known)


def _here(push: Push, stream: Stream, now: int) -> Anchor:
    return Anchor(push.clock.segment, push.clock.wall, max(now, (stream.last_hlc + 1) >> 16))


def _is_heard(push: Push, device: Device, here: Anchor) -> bool:
    """True when the push tells nothing new of the phone's clock."""
    return push.more or newer(device.anchor, here) is device.anchor


def _outcome(stream: Stream, device: Device, settled: Sequence[Settled]) -> Outcome:
    receipts = tuple(s.receipt for s in settled)
    return Outcome(stream.epoch, device.last_n, device.chain, stream.next_seq - 1, receipts)


def _known(push: Push, device: Device, journal: Journal) -> Sequence[Settled]:
    """Those changes of the push that are in custody already."""
    if push.first > device.last_n:
        return ()
    return journal.settled(device.id, push.first, push.first + len(push.changes) - 1)


def _chain_before(push: Push, device: Device, journal: Journal) -> bytes:
    """Our value of the chain where the push begins."""
    if push.first == device.last_n + 1:
        return device.chain
    if push.first == 1:
        return NO_CHAIN
    return journal.settled(device.id, push.first - 1, push.first - 1)[0].chain


def _fresh(push: Push, chain: bytes, known: Sequence[Settled]) -> Sequence[Change]:
    """The changes not in custody yet, after proof that everything before is the same bytes."""
    if push.chain != chain:
        raise Fork(None)
    for change, kept in zip(push.changes, known, strict=False):
        chain = link(chain, change.raw)
        if chain != kept.chain:
            raise Fork(change.n - 1)
    return push.changes[len(known) :]
