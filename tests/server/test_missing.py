"""What a machine may lack, and the one sentence that says what to type."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from server.settings import ROOT

TOOLS = ("sh", "dirname", "cat", "mkdir", "cksum", "grep", "id", "env", "tee", "cp")
NO_VENV = """#!/bin/sh
case $* in
  *version_info*print*|*print*version_info*) echo python3.11 ;;
  *venv*) exit 1 ;;
esac
"""
NO_NETWORK = """#!/bin/sh
case $* in
  *venv*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
  *pip*) echo "Collecting flask"; exit 1 ;;
esac
"""


@pytest.fixture
def bare(tmp_path):
    """A copy of the script on a machine that has next to nothing."""
    shutil.copy(ROOT / "steward", tmp_path)
    shutil.copytree(ROOT / ".locks", tmp_path / ".locks")
    path = tmp_path / "bin"
    path.mkdir()
    for tool in TOOLS:
        (path / tool).symlink_to(shutil.which(tool))
    return tmp_path


def typed(bare, command, python=""):
    if python:
        (bare / "bin" / "python3").write_text(python)
        (bare / "bin" / "python3").chmod(0o755)
    return subprocess.run(
        [str(bare / "steward"), command],
        env={"PATH": str(bare / "bin"), "HOME": str(bare)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_python_it_says_where_to_get_it(bare):
    said = typed(bare, "run")

    assert said.returncode == 1
    assert "apt install python3 python3-venv" in said.stderr


def test_without_the_venv_module_it_says_what_to_type(bare):
    said = typed(bare, "run", NO_VENV)

    assert said.returncode == 1
    assert "sudo apt install python3.11-venv" in said.stderr
    assert said.stderr.count("\n") == 1


def test_without_a_network_it_says_where_the_reason_stands(bare):
    said = typed(bare, "run", NO_NETWORK)

    assert said.returncode == 1
    assert "setup.log has the reason" in said.stderr
    assert "Collecting flask" in (bare / ".cache" / "setup.log").read_text()


def test_an_unknown_command_shows_the_known_ones(bare):
    said = typed(bare, "fly")

    assert said.returncode == 1
    assert "./steward run" in said.stdout
    assert "fly" in said.stderr
