"""The yardstick writes what ours writes: the same number of rows in the same tables."""

from __future__ import annotations

import pytest

from benchmarks import stores
from benchmarks.cells import Plan, measure
from benchmarks.load import run
from benchmarks.servers import serving
from benchmarks.targets import Bare, Ours, Target
from benchmarks.templates import lay
from benchmarks.towns import BATCH, day_of
from sync.change import NO_CHAIN

PHONES, HISTORY = 10, 40
TABLES = ("changes", "records", "feed", "reports")


@pytest.fixture(scope="module")
def store():
    with stores.opened("sqlite") as found:
        found.town = lay(found, "town", PHONES, PHONES, HISTORY)
        yield found


def rows_after_a_push_each(target: Target, store: stores.SqliteStore) -> dict[str, int]:
    """How many rows one push of every phone adds, table by table."""
    phones = store.town.phones
    for phone in phones:
        phone.n, phone.chain = 0, NO_CHAIN
    with store.fresh("town") as copy:
        before = {name: copy.count(name) for name in TABLES}
        with serving(target.command("sqlite"), target.environ(copy)) as served:
            pushes = [
                target.push(p, lines, more=False)
                for p, lines in zip(phones, day_of(phones, 1), strict=True)
            ]
            answers = run(served.port, pushes, 2).answers
            assert sum(map(target.accepted, answers)) == PHONES * BATCH
        return {name: copy.count(name) - before[name] for name in TABLES}


def test_bare_writes_the_same_rows(store):
    ours = rows_after_a_push_each(Ours(), store)

    assert ours == rows_after_a_push_each(Bare(), store)
    assert ours["reports"] == PHONES * BATCH


def test_a_run_counts_its_reports(store):
    plan = Plan(("push", "retry", "pull", "quiet"), 2, HISTORY, 2 * PHONES, PHONES)

    push, retry, pull, quiet = measure(Ours(), store, "town", store.town, plan)

    assert push.done == retry.done == 2 * PHONES * BATCH
    assert pull.done == PHONES * 2 * 40, "a phone's own two pushes, in its lane's scope and its own"
    assert quiet.done == 2 * PHONES
    assert not any(figure.failed for figure in (push, retry, pull, quiet))
