"""./steward check: each tool in turn, on after a failure, a summary at the end."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
QUICK = ("tests/test_fences.py", "tests/server/test_words.py", "tests/server/test_migrations.py")
NODE = (str(BIN / "node"), str(ROOT / ".cache/node/node_modules/typescript/bin/tsc"))

CHECKS = (
    ("lint", (str(BIN / "ruff"), "check", ".")),
    ("format", (str(BIN / "ruff"), "format", "--check", ".")),
    ("types of Python", (str(BIN / "mypy"),)),
    *(
        (f"types of scripts, {config.name}", (*NODE, "--project", str(config)))
        for config in sorted((ROOT / "web").glob("jsconfig*.json"))
    ),
    ("fences, words, migrations", (str(BIN / "pytest"), "-q", "--durations=0", *QUICK)),
)


def run(name: str, command: tuple[str, ...]) -> tuple[str, bool, float]:
    print(f"\n── {name}", flush=True)
    begun = time.monotonic()
    is_fine = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
    return name, is_fine, time.monotonic() - begun


def main() -> int:
    results = [run(name, command) for name, command in CHECKS]
    print("\n── summary")
    for name, is_fine, seconds in results:
        print(f"  {'ok    ' if is_fine else 'FAILED'} {seconds:5.1f} s  {name}")
    return 0 if all(is_fine for _, is_fine, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main())
