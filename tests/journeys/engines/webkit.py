"""WebKitGTK, the nearest to an iPhone's Safari: the engine of the system in a window of our own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    StaleElementReferenceException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.file_detector import UselessFileDetector
from selenium.webdriver.remote.remote_connection import RemoteConnection

from tests.journeys.browser import until

DRIVER = "/usr/bin/WebKitWebDriver"
WINDOW = Path(__file__).with_name("webkit_window.py")


@contextmanager
def screen() -> Iterator[str]:
    """A screen that nobody looks at, and its name."""
    told, tell = os.pipe()
    command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", "800x1000x24", "-nolisten", "tcp"]
    process = subprocess.Popen(command, pass_fds=[tell], stderr=subprocess.DEVNULL)
    os.close(tell)
    with os.fdopen(told) as name:
        number = name.readline().strip()
    try:
        assert number, "Xvfb shows no screen"
        yield f":{number}"
    finally:
        process.terminate()
        process.wait(10)


class WebKit:
    """Driven over WebDriver. `url` is where it finds the server, `display` where its window is."""

    def __init__(self, display: str, profile: Path, url: str) -> None:
        self.url = url
        place = {"DISPLAY": display, "WINDOW_PROFILE": str(profile), "GDK_BACKEND": "x11"}
        options = webdriver.WebKitGTKOptions()
        options.binary_location = str(WINDOW)
        self.service = webdriver.WebKitGTKService(
            executable_path=DRIVER, env={**os.environ, "TZ": "Asia/Shanghai", **place}
        )
        self.service.start()
        driver = RemoteConnection(client_config=ClientConfig(self.service.service_url))
        self.driver = webdriver.Remote(driver, options=options, file_detector=UselessFileDetector())

    def opens(self, path: str) -> None:
        self.driver.get(self.url + path)

    def at(self) -> str:
        """The path of the page that is open."""
        return self.driver.current_url.removeprefix(self.url)

    def _shown(self, css: str) -> list[Any]:
        found = self.driver.find_elements(By.CSS_SELECTOR, css)
        return [one for one in found if one.is_displayed()]

    def _when_shown(self, css: str, act: Callable[[Any], Any]) -> Any:
        """What `act` says of the first that shows, once it says something. A page may be exchanged
        for another, or still move, meanwhile."""

        def tried() -> Any:
            with suppress(StaleElementReferenceException, ElementClickInterceptedException):
                return [said for one in self._shown(css)[:1] if (said := act(one)) != ""]
            return []

        return until(tried, 30)[0]

    def sees(self, css: str) -> str:
        """Waits until it shows words, and gives them."""
        found: str = self._when_shown(css, lambda one: one.text)
        return found

    def shows(self, css: str) -> bool:
        """Whether it shows now."""
        return bool(self._shown(css))

    def fills(self, css: str, words: str) -> None:
        self._when_shown(css, lambda one: one.send_keys(words))

    def taps(self, css: str) -> None:
        self._when_shown(css, lambda one: one.click())

    def attaches(self, css: str, file: Path) -> None:
        self.driver.find_element(By.CSS_SELECTOR, css).send_keys(str(file))

    def pictures(self, file: Path) -> None:
        self.driver.save_screenshot(str(file))

    def close(self) -> None:
        if self.service.process.poll() is None:
            self.driver.quit()
            self.service.stop()
