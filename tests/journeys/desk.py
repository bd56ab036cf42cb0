"""What a coordinator does at a desk."""

from __future__ import annotations

from typing import Any

from tests.journeys.browser import PhoneBrowser
from tests.make import PASSWORD

WIDE = {
    "viewport": {"width": 1366, "height": 768},
    "is_mobile": False,
    "has_touch": False,
    "device_scale_factor": 1,
}


def sits_down(browser: PhoneBrowser, member: Any) -> None:
    """Signs in."""
    browser.opens("/session")
    browser.page.fill("[name=name]", member.name)
    browser.page.fill("[name=password]", PASSWORD)
    browser.page.click("form[action='/session'] button.button--primary")
    browser.page.wait_for_url("**/reports**")
