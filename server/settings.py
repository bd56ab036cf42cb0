"""Every setting of the product, read once from the environment."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("zh-Hans", "en")


class BadSetting(Exception):
    """The environment says something we cannot follow; names the setting."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")
        self.name = name


@dataclass(frozen=True)
class Settings:
    """What may differ between two installations. Names: STEWARD_ and the field in capitals."""

    database_url: str = ""  # DATABASE_URL; empty: an SQLite file in the data folder
    data: Path = ROOT / "data"  # database, photos and secret of a single machine
    secret: str = ""  # at least 32 characters; empty: made once and kept in the data folder
    demo: bool = False  # show demo sign-ins and fill an empty database
    language: str = "zh-Hans"  # until a person chooses another
    trusted_proxies: int = 0  # how many of our own proxies stand in front
    public_url: str = ""  # where phones reach us, for QR codes: https://...
    photos: str = ""  # s3://bucket/prefix or another store; empty: the data folder
    backup_key: str = ""  # what backups are sealed with; kept away from this machine
    backups: str = ""  # the second place, for backups and the journal: s3://bucket/prefix, file://
    metrics_token: str = ""  # who shows it may read /metrics; empty: nobody may
    log_requests: bool = True  # a line for each request; faults have theirs in any case
    kill_worker: bool = False  # take the worker off every phone that looks in; keeps its records

    @property
    def database(self) -> str:
        """The address SQLAlchemy connects to."""
        if not self.database_url:
            return f"sqlite:///{self.data / 'steward.db'}"
        scheme, _, rest = self.database_url.partition("://")
        return (
            f"postgresql+psycopg://{rest}" if scheme.startswith("postgres") else self.database_url
        )

    @property
    def key(self) -> bytes:
        """The installation's secret. Every server of one installation needs the same."""
        return self.secret.encode() if self.secret else _kept_secret(self.data / "secret")


def _kept_secret(path: Path) -> bytes:
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        return path.read_bytes()
    path.write_text(secrets.token_hex(32))
    return path.read_bytes()


def name_of(field: str) -> str:
    """The environment's name for a field."""
    return "DATABASE_URL" if field == "database_url" else f"STEWARD_{field.upper()}"


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from the environment; raises `BadSetting` for what cannot be followed."""
    known = {name_of(field.name): field.name for field in fields(Settings)}
    for name in environ:
        if name.startswith("STEWARD_") and name not in known:
            raise BadSetting(name, "there is no such setting; .env.example lists them all")
    said: dict[str, Any] = {
        field: _READERS[field](name, environ[name].strip())
        for name, field in known.items()
        if environ.get(name, "").strip()
    }
    return Settings(**said)


def read_or_stop(environ: Mapping[str, str]) -> Settings:
    """Settings, or the end of this process with one sentence."""
    try:
        return read(environ)
    except BadSetting as wrong:
        sys.exit(f"The setting {wrong}")


def _database(name: str, value: str) -> str:
    if value.partition("://")[0] not in ("sqlite", "postgres", "postgresql", "postgresql+psycopg"):
        raise BadSetting(name, "must begin with sqlite:/// or postgresql://")
    return value


def _folder(name: str, value: str) -> Path:
    path = Path(value).expanduser().resolve()
    if path.exists() and not path.is_dir():
        raise BadSetting(name, f"{path} is not a folder")
    return path


def _secret(name: str, value: str) -> str:
    if len(value) < 32:
        raise BadSetting(name, "must have at least 32 characters")
    return value


def _switch(name: str, value: str) -> bool:
    if value not in ("on", "off"):
        raise BadSetting(name, "must be on or off")
    return value == "on"


def _language(name: str, value: str) -> str:
    if value not in LANGUAGES:
        raise BadSetting(name, f"must be one of {', '.join(LANGUAGES)}")
    return value


def _count(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and int(value) <= 9):
        raise BadSetting(name, "must be a number from 0 to 9")
    return int(value)


def _web_address(name: str, value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
        raise BadSetting(name, "must look like https://lanes.example.org, without a path")
    return value.rstrip("/")


def _store(name: str, value: str) -> str:
    if urlsplit(value).scheme not in ("s3", "file"):
        raise BadSetting(name, "must begin with s3:// or file://")
    return value


_READERS = {
    "database_url": _database,
    "data": _folder,
    "secret": _secret,
    "demo": _switch,
    "language": _language,
    "trusted_proxies": _count,
    "public_url": _web_address,
    "photos": _store,
    "backup_key": _secret,
    "backups": _store,
    "metrics_token": _secret,
    "log_requests": _switch,
    "kill_worker": _switch,
}
