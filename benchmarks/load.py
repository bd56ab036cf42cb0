"""Many connections of one process, each with one request under way: a closed loop."""

from __future__ import annotations

import select
import socket
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

TAKES_AT_ONCE = 1 << 18
GIVES_UP_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: how long it took, how many bytes it was on the wire; 0 where nothing did."""

    status: int
    head: bytes
    body: bytes
    seconds: float
    received: int


NOTHING = Answer(0, b"", b"", 0.0, 0)


@dataclass(frozen=True, slots=True)
class Run:
    """All answers, in the order of their requests."""

    answers: list[Answer]
    seconds: float
    client_cpu: float

    def times(self) -> list[float]:
        return sorted(answer.seconds for answer in self.answers)


def request(method: str, path: str, body: bytes = b"", headers: Mapping[str, str] = {}) -> bytes:
    """The bytes of a request; built before the clock runs."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body or method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


class Line:
    """One connection. Copes with a server that closes it after an answer or while it rests."""

    def __init__(self, port: int, poll: select.epoll) -> None:
        self.port, self.poll = port, poll
        self.socket: socket.socket | None = None
        self.raw = b""
        self.sent = 0
        self.into = bytearray()
        self.began = 0.0
        self._length = -1
        self._start = 0
        self._used = False

    def ask(self, raw: bytes) -> int:
        """Send a request; the number under which `poll` reports on it."""
        self.raw, self.began = raw, time.perf_counter()
        return self._begin()

    def _begin(self) -> int:
        self.sent, self._length, self.into = 0, -1, bytearray()
        if self.socket is None:
            self.socket = socket.socket()
            self.socket.setblocking(False)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.socket.connect_ex(("127.0.0.1", self.port))
            self._used = False
            self.poll.register(self.socket, select.EPOLLOUT)
        else:
            self._used = True
            self.poll.modify(self.socket, select.EPOLLOUT)
        return self.socket.fileno()

    def step(self) -> Answer | int:
        """Go on after an event: the answer, or the number to wait for."""
        assert self.socket is not None
        try:
            if self.sent < len(self.raw):
                return self._write(self.socket)
            return self._read(self.socket)
        except OSError:
            return self._broken()

    def _write(self, out: socket.socket) -> int:
        self.sent += out.send(memoryview(self.raw)[self.sent :])
        if self.sent == len(self.raw):
            self.poll.modify(out, select.EPOLLIN)
        return out.fileno()

    def _read(self, out: socket.socket) -> Answer | int:
        got = out.recv(TAKES_AT_ONCE)
        if not got:
            return self._answer() if self._length == -2 else self._broken()
        self.into += got
        if self._length == -1:
            self._read_head()
        if self._length >= 0 and len(self.into) >= self._start + self._length:
            return self._answer()
        return out.fileno()

    def _read_head(self) -> None:
        end = self.into.find(b"\r\n\r\n")
        if end < 0:
            return
        empty = bytes(self.into[9:12]) in (b"204", b"304")
        self._start, self._length = end + 4, 0 if empty else -2
        for line in bytes(self.into[:end]).lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                self._length = int(line[15:])

    def _broken(self) -> Answer | int:
        """One that rested may have been closed meanwhile: the same request on a new one."""
        again = self._used and not self.into
        self.close()
        if again:
            return self._begin()
        return Answer(0, b"", b"", time.perf_counter() - self.began, 0)

    def _answer(self) -> Answer:
        took = time.perf_counter() - self.began
        head, body = bytes(self.into[: self._start]), bytes(self.into[self._start :])
        if self._length == -2 or b"\r\nconnection: close" in head.lower():
            self.close()
        status = int(head[9:12]) if head.startswith(b"HTTP/1.") else 0
        return Answer(status, head, body, took, len(self.into))

    def close(self) -> None:
        if self.socket is not None:
            self.poll.unregister(self.socket)
            self.socket.close()
            self.socket = None


def run(
    port: int, requests: Sequence[bytes], connections: int, owners: Sequence[object] = ()
) -> Run:
    """Send every request, `connections` at a time, each when an answer makes room for it. Of one
    owner there is never more than one under way; `owners` are as many as requests, or none."""
    loop = Loop(port, requests, owners or range(len(requests)))
    cpu, began = time.process_time(), time.perf_counter()
    with select.epoll() as poll:
        loop.drive(poll, connections)
    return Run(loop.answers, time.perf_counter() - began, time.process_time() - cpu)


class Loop:
    """Requests on their way over a number of lines, until all are answered."""

    def __init__(self, port: int, requests: Sequence[bytes], owners: Sequence[object]) -> None:
        self.port, self.requests, self.owners = port, requests, owners
        self.answers = [NOTHING] * len(requests)
        self.waiting = deque(range(len(requests)))
        self.busy: set[object] = set()
        self.under_way: dict[int, tuple[Line, int]] = {}
        self.idle: list[Line] = []

    def drive(self, poll: select.epoll, connections: int) -> None:
        lines = [Line(self.port, poll) for _ in range(connections)]
        self.idle = list(lines)
        self._fill()
        while self.under_way:
            events = poll.poll(GIVES_UP_S)
            if not events:
                raise TimeoutError(f"{len(self.under_way)} requests without an answer")
            for number, _ in events:
                if number in self.under_way:  # else somebody hung up on a line that rests
                    self._step(number)
            self._fill()
        for line in lines:
            line.close()

    def _step(self, number: int) -> None:
        line, place = self.under_way.pop(number)
        said = line.step()
        if isinstance(said, int):
            self.under_way[said] = line, place
            return
        self.answers[place] = said
        self.busy.discard(self.owners[place])
        self.idle.append(line)

    def _fill(self) -> None:
        """Give every idle line the first request whose owner waits for nothing."""
        while self.idle and (place := self._next()) is not None:
            line = self.idle.pop()
            self.busy.add(self.owners[place])
            self.under_way[line.ask(self.requests[place])] = line, place

    def _next(self) -> int | None:
        for at, place in enumerate(self.waiting):
            if self.owners[place] not in self.busy:
                del self.waiting[at]
                return place
        return None


def quantile(times: Sequence[float], share: float) -> float:
    """Of sorted times, the one that so many are no longer than."""
    return times[min(len(times) - 1, int(share * len(times)))] if times else 0.0
