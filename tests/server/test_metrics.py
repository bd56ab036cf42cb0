"""Figures for who shows the token: the sum of all processes, and cheap to count."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import time as stopwatch
from dataclasses import replace

import pytest

from server.figures import Figures, text, together
from server.metrics import METRICS, note_push

TOKEN = "a token that only the watcher knows."


@pytest.fixture
def settings(settings):
    return replace(settings, metrics_token=TOKEN)


def asks(client, token: str = TOKEN):
    return client.get("/metrics", headers={"Authorization": f"Bearer {token}"})


def value(page: str, name: str) -> float:
    found = re.search(rf"^{re.escape(name)} (\S+)$", page, re.M)
    return float(found[1]) if found else 0


@pytest.mark.parametrize("token", ["", "another", TOKEN + "x"])
def test_without_the_token_there_is_nothing_here(client, token):
    assert asks(client, token).status_code == 404


def test_where_no_token_is_set_nobody_is_let_in(app, client, settings):
    app.config["SETTINGS"] = replace(settings, metrics_token="")

    assert asks(client, "").status_code == 404


def test_requests_pushes_and_verdicts_are_counted(client, phone, town):
    before = asks(client).text
    phone.files_report(town.lane.id, "桶满了")
    phone.files_report(town.lane.id, "又满了")
    phone.pushes()
    after = asks(client).text

    def more(name: str) -> float:
        return value(after, name) - value(before, name)

    push = 'endpoint="exchange.create_push"'
    assert more(f'lane_requests_total{{{push},status="200"}}') == 1
    assert more(f"lane_request_seconds_count{{{push}}}") == 1
    assert more('lane_verdicts_total{verdict="applied"}') == 2
    assert more("lane_push_changes_sum") == 2
    assert more('lane_push_changes_bucket{le="2.0"}') == 1
    assert more("lane_clock_offset_seconds_count") == 1
    assert value(after, 'lane_phones{unsent="0"}') == 1
    assert value(after, 'lane_part_is_wrong{part="database"}') == 0


def test_no_figure_names_anybody(client, phone, town):
    phone.pulls()
    page = asks(client).text

    assert [
        word for word in (phone.device, town.steward.name, town.lane.plate) if word in page
    ] == []


def test_the_numbers_of_all_processes_are_one_sum(tmp_path):
    def counts(n: int) -> None:
        figures = Figures(METRICS)
        for _ in range(n):
            figures.add("lane_verdicts_total", "applied")
            figures.observe("lane_push_changes", 20)
        figures.lay_down(tmp_path)

    workers = [
        multiprocessing.get_context("fork").Process(target=counts, args=(n,)) for n in (3, 4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    counts(5)

    for _ in range(2):  # those that are gone stay counted
        found, _gauges = together(tmp_path)
        assert found["lane_verdicts_total"]["applied",] == 12
    page = "".join(text(METRICS, found))
    assert value(page, "lane_push_changes_sum") == 240
    assert value(page, 'lane_push_changes_bucket{le="10.0"}') == 0
    assert value(page, 'lane_push_changes_bucket{le="+Inf"}') == 12
    assert sorted(path.suffix for path in tmp_path.iterdir()) == ["", ".json", ".json"]


def test_a_full_disk_costs_figures_only(client, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    asks(client)
    monkeypatch.setattr("pathlib.Path.write_text", full)

    assert asks(client).status_code == 200


def test_counting_a_push_takes_microseconds():
    verdicts = ["applied"] * 20
    begun = stopwatch.process_time()
    for _ in range(2000):
        note_push(4096, 120, verdicts)

    assert (stopwatch.process_time() - begun) / 2000 < 100e-6


def test_what_is_laid_down_is_whole(tmp_path):
    figures = Figures(METRICS)
    figures.add("lane_verdicts_total", "applied")
    figures.lay_down(tmp_path)

    [path] = tmp_path.glob(f"{os.getpid()}-*.json")
    assert json.loads(path.read_text())[0] == {"lane_verdicts_total": [["applied", 1]]}
