"""Processes that write to one file come in turn."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import TimeoutError

from server import turns
from server.settings import ROOT
from server.turns import Turns

EAGER = """
import sys, time
from pathlib import Path
from server.turns import Turns
turns, log = Turns(Path(sys.argv[1])), Path(sys.argv[2])
for _ in range(400):
    with turns.turn(), log.open("a") as lines:
        lines.write("eager ")
        time.sleep(0.005)
"""


def test_who_keeps_asking_does_not_shut_out_who_waits(tmp_path: Path):
    path, log = tmp_path / "turn", tmp_path / "log"
    eager = subprocess.Popen([sys.executable, "-c", EAGER, str(path), str(log)], cwd=ROOT)
    mine = Turns(path)
    while not log.exists():
        pass
    waited = []
    for _ in range(20):
        before = log.read_text().count("eager")
        with mine.turn():
            waited.append(log.read_text().count("eager") - before)
    eager.terminate()
    eager.wait()

    assert max(waited) <= 2
    assert log.read_text().count("eager") < 400


def test_a_writer_that_dies_gives_up_its_place(tmp_path: Path):
    path, log = tmp_path / "turn", tmp_path / "log"
    eager = subprocess.Popen([sys.executable, "-c", EAGER, str(path), str(log)], cwd=ROOT)
    while not log.exists():
        pass
    eager.kill()
    eager.wait()

    with Turns(path).turn():
        pass


def test_who_waits_too_long_is_told_to_come_again(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(turns, "WAIT_S", 0.01)
    ours, inside, done = Turns(tmp_path / "turn"), threading.Event(), threading.Event()

    def hold() -> None:
        with ours.turn():
            inside.set()
            done.wait()

    holder = threading.Thread(target=hold)
    holder.start()
    inside.wait()
    with pytest.raises(TimeoutError), ours.turn():
        pass
    done.set()
    holder.join()
