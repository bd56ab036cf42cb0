"""Where changes are judged, one after the other, on records held in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sync import decide
from sync.change import Change, link
from sync.clock import Anchor, Estimate, Reading, estimate, mint
from sync.decide import Decision
from sync.journal import Batch, FeedRow, Journal, Settled
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
from sync.stamp import COUNTER_BITS, Stamp, effective
from sync.wire import Malformed, Push


class Bench:
    """Judges the fresh changes of one device in the order of their numbers."""

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
        readings = [Reading(c.segment, c.wall) for c in changes if not c.flaw]
        here = Anchor(push.clock.segment, push.clock.wall, self.now)
        times = iter(estimate(readings, self.batch.device.anchor, here))
        for change in changes:
            self.admit(change, self._unread() if change.flaw else next(times))

    def _unread(self) -> Estimate:
        """A line that cannot be read has no time; it takes its place in the order."""
        return Estimate(self.batch.device.last_eff >> COUNTER_BITS, 0, "unread")

    def fetch(self, changes: Sequence[Change]) -> None:
        """One look at storage for what the changes are about and is not at hand yet."""
        ids = {c.about for c in changes if c.about} - self.known.keys()
        self.known |= self.journal.records(ids)
        wanted = {str(c.body["conflict"]) for c in changes if "conflict" in c.body}
        if wanted := wanted - self.disputes.keys():
            self.disputes |= self.journal.conflicts(wanted)

    def admit(self, change: Change, when: Estimate) -> Receipt:
        """Custody and judgement of one new change of the batch's device."""
        device, stream = self.batch.device, self.batch.stream
        stamp = mint(
            when,
            device=device.id,
            n=change.n,
            earliest=device.enrolled_at,
            latest=self.now,
            after=[device.last_eff, *effective(change.seen.values()), *self._decided(change)],
        )
        # A stamp that had to be moved up is as unsure as it was moved.
        doubt = when.doubt + max(0, stamp.at - when.at)
        stream.last_hlc = max(stream.last_hlc, stamp.eff)
        receipt = self.judge(change, stamp, doubt)
        device.last_n, device.last_eff = change.n, stamp.eff
        device.chain = link(device.chain, change.raw)
        self.batch.settled.append(
            Settled(change, device.chain, stamp, doubt, when.method, receipt, self.now)
        )
        return receipt

    def _decided(self, change: Change) -> list[int]:
        """Who decides a conflict has seen both values, and the one that stands now."""
        found = self.disputes.get(str(change.body.get("conflict", "")))
        record = self.known.get(change.about)
        if found is None or record is None:
            return []
        stands = record.fields.get(found.field)
        return [found.winner.eff, found.loser.eff, *([stands.stamp.eff] if stands else [])]

    def rejudge(self, kept: Settled, by: Any) -> Receipt:
        """Judge a change again that was set aside, as its author's, on this desk's authority.
        Its stamp stays; only its receipt changes."""
        self.fetch([kept.change])
        receipt = self.judge(kept.change, kept.stamp, kept.doubt, by=by)
        self.batch.rejudged.append(kept._replace(receipt=receipt))
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
        if isinstance(kind.merge, Creates):
            return decide.creation(kind.merge, record, body, stamp, doubt)
        if isinstance(kind.merge, Directs):
            return Decision(Verdict.APPLIED)
        if record is None:
            return decide.parked("no_record")
        if record.removed:
            return decide.parked("removed")
        if not self.journal.may_write(device, record.scopes, stamp.at):
            return decide.parked("scope_left")
        return self._meet(kind.merge, record, change, body, stamp, doubt)

    def _meet(
        self,
        merge: Adds | Removes | Sets | Moves | Settles,
        record: Record,
        change: Change,
        body: Mapping[str, Any],
        stamp: Stamp,
        doubt: int,
    ) -> Decision:
        match merge:
            case Adds():
                return Decision(Verdict.APPLIED, adds=True)
            case Removes():
                return Decision(Verdict.APPLIED, removes=True)
            case Sets():
                return decide.setting(merge, record, change, body, stamp, doubt)
            case Moves():
                return decide.moving(merge, record, body, stamp)
            case Settles():
                found = self.disputes.get(str(body["conflict"]))
                return decide.settling(merge, record, found, str(body["choice"]), stamp)

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
        for found in (*decision.conflicts, *filter(None, [decision.settles])):
            self.batch.conflicts[found.id] = self.disputes[found.id] = found
        decide.rewrite(record, decision, stamp, placed.state if placed else "")
        if placed:
            self._publish_others(placed)
        return self.publish(record, placed.scopes if placed and placed.scopes else record.scopes)

    def _publish_others(self, placed: Placed) -> None:
        if not (placed.touches or placed.also):
            return
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


def _receipt(
    change: Change, decision: Decision, seq: int, placed: Placed | None, record: Record | None
) -> Receipt:
    details = {**decision.details, **(placed.details if placed else {})}
    number = record.number if record and decision.takes_effect else ""
    return Receipt(change.n, decision.verdict, decision.reason, number, seq, details)
