"""Moving through a page with the keyboard alone, and seeing where one is."""

from __future__ import annotations

from typing import Any

MOST_STEPS = 90

# The ring may lie on what the focused thing stands for: its face, its row, its label.
IS_SEEN = """() => {
  const at = document.activeElement
  const looks = [at, at.nextElementSibling, at.closest("label"), at.closest("li")]
    .filter(Boolean).map((one) => getComputedStyle(one))
  looks.push(getComputedStyle(at, "::after"))
  return looks.some(({ outlineStyle }) => outlineStyle !== "none")
}"""


def has_focus(page: Any, selector: str) -> bool:
    return bool(page.evaluate("(name) => document.activeElement.matches(name)", selector))


def goes_to(page: Any, selector: str, key: str = "Tab") -> None:
    """Steps on until the focus is there, where it can be seen."""
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        if has_focus(page, selector):
            assert page.evaluate(IS_SEEN), f"no ring on {selector}"
            return
    raise AssertionError(f"{selector} is not reached with {key}")


def presses(page: Any, selector: str) -> None:
    goes_to(page, selector)
    page.keyboard.press("Enter")
