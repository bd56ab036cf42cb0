"""Requests that come twice, late, in another order, or only in part."""

from __future__ import annotations

import threading

from server.backups.copying import proof, tables
from tests.torture.crowd import check_all
from tests.torture.wire import Wire

PHONES, PUSHES, CUTS = 10, 20, 1000
MOVES = {"streams", "devices"}  # they say when a phone was last seen


def state(home):
    with home.engine.connect() as rows:
        return {t.name: proof(rows, t) for t in tables() if t.name not in MOVES}


def filled(home):
    """Every phone's pushes, kept as they went over the line."""
    bodies = []
    for walker in home.crowd.walkers:
        for _ in range(PUSHES):
            for n in range(walker.chance.randint(1, 5)):
                words = f"第{len(walker.filed)}件，第{n}句"
                walker.filed.append(walker.phone.files_report(walker.lane, words))
            phone = walker.phone
            bodies.append((phone, phone.push_body(phone.acked + 1, len(phone.lines))))
            assert phone.pushes().status_code == 200
    return bodies


def again(bodies) -> list[int]:
    """Sends them all, signed anew; the codes of the answers."""
    return [
        phone.sends(
            "POST", "/sync/v1/push", body, {"Content-Type": "application/x-ndjson"}
        ).status_code
        for phone, body in bodies
    ]


def test_every_push_three_times_over_two_lines_changes_nothing(house, chance, tell, times):
    home = house(PHONES)
    bodies = filled(home)
    before = state(home)

    thrice = bodies * 3
    chance.shuffle(thrice)
    halves = [thrice[::2], thrice[1::2]]
    codes: list[int] = []

    def send(half):
        codes.extend(again(half))

    lines = [
        threading.Thread(target=lambda half=half: codes.extend(again(half))) for half in halves
    ]
    for line in lines:
        line.start()
    for line in lines:
        line.join()

    assert codes == [200] * len(thrice)
    assert state(home) == before
    found = check_all(home.engine, home.crowd)
    tell("F7 each push three times, any order", len(thrice), found, "every table hashes the same")


def test_a_push_cut_at_any_byte_is_taken_whole_or_not_at_all(house, chance, tell, times):
    home = house(PHONES)
    filled(home)
    before = state(home)
    wire, cuts = Wire(home.port), times(CUTS)
    for cut in range(cuts):
        walker = home.crowd.walkers[cut % PHONES]
        phone = walker.phone
        if len(phone.lines) == phone.acked:
            walker.filed.append(phone.files_report(walker.lane, f"第{len(walker.filed)}件，会断线"))
        body = phone.push_body(phone.acked + 1, len(phone.lines))
        headers = phone.signed("POST", "/sync/v1/push", body)
        wire.cut("/sync/v1/push", body, headers, chance.randrange(len(body)))

    assert state(home) == before
    home.crowd.drains()
    found = check_all(home.engine, home.crowd)
    tell("F7 pushes cut at any byte", cuts, found, f"0 taken, all {home.crowd.acked} arrive after")
