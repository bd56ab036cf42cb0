"""No history may break a promise of the protocol; no broken protocol may go unnoticed."""

import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from sync.journal import Batch
from sync.simulator import __main__ as command
from sync.simulator import rerun
from sync.simulator.checks import Violation
from sync.simulator.mutants import MUTANTS, SEEDS, Mutant, broken, hunt
from sync.simulator.phone import Phone
from sync.simulator.storage import Tables
from sync.simulator.storm import storm
from sync.simulator.talks import Talks
from sync.simulator.world import World, live

ROOT = Path(__file__).parents[2]
EVERYTHING = {
    *("applied", "superseded", "conflict", "rejected", "parked", "quarantined"),
    *("older", "already_there", "ambiguous_clock", "person_text", "illegal_step"),
    *("malformed", "not_today", "removed", "scope_left", "device_revoked"),
    *("unknown_kind", "fault", "age", "before_jump", "after_jump", "between", "unread", "exact"),
    *("restored", "renewed", "floor", "photo"),
    *("put off", "left alone", "pressed by hand", "the network is back"),
}


@pytest.mark.parametrize("start", range(0, 200, 50))
def test_no_history_breaks_a_promise(start):
    for seed in range(start, start + 50):
        live(seed)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_broken_protocol_is_found_out(mutant):
    assert hunt(mutant), f"{mutant.name} survives {SEEDS} seeds"


def test_there_are_many_ways_to_break_it():
    assert len({mutant.breaks for mutant in MUTANTS}) == len(MUTANTS) == 27


@pytest.mark.parametrize("start", range(0, 400, 100))
def test_a_storm_comes_back_as_it_was_told(start):
    for seed in range(start, start + 100):
        storm(seed)


def test_a_seed_tells_its_history_exactly():
    one, two = World(7), World(7)
    one.live()
    two.live()

    assert rerun.digest(one.server.tables) == rerun.digest(two.server.tables)
    assert one.watch.facts.keys() == two.watch.facts.keys()


def test_what_was_broken_is_whole_again():
    before = World.come_to_rest
    with broken(Mutant("no rest", lambda swap: swap(World, "come_to_rest", lambda self: None))):
        assert World.come_to_rest is not before

    assert World.come_to_rest is before


def test_histories_have_all_that_can_happen(monkeypatch):
    """Restores, renewals, conflicts, parked changes: none of it is there by name only."""
    seen: set[str] = set()
    bys = {"timer": "", "hand": "pressed by hand", "network": "the network is back"}

    def talking(world: World, phone: Phone, room: int, limit: int, by: str = "timer") -> None:
        Talks.talk(world.talks, phone, room, limit, by)
        if phone.wait and phone.wait.after_s:
            seen.update(("put off" if phone.wait.failures else "left alone", bys[by]))

    def watch(tables: Tables, batch: Batch) -> None:
        for s in batch.settled:
            seen.update((s.receipt.verdict, s.receipt.reason, s.method))

    for seed in range(100):
        world = World(seed)
        world.server.journal.watch = watch
        monkeypatch.setattr(world.talks, "talk", partial(talking, world))
        world.live()
        seen |= {"restored"} if world.server.epochs > 1 else set()
        seen |= {"renewed"} if world.server.keys else set()
        seen |= {"floor"} if world.server.tables.stream.floor_seq else set()
        seen |= {"photo"} if world.server.tables.photos else set()

    assert EVERYTHING - seen == set()


def test_the_command_prints_its_figures():
    done = subprocess.run(
        [sys.executable, "-m", "sync.simulator", "--seeds", "5", "--start", "40"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "histories 5 (seeds 40 to 44)\nviolations 0\nseconds " in done.stdout
    assert "histories/s" in done.stdout


def test_the_command_fails_and_names_the_seed_when_a_promise_is_broken(monkeypatch, capsys):
    def breaks(seed: int) -> None:
        raise Violation("P3", f"in {seed}")

    monkeypatch.setattr(command, "live", breaks)

    assert not command.simulate(3, 2)
    assert capsys.readouterr().out.startswith("seed 3: P3: in 3\nseed 4: P3: in 4\n")


def test_the_command_fails_when_a_mutant_survives(monkeypatch, capsys):
    unharmed = Mutant("nothing is broken", lambda swap: None)
    monkeypatch.setattr(command, "MUTANTS", (unharmed,))

    assert not command.kill(3)
    assert "SURVIVED\n0 of 1 killed within 3 seeds each" in capsys.readouterr().out
