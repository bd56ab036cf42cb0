"""Changes nobody can make sense of stand between good ones: the good ones are not held up."""

from __future__ import annotations

from sqlalchemy import select

from server.exchange.models import ChangeRow
from server.reports.models import Report
from tests.phone import new_id
from tests.torture.tally import Found

QUEUES, LENGTH = 1000, 12
PHONES = 20
KEPT = {"rejected", "parked"}


def poison(phone, lane: str, chance) -> None:
    """One change of an older app, a broken one, or one by a hand that knows better."""
    body = {"place": lane, "category": "rubbish", "level": "community", "words": "坏"}
    spoiled = [
        ("report.filed@0", body),
        ("report.filed@9", body),
        ("nothing.like_this@1", {}),
        ("report.filed@1", {}),
        ("report.filed@1", {**body, "place": new_id()}),
        ("report.filed@1", {**body, "category": "no_such"}),
        ("report.filed@1", {**body, "words": "长" * 5000}),
        ("report.filed@1", {**body, "extra": [[[{}]]]}),
        ("report.filed@1", {**body, "words": 7}),
        ("report.withdrawn@1", {"reason": "mistake"}),
        ("case.moved@1", {"to": "closed"}),
        ("conflict.decided@1", {"keep": "nobody"}),
    ]
    kind, said = chance.choice(spoiled)
    phone.writes(kind, new_id(), said)


def test_good_changes_pass_by_bad_ones(house, chance, tell, times):
    queues = times(QUEUES)
    home = house(PHONES)
    good: list[str] = []
    bad: list[tuple[str, int]] = []
    for queue in range(queues):
        walker = home.crowd.walkers[queue % PHONES]
        share = chance.uniform(0.01, 0.5)
        for _ in range(LENGTH):
            if chance.random() < share:
                poison(walker.phone, walker.lane, chance)
                bad.append((walker.phone.device, len(walker.phone.lines)))
            else:
                good.append(walker.phone.files_report(walker.lane, "好的"))
        assert walker.phone.pushes().status_code == 200
        assert walker.phone.acked == len(walker.phone.lines)

    with home.engine.connect() as rows:
        shown = list(rows.scalars(select(Report.id)))
        verdicts = {
            (device, n): verdict
            for device, n, verdict in rows.execute(
                select(ChangeRow.device_id, ChangeRow.n, ChangeRow.verdict)
            )
        }
    found = Found(
        lost=len(set(good) - set(shown)) + sum(verdicts.get(one) not in KEPT for one in bad),
        doubled=len(shown) - len(set(shown)),
        half=len(set(shown) - set(good)),
    )
    tell("F17 poisoned queues", queues, found, f"{len(bad)} bad among {len(good)} good changes")
