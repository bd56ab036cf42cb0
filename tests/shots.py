"""Pictures of every screen and its states, phone and desk, light and dark, into a folder of yours.

./steward shots DIR [--only PART]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from tests.live import CHROMIUM, CHROMIUM_FLAGS, Server
from tests.pages.new_town import new_town
from tests.pages.scenes import FIRST_MORNING, SCENES, Scene
from tests.pages.visitors import DESK, PHONE, Visitors

MOST_PIXELS = 6_000
PAPER = {"width": 794, "height": 1123}  # A4 at 96 dots an inch
PRINTED = ("public-receipt", "report", "report-accepted", "case", "patrol")


def main() -> int:
    parser = argparse.ArgumentParser(prog="./steward shots", description=__doc__)
    parser.add_argument("folder", type=Path, help="outside the repository")
    parser.add_argument("--only", default="", help="scenes whose names contain this")
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as data, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        failed, all_of_them = [], 0
        for make, scenes in ((demo, SCENES), (new_town, FIRST_MORNING)):
            wanted = chosen(scenes, asked.only)
            all_of_them += len(wanted)
            if wanted:
                server = make(Path(data) / make.__name__).start()
                failed += take_all(server.origin, browser, wanted, asked.folder)
                server.stop()
        browser.close()
    took = time.monotonic() - begun
    print(f"{all_of_them - len(failed)} of {all_of_them} screens, {took:.0f} s")
    return len(failed)


def chosen(scenes: Sequence[Scene], part: str) -> list[Scene]:
    """Those whose names contain a part, with the ones they go on from."""
    found: list[Scene] = []
    goes_on = False
    for scene in reversed(scenes):
        if part in scene.name or goes_on:
            found.insert(0, scene)
            goes_on = not scene.path
    return found


def demo(data: Path) -> Server:
    """The demo subdistrict, not yet started."""
    print("Making the demo", flush=True)
    server = Server(data, {"STEWARD_DEMO": "on"})
    server.flask("db", "upgrade")
    server.flask("demo")
    return server


def take_all(origin: str, browser: Browser, scenes: list[Scene], folder: Path) -> list[str]:
    """Every scene, light and dark, on a phone and a desk; those that could not be brought about."""
    visitors, failed, page = Visitors(origin, browser), [], None
    for k, scene in enumerate(scenes, start=1):
        print(f"[{k}/{len(scenes)}] {scene.name}", flush=True)
        try:
            if page is None or scene.path:
                page = turn_to(visitors, page, scene)
            if scene.act:
                scene.act(page)
        except PlaywrightError as fault:  # the others are still wanted
            failed.append(scene.name)
            print(f"  could not be brought about: {str(fault).splitlines()[0]}")
        if page:
            take(page, folder / scene.name)
            if scene.name in PRINTED:
                take_on_paper(page, folder / scene.name)
    return failed


def turn_to(visitors: Visitors, before: Page | None, scene: Scene) -> Page:
    if before:
        before.context.set_offline(False)
        before.close()
    page = visitors.page(scene.role)
    page.set_default_timeout(10_000)
    page.set_viewport_size(PHONE if scene.role in ("resident", "steward") else DESK)
    visitors.open(page, visitors.address(scene.role, scene.path))
    return page


def take(page: Page, path: Path) -> None:
    """As it meets the eye; where a phone's page is longer, also the whole of it."""
    for kind, size in (("desk", DESK), ("phone", PHONE)):
        page.set_viewport_size(size)
        for scheme in ("dark", "light"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{path}-{kind}-{scheme}.png", animations="disabled")
    height = page.evaluate("document.documentElement.scrollHeight")
    if height > PHONE["height"]:
        page.set_viewport_size({**PHONE, "height": min(height, MOST_PIXELS)})
        page.screenshot(path=f"{path}-phone-whole.png", animations="disabled")
        page.set_viewport_size(PHONE)


def take_on_paper(page: Page, path: Path) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    page.set_viewport_size(PAPER)
    page.screenshot(path=f"{path}-print.png")
    page.emulate_media(media="screen")


if __name__ == "__main__":
    raise SystemExit(main())
