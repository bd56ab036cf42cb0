"""A seed for everything, printed; the same seed makes the same choices."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.torture.house import House

SAID = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=1, help="what all choices are drawn from [1]")


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--seed"))


@pytest.fixture
def chance(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Says at the end of the run what was tried and found."""
    said = request.config.stash.setdefault(SAID, [])
    return said.append


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    terminalreporter.section(f"tried, with seed {config.getoption('--seed')}")
    for line in config.stash.get(SAID, []):
        terminalreporter.line(line)


@pytest.fixture
def house(tmp_path: Path, empty_database: Path, seed: int) -> Iterator[Callable[[int], House]]:
    """Builds a server with so many phones and starts it."""
    built: list[House] = []

    def build(phones: int) -> House:
        made = House(tmp_path / "house", empty_database, phones=phones, seed=seed)
        built.append(made)
        made.start()
        return made

    yield build
    for one in built:
        one.close()
