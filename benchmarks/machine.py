"""On what it was measured."""

from __future__ import annotations

import platform
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.servers import procfile
from benchmarks.targets import WORKERS

PACKAGES = ("flask", "gunicorn", "sqlalchemy", "psycopg")


def described(engines: Mapping[str, str], kinto: str = "") -> str:
    """Machine, versions, durability and how each server is served."""
    ours = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    lines = [
        f"{time.strftime('%Y-%m-%d %H:%M')}, {_processor()}, {psutil.cpu_count()} processors,"
        f" {psutil.virtual_memory().total / 2**30:.0f} GB, Linux {platform.release()}",
        f"Python {platform.python_version()}, {ours}" + (f", Kinto {kinto}" if kinto else ""),
        *engines.values(),
        f"ours: {procfile('web')}",
    ]
    if kinto:
        lines += [f"bare Flask on {name}: gunicorn {words}" for name, words in WORKERS.items()]
    return "\n".join(lines)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
