"""Pictures of every screen, phone and desk, light and dark, into a folder of yours.

./steward shots DIR
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.live import CHROMIUM, CHROMIUM_FLAGS, Server
from tests.pages.visitors import DESK, PAGES, PHONE, Visitors


def main() -> None:
    parser = argparse.ArgumentParser(prog="./steward shots", description=__doc__)
    parser.add_argument("folder", type=Path, help="outside the repository")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        server = Server(Path(data), {"STEWARD_DEMO": "on"})
        print("Making the demo")
        server.flask("db", "upgrade")
        server.flask("demo")
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        take_all(Visitors(server.origin, browser), folder)
        browser.close()
        server.stop()


def take_all(visitors: Visitors, folder: Path) -> None:
    every = [(role, pattern) for role, patterns in PAGES.items() for pattern in patterns]
    for k, (role, pattern) in enumerate(every, start=1):
        print(f"[{k}/{len(every)}] {role} {pattern}")
        path = visitors.address(role, pattern)
        name = re.sub(r"\W+", "-", re.sub(r"\{.*\}", "one", pattern)).strip("-") or "home"
        page = visitors.page(role)
        for scheme in ("light", "dark"):
            for kind, size in (("phone", PHONE), ("desk", DESK)):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size(size)
                visitors.open(page, path)
                page.screenshot(path=folder / f"{role}-{name}-{kind}-{scheme}.png")
        page.close()


if __name__ == "__main__":
    main()
