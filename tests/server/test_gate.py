"""In a process one thread computes, and nobody holds up the others by waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor

from server.gate import Gate


def test_only_so_many_are_inside():
    gate, inside, most = Gate(2), [], []
    full = threading.Barrier(2)

    def compute(number: int) -> None:
        gate.enter()
        inside.append(number)
        most.append(len(inside))
        full.wait()
        inside.remove(number)
        gate.leave()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(compute, range(8)))
    assert max(most) == 2


def test_who_waits_outside_lets_others_in():
    gate, done = Gate(1), threading.Event()

    def other() -> None:
        gate.enter()
        gate.leave()
        done.set()

    gate.enter()
    with gate.outside():
        assert not gate.is_inside
        threading.Thread(target=other).start()
        assert done.wait(5)
    assert gate.is_inside
    gate.leave()


def test_leaving_twice_makes_no_room_for_two():
    gate = Gate(1)
    gate.enter()
    gate.enter()
    gate.leave()
    gate.leave()
    gate.enter()
    entered = threading.Event()
    threading.Thread(target=lambda: (gate.enter(), entered.set()), daemon=True).start()
    assert not entered.wait(0.05)


def test_a_request_that_fails_leaves_the_gate(app, phone, monkeypatch):
    monkeypatch.setattr("server.exchange.views.read_envelope", lambda body: 1 // 0)
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    assert phone.sends("POST", "/sync/v1/push", b"{}").status_code == 500
    assert not app.extensions["gate"].is_inside
