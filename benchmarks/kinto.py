"""Kinto from PyPI on the same PostgreSQL: in an environment of its own, served at its best."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.load import Answer, request, run
from benchmarks.servers import gunicorn
from benchmarks.stores import Copy
from benchmarks.towns import COMMUNITIES, Phone, Town, compact
from server.settings import ROOT

HOME = ROOT / ".cache" / "kinto"
LOCK = ROOT / ".locks" / "kinto.txt"
WORKERS = "--workers 2 --threads 16 --worker-class gthread"
SETTINGS = """
[app:main]
use = egg:kinto
kinto.userid_hmac_secret = {secret}
kinto.bucket_create_principals = system.Authenticated
kinto.storage_backend = kinto.core.storage.postgresql
kinto.storage_url = {url}
kinto.permission_backend = kinto.core.permission.postgresql
kinto.permission_url = {url}
kinto.cache_backend = kinto.core.cache.memory
multiauth.policies = basicauth
"""
BUCKET = "/buckets/town"
ANYBODY = "system.Authenticated"


def install() -> str:
    """Make Kinto's environment out of its lock where it is not there; Kinto's version."""
    mark, pinned = HOME / "installed", LOCK.read_text()
    if not mark.exists() or mark.read_text() != pinned:
        subprocess.run([sys.executable, "-m", "venv", "--clear", HOME], check=True)
        fetch = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run(
            [_program("python"), *fetch, "--require-hashes", "-r", LOCK],
            check=True,
            capture_output=True,
        )
        mark.write_text(pinned)
    return pinned.partition("\nkinto==")[2].split()[0]


def _program(name: str) -> str:
    return str(HOME / "bin" / name)


def _who(name: str) -> dict[str, str]:
    proof = base64.b64encode(f"{name}:{name}".encode()).decode()
    return {"Authorization": f"Basic {proof}", "Content-Type": "application/json"}


@dataclass(frozen=True)
class Kinto:
    """A collection for each community; every phone a user of its own."""

    name: str = "kinto"
    is_exact: bool = False  # a batch that meets a conflict stays in part

    def command(self, engine: str) -> list[str]:
        return gunicorn("pyramid.paster:get_app('$KINTO_INI')", WORKERS, HOME / "bin")

    def environ(self, copy: Copy) -> Mapping[str, str]:
        url = copy.address.replace("postgresql://", "postgresql+psycopg2://")
        ini = Path(copy.environ["STEWARD_DATA"]) / "kinto.ini"
        ini.write_text(SETTINGS.format(url=url, secret="0" * 32))
        migrate = [_program("kinto"), "migrate", "--ini", str(ini)]
        subprocess.run(migrate, check=True, capture_output=True)
        return {"KINTO_INI": str(ini)}

    def ready(self, port: int, town: Town) -> None:
        """The collections, which every user may read and add to."""
        may = compact({"permissions": {"read": [ANYBODY], "record:create": [ANYBODY]}})
        made = [request("PUT", f"/v1{BUCKET}", b"{}", _who("head"))]
        for community in town.lanes:
            path = f"/v1{BUCKET}/collections/{community}"
            made.append(request("PUT", path, may, _who("head")))
        for answer in run(port, made, 1).answers:
            assert answer.status == 201, answer

    def push(self, phone: Phone, lines: Sequence[bytes], *, more: bool) -> bytes:
        path = f"{BUCKET}/collections/{phone.community}/records"
        creations = [
            {"path": path, "body": {"data": _record(phone, json.loads(line))}} for line in lines
        ]
        batch = {"defaults": {"method": "POST"}, "requests": creations}
        return request("POST", "/v1/batch", compact(batch), _who(phone.device))

    def pull(self, phone: Phone, after: int, headers: Mapping[str, str]) -> bytes:
        path = f"/v1{BUCKET}/collections/{phone.community}/records"
        query = f"?_since={after}&_sort=last_modified&_limit=100"
        return request("GET", path + query, headers={**_who(phone.device), **headers})

    def heads(self, port: int, town: Town) -> Mapping[str, int]:
        phones = town.phones[:COMMUNITIES]
        answers = run(port, [self.pull(phone, 0, {}) for phone in phones], 1).answers
        return {p.community: _mark(a) for p, a in zip(phones, answers, strict=True)}

    def accepted(self, answer: Answer) -> int:
        if answer.status != 200:
            return 0
        statuses = [said["status"] for said in json.loads(answer.body)["responses"]]
        return sum(status in (200, 201) for status in statuses)

    def rows(self, answer: Answer) -> int:
        return len(json.loads(answer.body)["data"]) if answer.status == 200 else 0

    def stored(self, copy: Copy) -> int:
        return copy.count("objects WHERE resource_name = 'record'")


def _record(phone: Phone, line: dict[str, Any]) -> dict[str, Any]:
    told = {"id": line["o"], "device": phone.device, "happened_at": line["t"][1]}
    return {**told, "status": "screening", **line["b"]}


def _mark(answer: Answer) -> int:
    """The collection's time, as its answers bear it."""
    for line in answer.head.decode().splitlines():
        if line.lower().startswith("etag:"):
            return int(line.split('"')[1])
    raise LookupError(answer.head)
