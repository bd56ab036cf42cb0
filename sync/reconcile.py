"""Custody first, judgement second: every change of a push is kept and gets one lasting receipt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sync import decide
from sync.change import Change, link
from sync.clock import Anchor, Estimate, Reading, estimate, mint
from sync.decide import Decision
from sync.journal import Batch, Device, FeedRow, Journal, Settled, Stream
from sync.kind import (
    Adds,
    Creates,
    Directs,
    Kind,
    Kinds,
    Moves,
    Placed,
    Removes,
    Sets,
    Settles,
    Taken,
)
from sync.receipt import Receipt, Refused, SetAside, Verdict
from sync.record import Conflict, Record
from sync.stamp import Stamp, from_wire, hlc
from sync.wire import Malformed, Push


class Gap(Exception):  # noqa: N818 - an answer of the protocol, not a fault
    """The push begins after a number the server does not have yet."""

    def __init__(self, expected: int) -> None:
        super().__init__(expected)
        self.expected = expected


class Fork(Exception):  # noqa: N818 - an answer of the protocol, not a fault
    """Two storages use one device's numbers: same number, other bytes."""


class OtherEpoch(Exception):  # noqa: N818 - an answer of the protocol, not a fault
    """The server was restored from a backup since the phone last spoke with it."""

    def __init__(self, epoch: int, acked: int) -> None:
        super().__init__(epoch, acked)
        self.epoch = epoch
        self.acked = acked


class UnknownDevice(Exception):  # noqa: N818 - an answer of the protocol, not a fault
    """No such device in this community."""


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
            return _settle(push, journal, kinds, now)
    except (Gap, Fork, OtherEpoch, UnknownDevice):
        raise
    except Exception as fault:
        if journal.is_outage(fault):
            raise
        if not push.changes:
            raise
        if len(push.changes) == 1:
            with journal.transaction():
                return _settle(push, journal, {}, now, aside="fault")
    return _settle_halves(push, journal, kinds, now)


def _settle_halves(push: Push, journal: Journal, kinds: Kinds, now: int) -> Outcome:
    middle = len(push.changes) // 2
    chain = push.chain
    for change in push.changes[:middle]:
        chain = link(chain, change.raw)
    first = settle(replace(push, changes=push.changes[:middle], more=True), journal, kinds, now)
    rest = replace(
        push, changes=push.changes[middle:], first=push.first + middle, chain=chain
    )
    second = settle(rest, journal, kinds, now)
    return replace(second, receipts=first.receipts + second.receipts)


def _settle(push: Push, journal: Journal, kinds: Kinds, now: int, aside: str = "") -> Outcome:
    stream = journal.stream()
    device = journal.device(push.device)
    if device is None:
        raise UnknownDevice(push.device)
    if push.epoch != stream.epoch:
        raise OtherEpoch(stream.epoch, device.last_n)
    if push.first > device.last_n + 1:
        raise Gap(device.last_n + 1)
    known = journal.settled(device.id, push.first, push.first + len(push.changes) - 1)
    fresh = _fresh(push, device, known)
    now = max(now, (stream.last_hlc + 1) >> 16)
    batch = Batch(stream, device)
    stream.last_hlc = max(stream.last_hlc + 1, hlc(now))
    if fresh:
        Bench(batch, journal, kinds, now, aside).take(fresh, push)
    if not push.more:
        device.anchor = Anchor(push.clock.segment, push.clock.wall, now)
    journal.keep(batch)
    receipts = [s.receipt for s in known] + [s.receipt for s in batch.settled]
    return Outcome(
        stream.epoch, device.last_n, device.chain, stream.next_seq - 1, tuple(receipts)
    )


def _fresh(push: Push, device: Device, known: Sequence[Settled]) -> Sequence[Change]:
    """The changes not in custody yet, after proof that the others are the same bytes."""
    chain = push.chain
    if not known and push.first == device.last_n + 1 and chain != device.chain:
        raise Fork
    for change, kept in zip(push.changes, known, strict=False):
        chain = link(chain, change.raw)
        if chain != kept.chain:
            raise Fork
    return push.changes[len(known) :]


class Bench:
    """Judges the fresh changes of one push, in order, on records held in memory."""

    def __init__(
        self, batch: Batch, journal: Journal, kinds: Kinds, now: int, aside: str = ""
    ) -> None:
        self.batch = batch
        self.journal = journal
        self.kinds = kinds
        self.now = now
        self.aside = aside
        self.known: dict[str, Record] = {}
        self.disputes: dict[str, Conflict] = {}

    def take(self, changes: Sequence[Change], push: Push) -> None:
        """Mint stamps, judge, remember; the device's number and chain move on."""
        self.fetch(changes)
        readings = [Reading(c.segment, c.wall) for c in changes]
        here = Anchor(push.clock.segment, push.clock.wall, self.now)
        device = self.batch.device
        for change, when in zip(
            changes, estimate(readings, device.anchor, here), strict=True
        ):
            if change.flaw:
                when = Estimate(self.now, 0, "exact")
            self.admit(change, when)

    def fetch(self, changes: Sequence[Change]) -> None:
        """One look at storage for everything the changes are about."""
        ids = {c.about for c in changes if c.about}
        self.known = dict(self.journal.records(ids))
        wanted = {str(c.body["conflict"]) for c in changes if "conflict" in c.body}
        self.disputes = dict(self.journal.conflicts(wanted)) if wanted else {}

    def admit(self, change: Change, when: Estimate) -> Receipt:
        """Custody and judgement of one new change of the batch's device."""
        device, stream = self.batch.device, self.batch.stream
        stamp = mint(
            when,
            device=device.id,
            n=change.n,
            earliest=device.enrolled_at,
            latest=self.now,
            after=[device.last_eff, *_seen(change)],
        )
        stream.last_hlc = max(stream.last_hlc, stamp.eff)
        receipt = self.judge(change, stamp, when.doubt)
        device.last_n, device.last_eff = change.n, stamp.eff
        device.chain = link(device.chain, change.raw)
        self.batch.settled.append(
            Settled(change, device.chain, stamp, when.doubt, when.method, receipt, self.now)
        )
        return receipt

    def rejudge(self, kept: Settled, by: Any) -> Receipt:
        """Judge a change again that was set aside, as its author's, on this desk's authority.
        Its stamp stays; only its receipt changes."""
        self.fetch([kept.change])
        receipt = self.judge(kept.change, kept.stamp, kept.doubt, by=by)
        self.batch.rejudged.append(replace(kept, receipt=receipt))
        return receipt

    def judge(self, change: Change, stamp: Stamp, doubt: int, *, by: Any = None) -> Receipt:
        """What becomes of a change of `by`, or else of the batch's device."""
        kind = self.kinds.get(change.kind)
        record = self.known.get(change.about)
        try:
            body = kind.shape(change.body) if kind and not change.flaw else {}
            decision = self.decide(change, kind, record, body, stamp, doubt)
        except Malformed as flaw:
            decision = decide.rejected("malformed", field=flaw.field, problem=flaw.problem)
        placed = None
        if kind and decision.takes_effect:
            taken = Taken(
                change, body, stamp, doubt, by or self.batch.device.by, record, decision, self.now
            )
            try:
                placed = kind.intake(taken, self.journal)
            except Refused as no:
                decision = decide.rejected(no.reason, **no.details)
            except SetAside as why:
                decision = decide.parked(why.reason)
        seq = self.effect(change, kind, record, decision, stamp, placed)
        return _receipt(change, decision, seq, placed, self.known.get(change.about))

    def decide(
        self,
        change: Change,
        kind: Kind | None,
        record: Record | None,
        body: Mapping[str, Any],
        stamp: Stamp,
        doubt: int,
    ) -> Decision:
        """Set aside what cannot be judged here and now; judge the rest."""
        device = self.batch.device
        if self.aside:
            return decide.parked(self.aside)
        if change.flaw:
            return decide.rejected("malformed", problem=change.flaw)
        if device.revoked_at is not None:
            return Decision(Verdict.QUARANTINED, "device_revoked")
        if kind is None:
            return decide.parked("unknown_kind")
        if record is not None and kind.record not in ("", record.kind):
            return decide.rejected("wrong_record")
        if not isinstance(kind.merge, Creates | Directs):
            if record is None:
                return decide.parked("no_record")
            if record.removed:
                return decide.parked("removed")
            if not self._may_write(record, stamp):
                return decide.parked("scope_left")
        return self._merge(kind, record, change, body, stamp, doubt)

    def _may_write(self, record: Record, stamp: Stamp) -> bool:
        return self.journal.may_write(self.batch.device, record.scopes, stamp.at)

    def _merge(
        self,
        kind: Kind,
        record: Record | None,
        change: Change,
        body: Mapping[str, Any],
        stamp: Stamp,
        doubt: int,
    ) -> Decision:
        match kind.merge:
            case Creates() as merge:
                return decide.creation(merge, record, body, stamp, doubt)
            case Directs():
                return Decision(Verdict.APPLIED)
            case Adds():
                return Decision(Verdict.APPLIED, adds=True)
            case Removes():
                return Decision(Verdict.APPLIED, removes=True)
        assert record is not None  # noqa: S101 - parked as "no_record" before
        match kind.merge:
            case Sets() as merge:
                return decide.setting(merge, record, change, body, stamp, doubt)
            case Moves() as merge:
                return decide.moving(merge, record, body, stamp)
            case Settles() as merge:
                found = self.disputes.get(str(body["conflict"]))
                return decide.settling(merge, record, found, str(body["choice"]), stamp)
        raise AssertionError(kind.merge)

    def effect(
        self,
        change: Change,
        kind: Kind | None,
        record: Record | None,
        decision: Decision,
        stamp: Stamp,
        placed: Placed | None,
    ) -> int:
        """Write the decision into the record, the feed and the list of conflicts."""
        if kind is None or not decision.takes_effect or isinstance(kind.merge, Directs):
            return 0
        if record is None:
            record = Record(change.about, kind.record, (), owner=stamp.device)
            self.known[record.id] = record
        if placed and placed.number:
            record.number = placed.number
        for found in decision.conflicts:
            self.batch.conflicts[found.id] = found
        if decision.settles:
            self.batch.conflicts[decision.settles.id] = decision.settles
            self.disputes[decision.settles.id] = decision.settles
        _rewrite(record, decision, stamp, placed)
        if placed:
            self._publish_others(placed)
        return self.publish(record, placed.scopes if placed and placed.scopes else record.scopes)

    def _publish_others(self, placed: Placed) -> None:
        missing = [id for id in placed.touches if id not in self.known]
        self.known.update(self.journal.records(missing))
        self.known.update((born.id, born) for born in placed.also)
        for other in (*placed.also, *(self.known[id] for id in placed.touches)):
            self.publish(other, other.scopes)

    def publish(self, record: Record, scopes: tuple[str, ...]) -> int:
        """Move the record's feed rows up; a scope it left gets an `out` row."""
        seq = self._next_seq()
        for scope in record.scopes:
            if scope not in scopes:
                self.batch.feed[scope, record.kind, record.id] = FeedRow(
                    scope, record.kind, record.id, seq, "out"
                )
        for scope in scopes:
            self.batch.feed[scope, record.kind, record.id] = FeedRow(
                scope, record.kind, record.id, seq, "del" if record.removed else "row"
            )
        record.scopes, record.seq = scopes, seq
        self.batch.records[record.id] = record
        return seq

    def _next_seq(self) -> int:
        seq = self.batch.stream.next_seq
        self.batch.stream.next_seq = seq + 1
        return seq


def _seen(change: Change) -> list[int]:
    found = []
    for text in change.seen.values():
        try:
            found.append(from_wire(text).eff)
        except ValueError:
            continue
    return found


def _rewrite(
    record: Record, decision: Decision, stamp: Stamp, placed: Placed | None
) -> None:
    record.fields.update(decision.sets)
    if decision.state and decision.reopens:
        record.generation += 1
        record.path = ()
    if state := (placed and placed.state) or decision.state:
        record.state = state
        record.path = (*record.path, state)
        record.stepped = stamp
    record.facts += decision.adds
    record.removed = record.removed or decision.removes


def _receipt(
    change: Change, decision: Decision, seq: int, placed: Placed | None, record: Record | None
) -> Receipt:
    details = {**decision.details, **(placed.details if placed else {})}
    number = record.number if record and decision.takes_effect else ""
    return Receipt(change.n, decision.verdict, decision.reason, number, seq, details)
