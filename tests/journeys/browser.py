"""A phone's browser with a profile on disk that outlives its death."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tests.live import CHROMIUM, CHROMIUM_FLAGS

LOOK = {
    "viewport": {"width": 390, "height": 844},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "is_mobile": True,
    "has_touch": True,
    "device_scale_factor": 2,
}


def until(found: Callable[[], Any], timeout: float = 45) -> Any:
    """Waits for something true, and gives it back."""
    end = time.monotonic() + timeout
    while not (value := found()):
        assert time.monotonic() < end, f"not reached in {timeout} s"
        time.sleep(0.05)
    return value


class PhoneBrowser:
    """Chromium as a steward holds it. `url` is where it finds the server."""

    def __init__(self, playwright: Any, profile: Path, url: str, **more: Any) -> None:
        self.profile, self.url = str(profile), url
        self.errors: list[str] = []
        self.context = playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=CHROMIUM_FLAGS,
            **{**LOOK, **more},
        )
        self.context.set_default_timeout(45_000)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message: Any) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.errors.append(message.text)

    def opens(self, path: str) -> None:
        self.page.goto(self.url + path)

    def enrols(self, code: str) -> None:
        """From the first page to the green tick."""
        self.opens("/app/start")
        self.page.fill("#code", code)
        self.page.click("#enrol button")
        self.page.wait_for_selector("[data-part=ready-words]:visible")

    def js(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def outbox(self) -> list[dict[str, Any]]:
        """What the phone keeps, as its own modules read it."""
        found: list[dict[str, Any]] = self.js(OUTBOX)
        return found

    def kill(self) -> None:
        """The phone's system ends the browser without asking, all of it at once: a part of it that
        lived on would hold the files of the next one."""
        family = [child for main in self._mains() for child in (main, *main.children(True))]
        for process in family:
            with contextlib.suppress(psutil.Error):
                process.kill()
        until(lambda: not any(map(_is_alive, family)))
        self.close()

    def _mains(self) -> list[psutil.Process]:
        found = []
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                line = process.cmdline()
                is_main = not any(word.startswith("--type=") for word in line)
                if is_main and any(self.profile in word for word in line):
                    found.append(process)
        return found

    def close(self) -> None:
        with contextlib.suppress(Exception):
            self.context.close()


def _is_alive(process: psutil.Process) -> bool:
    """Somebody who is dead but not buried holds no files."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


OUTBOX = """async () => {
  const { currentOwner } = lane.db
  const { list } = lane.outbox
  const owner = await currentOwner()
  return (await list(owner.name)).map(({ change, state, k, n, trouble }) => ({
    uid: change.uid, n: change.n, kind: change.kind, about: change.about, body: change.body,
    state, k, of: n, trouble, receipt: change.receipt,
  }))
}"""
