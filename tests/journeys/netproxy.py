"""A bad network for any browser: a loopback proxy that cuts, slows, stalls and truncates."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
import threading
from typing import Any

RST = struct.pack("ii", 1, 0)
PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 25\r\nConnection: close\r\n\r\n"
    b"<h1>Sign in to Wi-Fi</h1>"
)


class NetProxy:
    """Forwards to a port on this machine. mode: up, refuse (port closed), reset (accepts, then
    breaks), stall (accepts, moves no byte), mute (no answer comes back), portal (somebody else
    answers, 200 and a page of theirs)."""

    def __init__(self, upstream_port: int) -> None:
        self.upstream, self.port = upstream_port, 0
        self.bytes_up = self.bytes_down = self.connections = 0
        self._open: set[Any] = set()
        self._server: Any = None
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.set()

    def set(
        self,
        mode: str = "up",
        *,
        rate: int | None = None,
        latency: float = 0.0,
        cut_up: int | None = None,
        cut_down: int | None = None,
        loss: float = 0.0,
    ) -> None:
        """`rate`: bytes a second each way; `latency`: seconds before the first byte each way of a
        connection; `cut_up`, `cut_down`: break after so many bytes of a connection; `loss`: the
        share of the pieces, each way, at which it breaks."""
        self.mode, self.rate, self.latency = mode, rate, latency
        self.cut, self.loss = {"up": cut_up, "down": cut_down}, loss
        asyncio.run_coroutine_threadsafe(self._apply(), self.loop).result(10)

    def counters(self, *, reset: bool = False) -> tuple[int, int, int]:
        """Bytes up, bytes down, connections."""
        counted = self.bytes_up, self.bytes_down, self.connections
        if reset:
            self.bytes_up = self.bytes_down = self.connections = 0
        return counted

    async def _apply(self) -> None:
        if self.mode == "refuse":
            if self._server:
                self._server.close()
                self._server = None
        elif not self._server:
            listening = socket.socket()
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(("127.0.0.1", self.port))
            self.port = listening.getsockname()[1]
            self._server = await asyncio.start_server(self._connected, sock=listening)
        if self.mode in ("refuse", "reset"):
            for writer in list(self._open):
                self._break(writer)

    @staticmethod
    def _break(writer: Any) -> None:
        with contextlib.suppress(OSError):
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
        writer.transport.abort()

    async def _connected(self, reader: Any, writer: Any) -> None:
        self.connections += 1
        self._open.add(writer)
        to_server = None
        try:
            if self.mode == "reset":
                self._break(writer)
                return
            if self.mode == "portal":
                await reader.read(65536)
                writer.write(PORTAL)
                await writer.drain()
                return
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self.upstream)
            self._open.add(to_server)
            await asyncio.gather(
                self._pipe(reader, to_server, "up", writer),
                self._pipe(from_server, writer, "down", to_server),
            )
        except OSError:
            pass
        finally:
            for each in filter(None, (writer, to_server)):
                self._open.discard(each)
                each.close()

    async def _pipe(self, reader: Any, writer: Any, way: str, other: Any) -> None:
        moved, is_first = 0, True
        while data := await reader.read(4096 if self.rate else 65536):
            while self.mode == "stall":
                await asyncio.sleep(0.05)
            if is_first and self.latency:
                await asyncio.sleep(self.latency)
            is_first = False
            cut = self.cut[way]
            if random.random() < self.loss:
                cut = moved
            if cut is not None:
                data = data[: max(0, cut - moved)]
            if self.rate:
                await asyncio.sleep(len(data) / self.rate)
            moved += len(data)
            self._count(way, len(data))
            if data and not (self.mode == "mute" and way == "down"):
                writer.write(data)
                await writer.drain()
            if cut is not None and moved >= cut:
                await asyncio.sleep(0.02)
                self._break(writer)
                self._break(other)
                return
        with contextlib.suppress(OSError, RuntimeError):
            writer.write_eof()

    def _count(self, way: str, n: int) -> None:
        if way == "up":
            self.bytes_up += n
        else:
            self.bytes_down += n

    def close(self) -> None:
        self.set("refuse")

        async def drain() -> None:
            await asyncio.sleep(0.05)  # a task ended before its first step would close nothing
            rest = asyncio.all_tasks() - {asyncio.current_task()}
            for task in rest:
                task.cancel()
            await asyncio.gather(*rest, return_exceptions=True)
            await asyncio.sleep(0.05)  # transports close in the loop's next turns

        asyncio.run_coroutine_threadsafe(drain(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()
