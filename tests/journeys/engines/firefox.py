"""Firefox as a steward might hold it: the one of the system, its profile on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PROGRAM = "/usr/bin/firefox-esr"
LOOK = {
    "viewport": {"width": 390, "height": 844},
    "locale": "zh-CN",
    "timezone_id": "Asia/Shanghai",
    "has_touch": True,
    "device_scale_factor": 2,
}


class Firefox:
    """Driven over WebDriver BiDi. `url` is where it finds the server."""

    def __init__(self, playwright: Any, profile: Path, url: str) -> None:
        self.url = url
        self.context: Any = playwright.firefox.launch_persistent_context(
            str(profile), executable_path=PROGRAM, channel="moz-firefox", headless=True, **LOOK
        )
        self.context.set_default_timeout(30_000)
        self.page = self.context.pages[0] if self.context.pages else self.context.new_page()

    def opens(self, path: str) -> None:
        self.page.goto(self.url + path)

    def at(self) -> str:
        """The path of the page that is open."""
        return self.page.url.removeprefix(self.url)

    def sees(self, css: str) -> str:
        """Waits until it shows, and gives its words."""
        shown = self.page.locator(css).filter(visible=True).first
        shown.wait_for()
        return shown.inner_text()

    def shows(self, css: str) -> bool:
        """Whether it shows now."""
        return bool(self.page.locator(css).filter(visible=True).count())

    def fills(self, css: str, words: str) -> None:
        self.page.fill(css, words)

    def taps(self, css: str) -> None:
        self.page.click(css)

    def attaches(self, css: str, file: Path) -> None:
        self.page.set_input_files(css, file)

    def pictures(self, file: Path) -> None:
        self.page.screenshot(path=file)

    def close(self) -> None:
        self.context.close()
