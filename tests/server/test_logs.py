"""Each request and each fault leaves one line, and nobody's words in it."""

from __future__ import annotations

import json
import logging
import re

import pytest

from server.logs import Lines, Out

CANARIES = ("金丝雀巷口的煤气味", "0000 555 7788", "CANA-RYXX-CODE-0000-0000", "canary-token-9f3b")


@pytest.fixture
def lines(capsys):
    """What was written since, each line read."""

    def read() -> list[dict]:
        return [json.loads(line) for line in capsys.readouterr().out.splitlines() if line]

    return read


def test_a_request_is_one_line(client, lines):
    client.get("/session?next=/reports")

    [line] = [one for one in lines() if one["endpoint"] == "accounts.new_session"]
    assert line["status"] == 200
    assert re.fullmatch("[0-9a-f]{12}", line["request"])
    assert line["ms"] > 0
    assert (line["community"], line["device"]) == ("", "")


def test_a_phone_is_named_by_the_beginning_of_its_number(phone, lines, town):
    lines()
    phone.files_report(town.lane.id, CANARIES[0])
    phone.pushes()

    line = lines()[-1]
    assert (line["endpoint"], line["device"]) == ("exchange.create_push", phone.device[:8])
    assert line["community"] == phone.community[:8]


def test_nothing_of_anybody_is_in_any_line(app, client, phone, signed_in_as, town, capsys, time):
    capsys.readouterr()
    phone.files_report(town.lane.id, CANARIES[0])
    phone.pushes()
    phone.pulls()
    client.get(f"/r/{CANARIES[2]}")
    client.get(f"/session?token={CANARIES[3]}", headers={"Cookie": f"lane_session={CANARIES[3]}"})
    client.post("/session", data={"name": town.coordinator.name, "password": CANARIES[3]})
    client.post(
        f"/l/{town.lane.plate}", data={"words": CANARIES[0], "phone": CANARIES[1], "category": "x"}
    )
    desk = signed_in_as("coordinator")
    desk.get(f"/reports?q={CANARIES[0]}")

    said = capsys.readouterr().out
    assert said.count("\n") == 7
    people = [town.coordinator.name, town.steward.name, town.steward.phone, town.lane.plate]
    ids = [phone.device, phone.community, "127.0.0.1"]
    assert [word for word in (*CANARIES, *people, *ids) if word in said] == []


def test_a_fault_says_where_and_not_what(app, client, lines, monkeypatch):
    def breaks() -> None:
        raise ValueError(f"{CANARIES[0]} {CANARIES[1]}")

    app.testing = False
    monkeypatch.setitem(app.view_functions, "accounts.new_session", breaks)

    answer = client.get(f"/session?x={CANARIES[2]}")

    said = lines()
    assert [one for one in CANARIES if one in json.dumps(said, ensure_ascii=False)] == []
    [fault] = [one for one in said if "fault" in one]
    assert fault["fault"] == "ValueError"
    assert answer.status_code == 500
    assert answer.headers["Lane-Request"] == fault["request"]
    assert fault["request"] in answer.text


def test_what_we_say_ourselves_is_a_line_too(capsys):
    record = logging.LogRecord("server.work", logging.WARNING, "", 0, "%s waits", ("sweep",), None)

    said = json.loads(Lines().format(record))

    assert (said["words"], said["of"], said["level"]) == ("sweep waits", "server.work", "warning")


def test_there_is_one_way_out_however_many_apps(app):
    assert sum(isinstance(one, Out) for one in logging.getLogger("server").handlers) == 1
