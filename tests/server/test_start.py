"""What a newcomer types, for real."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import time
import urllib.request

import pytest

from server.settings import ROOT

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("STEWARD_")}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(*arguments, **settings):
    return subprocess.Popen(
        [str(ROOT / "steward"), "run", *arguments],
        env=CLEAN | settings,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def answers(url: str, seconds: float = 60) -> str:
    until = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - ours
                return answer.read().decode()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def stopped(server) -> str:
    os.killpg(server.pid, signal.SIGTERM)
    said, _ = server.communicate(timeout=30)
    return said


@pytest.mark.timeout(240)
def test_one_command_serves_and_says_what_to_do(tmp_path):
    port = free_port()
    server = start("--port", str(port), "--data", str(tmp_path))
    try:
        page = answers(f"http://127.0.0.1:{port}/session", 180)
    finally:
        said = stopped(server)

    assert "登录" in page
    assert f"http://127.0.0.1:{port}" in said
    assert "https" in said
    assert "100 %" in said
    assert (tmp_path / "steward.db").exists()


@pytest.mark.parametrize(
    ("arguments", "settings", "words"),
    [
        ((), {"STEWARD_DEMO": "maybe"}, "STEWARD_DEMO"),
        ((), {"STEWARD_DMEO": "on"}, "STEWARD_DMEO"),
        (("--port", "99999"), {}, "99999"),
        (("--data", __file__), {}, "STEWARD_DATA"),
    ],
)
def test_what_cannot_be_followed_is_named(arguments, settings, words):
    server = start(*arguments, **settings)
    said, _ = server.communicate(timeout=60)

    assert server.returncode != 0
    assert words in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        server = start("--port", str(port), "--data", str(tmp_path))
        said, _ = server.communicate(timeout=60)

    assert server.returncode != 0
    assert f"--port {port + 1}" in said


def test_help_names_every_command():
    said = subprocess.run(
        [str(ROOT / "steward"), "help"], capture_output=True, text=True, check=True
    ).stdout
    script = (ROOT / "steward").read_text().split("case $command in")[1]
    commands = {
        name
        for line in re.findall(r"^  ([a-z |-]+)\)", script, re.M)
        for name in line.split(" | ")
        if not name.startswith("-") and name != "help"
    }

    assert commands
    assert {name for name in commands if not re.search(rf"\b{name}\b", said)} == set()
