"""An S3 that fails now and then, in front of one that does not."""

from __future__ import annotations

import http.client
import random
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

FAILS, HANGS, LIES = 0.05, 0.05, 0.01
SPELL, SPELL_LENGTH = 0.02, 6  # now and then everything fails for a while
HANG_S = 0.3  # a client's own patience is longer; it is cut off instead


class BadStore(ThreadingHTTPServer):
    """Answers some PUTs with 500, cuts some off without an answer, does some and says it failed."""

    daemon_threads = True

    def __init__(self, behind: str, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.behind = urlsplit(behind).netloc
        self.chance = random.Random(seed)
        self.spell = 0
        self.told: dict[str, int] = {}
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fate(self) -> str:
        with self._lock:
            if self.spell:
                self.spell -= 1
                fate = "fails"
            else:
                self.spell = SPELL_LENGTH if self.chance.random() < SPELL else 0
                dice = self.chance.random()
                shares = {"fails": FAILS, "hangs": HANGS, "lies": LIES}
                fate = "works"
                for name, share in shares.items():
                    if 0 <= dice < share:
                        fate = name
                    dice -= share
            self.told[fate] = self.told.get(fate, 0) + 1
            return fate

    def close(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Door(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BadStore

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        fate = self.server.fate()
        if fate == "hangs":
            time.sleep(HANG_S)
            if self.server.chance.random() < 0.5:
                self._ask(body)
            self.close_connection = True
        elif fate == "fails":
            self._answer(500, b"")
        else:
            status, said = self._ask(body)
            self._answer(500 if fate == "lies" else status, said)

    def do_GET(self) -> None:
        self._answer(*self._ask(b""))

    def do_HEAD(self) -> None:
        self.do_GET()

    def _ask(self, body: bytes) -> tuple[int, bytes]:
        behind = http.client.HTTPConnection(self.server.behind, timeout=30)
        try:
            behind.request(self.command, self.path, body, dict(self.headers))
            answer = behind.getresponse()
            return answer.status, answer.read()
        finally:
            behind.close()

    def _answer(self, status: int, said: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.send_header("ETag", '"1"')
        self.end_headers()
        self.wfile.write(said)
