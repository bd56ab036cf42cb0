"""Requests of protocol phones to a server that may die at any moment."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass
from typing import Any


class Lost(Exception):
    """No answer came, or not all of it: nobody knows what the server did."""


@dataclass
class Answer:
    """What came back, with the face of a test client's answer."""

    status_code: int
    headers: dict[str, str]
    data: bytes

    def get_json(self) -> Any:
        return json.loads(self.data)

    @property
    def json(self) -> Any:
        return self.get_json()


class Wire:
    """A connection for each request, as on a phone that sends once a minute."""

    def __init__(self, port: int, patience_s: float = 20) -> None:
        self.port, self.patience_s = port, patience_s

    def open(
        self, path: str, method: str = "GET", data: bytes = b"", headers: Any = None
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience_s)
        try:
            connection.request(method, path, data, dict(headers or {}))
            answer = connection.getresponse()
            found = Answer(answer.status, dict(answer.getheaders()), answer.read())
        except (OSError, http.client.HTTPException) as fault:
            raise Lost from fault
        finally:
            connection.close()
        is_signed = "Authorization" in dict(headers or {})
        if is_signed and found.status_code == 200 and "Lane-Nonce" not in found.headers:
            raise Lost  # Somebody else has answered.
        return found

    def post(self, path: str, json: Any) -> Answer:
        body = _dumped(json)
        return self.open(path, "POST", body, {"Content-Type": "application/json"})

    def cut(self, path: str, body: bytes, headers: dict[str, str], at: int) -> None:
        """Begin a request and go away after `at` bytes of its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience_s)
        try:
            connection.putrequest("POST", path)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                connection.putheader(name, value)
            connection.endheaders(body[:at])
        except OSError:
            pass  # It was gone already.
        finally:
            connection.close()


def _dumped(value: Any) -> bytes:
    return json.dumps(value).encode()
