"""Every kind of change we take is described where phones' builders look."""

from pathlib import Path

import pytest

from server.exchange.kinds import KINDS
from sync.kind import Kind

PROTOCOL = (Path(__file__).parents[3] / "sync" / "PROTOCOL.md").read_text()


@pytest.mark.parametrize("name", sorted(KINDS))
def test_every_kind_has_a_heading_and_a_line_in_the_table(name):
    assert f"\n### {name}\n" in PROTOCOL
    assert f"\n| `{name}` |" in PROTOCOL


def test_no_kind_is_described_that_is_not_taken():
    told = {line[4:] for line in PROTOCOL.splitlines() if line.startswith("### ") and "@" in line}

    assert told == set(KINDS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_kind_stands_under_its_own_name(kind: Kind):
    assert KINDS[kind.name] is kind
    assert kind.record in ("", "report", "patrol", "case")
