"""A resident with a browser without script: reads the form, fills it in, presses the button."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from html import unescape
from typing import Any

from flask.testing import FlaskClient

LONG_ENOUGH_MS = 20_000
_INPUT = re.compile(r"<input\b[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's big form."""
    form = page[page.index('id="concern"') :]
    fields = [dict(_ATTRIBUTE.findall(tag)) for tag in _INPUT.findall(form)]
    return {f["name"]: unescape(f["value"]) for f in fields if f.get("type") == "hidden"}


def kept(page: str) -> list[str]:
    """The photos the form says it has already."""
    return [unescape(value) for value in re.findall(r'name="kept" value="([^"]*)"', page)]


class Resident:
    def __init__(self, browser: FlaskClient, wait: Callable[[int], None], plate: str) -> None:
        self.browser = browser
        self.wait = wait
        self.address = f"/l/{plate}"
        self.form: dict[str, Any] = {}

    def opens(self) -> str:
        """The form of the lane, read for as long as people read."""
        page = self.browser.get(self.address).text
        self.form = hidden(page)
        self.wait(LONG_ENOUGH_MS)
        return page

    def sends(
        self,
        words: str = "21号门前的下水又冒了，孩子上学要绕着走。",
        *,
        category: str = "blocked_drain",
        photos: Sequence[bytes] = (),
        script: bool = False,
        **more: Any,
    ) -> Any:
        said = {**self.form, "category": category, "words": words, **more}
        files = [(io.BytesIO(photo), f"{n}.jpg") for n, photo in enumerate(photos, 1)]
        headers = {"Accept": "application/json"} if script else {"Accept": "text/html"}
        return self.browser.post(
            self.address,
            data={**said, "photo": files or [(io.BytesIO(b""), "")]},
            headers=headers,
            content_type="multipart/form-data",
        )

    def again(self, answer: Any) -> None:
        """Take over the names and photos of a form that was shown again."""
        self.form = {**hidden(answer.text), "kept": kept(answer.text)}
        self.wait(LONG_ENOUGH_MS)

    def tells(self, words: str = "21号门前的下水又冒了。", **more: Any) -> str:
        """From the plate to the receipt: the code."""
        self.opens()
        answer = self.sends(words, **more)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"]).partition("?")[0].removeprefix("/r/")
