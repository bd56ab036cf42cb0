"""The load generator hears everything once, whatever the server does with its connections."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from benchmarks.load import request, run

ALL = 60


class Echo(BaseHTTPRequestHandler):
    """Says back what it got. Every third time it hangs up afterwards, without having said so."""

    protocol_version = "HTTP/1.1"
    heard: ClassVar[Counter[bytes]] = Counter()
    under_way: ClassVar[Counter[bytes]] = Counter()
    most: ClassVar[Counter[bytes]] = Counter()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        owner = body.split()[0]
        self.under_way[owner] += 1
        self.most[owner] = max(self.most[owner], self.under_way[owner])
        self.heard[body] += 1
        time.sleep(0.002)
        self.under_way[owner] -= 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = sum(self.heard.values()) % 3 == 0

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@pytest.fixture
def echo() -> Iterator[int]:
    for counts in (Echo.heard, Echo.under_way, Echo.most):
        counts.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()
    server.server_close()


def test_every_request_is_answered_in_its_place(echo):
    bodies = [f"{i % 7} {i}".encode() for i in range(ALL)]
    requests = [request("POST", "/", body) for body in bodies]

    done = run(echo, requests, 5, [i % 7 for i in range(ALL)])

    assert [answer.body for answer in done.answers] == bodies
    assert {answer.status for answer in done.answers} == {200}
    assert Echo.heard == Counter(bodies)
    assert all(0 < answer.seconds <= done.seconds for answer in done.answers)


def test_of_one_owner_one_request_is_under_way(echo):
    requests = [request("POST", "/", f"{i % 3} {i}".encode()) for i in range(ALL)]

    run(echo, requests, 8, [i % 3 for i in range(ALL)])

    assert set(Echo.most.values()) == {1}


def test_nobody_there_is_no_answer():
    assert run(1, [request("GET", "/")], 1).answers[0].status == 0
