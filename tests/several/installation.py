"""Two app servers, each as on a machine of its own, one PostgreSQL, one S3, nginx in front."""

from __future__ import annotations

import os
import pwd
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, cast

from flask.testing import FlaskClient

from server import clock, create_app
from server.database import db, writing
from server.devices import rules
from server.settings import ROOT, Settings
from sync.clock import Anchor
from tests import make
from tests.live import GOES_DOWN_S, Server, free_port
from tests.phone import FakePhone
from tests.torture.wire import Lost, Wire

SECRET = "the same on every server of this installation"
MACHINES = re.compile(r"server 10\.0\.0\.\d+:8000")
LISTENS = re.compile(r"listen 443 ssl;|ssl_certificate\S* .*;")


def line_of_procfile(name: str) -> str:
    """What a process manager starts under this name."""
    lines = (line.partition(": ") for line in (ROOT / "Procfile").read_text().splitlines())
    return next(command for key, _, command in lines if key == name)


def nginx_block() -> str:
    """The configuration as the README tells it."""
    return (ROOT / "README.md").read_text().split("```nginx\n")[1].split("```")[0]


class AppServer(Server):
    """One machine: started as the Procfile says, its data folder its own."""

    def start(self) -> Self:
        self.process = self.spawn("web")
        end = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)
        return self

    def spawn(self, name: str) -> subprocess.Popen[bytes]:
        """Start a line of the Procfile, in a process group of its own."""
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        told = {"PORT": str(self.port), "PATH": programs, "FLASK_APP": "server"}
        return subprocess.Popen(
            ["sh", "-c", f"exec {line_of_procfile(name)}"],
            cwd=self.root,
            env={**self.environment, **told},
            start_new_session=True,
        )

    def kill(self) -> None:
        """The whole machine at once, in the middle of whatever it does."""
        assert self.process
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(GOES_DOWN_S)
        self.process = None


@dataclass
class Nginx:
    """Debian's nginx on a spare port, with the README's configuration."""

    folder: Path
    behind: list[AppServer]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        self.folder.mkdir()
        config = self.folder / "nginx.conf"
        config.write_text(self._configuration())
        command = ["/usr/sbin/nginx", "-p", self.folder, "-c", config, "-e", self.folder / "errors"]
        self.process = subprocess.Popen(command)
        end = time.monotonic() + 10
        while True:
            try:
                Wire(self.port, 1).open("/health")
            except Lost:
                assert time.monotonic() < end, (self.folder / "errors").read_text()
                time.sleep(0.05)
            else:
                return self

    def _configuration(self) -> str:
        machines = iter(self.behind)
        site = MACHINES.sub(lambda _: f"server 127.0.0.1:{next(machines).port}", nginx_block())
        site = LISTENS.sub("", site).replace(
            "server_name", f"listen 127.0.0.1:{self.port}; server_name"
        )
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        places = "".join(f"{kind}_temp_path {self.folder / kind};" for kind in kinds)
        user = f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else ""
        return (
            f"daemon off; {user} worker_processes 1; pid {self.folder / 'pid'};"
            f"events {{}} http {{ access_log off; {places}\n{site} }}"
        )

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(GOES_DOWN_S)
            self.process = None


class Installation:
    """One community on two servers."""

    def __init__(self, folder: Path, database_url: str, environ: Mapping[str, str]) -> None:
        self.database_url = database_url
        said = {
            "DATABASE_URL": database_url,
            "STEWARD_SECRET": SECRET,
            "STEWARD_TRUSTED_PROXIES": "1",
            **environ,
        }
        self.servers = [AppServer(folder / name, said) for name in ("first", "second")]
        self.nginx = Nginx(folder / "nginx", self.servers)
        self.app = create_app(Settings(data=folder / "outside", database_url=database_url))
        with self.app.app_context(), writing() as session:
            self.town = make.town(session)

    def start(self) -> Self:
        for server in self.servers:
            server.data.mkdir()
            server.start()
        self.nginx.start()
        return self

    def stop(self) -> None:
        self.nginx.stop()
        for server in self.servers:
            server.stop()
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def phone(self, port: int = 0) -> FakePhone:
        """A phone of the steward that reaches us through nginx, or at a server's own port."""
        now = clock.now()
        phone = FakePhone(cast("FlaskClient", Wire(port or self.nginx.port)), now)
        here = Anchor(phone.segment, now, now)
        key = phone.public_key
        device = rules.claim(self.town.steward, key=key, label="", app="", here=here)
        with self.app.app_context(), writing() as session:
            session.add(device)
        phone.community, phone.device = device.community_id, device.id
        return phone
