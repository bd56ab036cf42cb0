"""A seed for everything, printed; the same seed makes the same choices."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import net, phone, server  # noqa: F401 - fixtures
from tests.torture.house import House
from tests.torture.mortal_postgres import MortalPostgres, mortal_postgres
from tests.torture.tally import Found, Row, table

ROWS = pytest.StashKey[list[Row]]()
ELSEWHERE = (
    "F10 storm: ./steward storm",
    "F12 soak: ./steward soak",
    "F14 damaged backups: tests/server/backups/test_backups.py",
    "F22 backups that stop: tests/server/backups/test_watching.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--seed", type=int, default=1, help="what all choices are drawn from [1]")
    parser.addoption("--quick", action="store_true", help="a twentieth of every count")


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--seed"))


@pytest.fixture
def chance(seed: int) -> random.Random:
    return random.Random(seed)


@pytest.fixture
def times(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """How often to try what is tried so often at full size."""
    return lambda full: max(2, full // 20) if request.config.getoption("--quick") else full


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Writes down what was tried and found, then insists that nothing was found."""
    rows = request.config.stash.setdefault(ROWS, [])

    def write(fault: str, tried: int, found: Found, also: str = "") -> None:
        rows.append(Row(fault, tried, found, also))
        assert found.is_clean, found

    return write


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    terminalreporter.section(f"tried, with seed {config.getoption('--seed')}")
    for line in table(config.stash.get(ROWS, [])):
        terminalreporter.line(line)
    terminalreporter.line("elsewhere: " + "; ".join(ELSEWHERE))


@pytest.fixture
def house(
    tmp_path: Path, engine: str, seed: int, request: pytest.FixtureRequest
) -> Iterator[Callable[..., House]]:
    """Builds a server with so many phones, on the database of this test."""
    built: list[House] = []

    def build(phones: int, *, starts: bool = True, **more: Any) -> House:
        if engine == "postgresql" and "url" not in more:
            more["url"] = request.getfixturevalue("pg_url")
        made = House(
            tmp_path / "house",
            request.getfixturevalue("empty_database"),
            phones=phones,
            seed=seed,
            **more,
        )
        built.append(made)
        if starts:
            made.start()
        return made

    yield build
    for one in built:
        one.close()


@pytest.fixture
def pg_url(request: pytest.FixtureRequest) -> Iterator[str]:
    with request.getfixturevalue("postgres").fresh() as url:
        yield url


@pytest.fixture
def mortal() -> Iterator[MortalPostgres]:
    """A durable PostgreSQL of this test's own, to be killed."""
    with mortal_postgres() as made:
        yield made
