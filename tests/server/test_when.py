"""Moments as people say them."""

from __future__ import annotations

import pytest

from server import clock, words

NOON = 1_780_027_200_000  # 29 May 2026, 12:00 in Shanghai
HOUR = 3_600_000


@pytest.fixture
def noon():
    clock.set(NOON)
    yield
    clock.set(None)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-2, "10:00"),
        (-12, "00:00"),
        (-13, "昨天 23:00"),
        (13, "明天 01:00"),
        (-48, "5月27日 12:00"),
        (-24 * 365, "2025年5月29日 12:00"),
    ],
)
def test_a_time_has_no_more_date_than_it_needs(app, noon, hours, said):
    with app.test_request_context():
        assert words.when(NOON + hours * HOUR) == said
