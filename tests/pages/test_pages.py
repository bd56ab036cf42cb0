"""Every page: readable by everybody, light and dark, small and large, and never out of bounds."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pages.visitors import DESK, PAGES, PHONE

pytestmark = pytest.mark.timeout(300)  # the first test waits until the demo is made
EVERY = [(role, pattern) for role, patterns in PAGES.items() for pattern in patterns]


@pytest.mark.parametrize(("role", "pattern"), EVERY)
def test_a_page_is_clean(role, pattern, visitors):
    path = visitors.address(role, pattern)
    visitors.trouble.clear()
    page = visitors.page(role)
    found = []
    for scheme in ("light", "dark"):
        for size in (PHONE, DESK):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            visitors.open(page, path)
            result = Axe().run(page)
            found += [
                f"{scheme} {size['width']}: {v['id']} {[n['html'][:160] for n in v['nodes'][:3]]}"
                for v in result.response["violations"]
            ]
    page.close()

    assert found == []
    assert visitors.trouble == []


@pytest.mark.parametrize(("role", "pattern"), EVERY)
def test_large_type_stays_within_a_phone(role, pattern, visitors):
    page = visitors.page(role)
    page.set_viewport_size(PHONE)
    visitors.open(page, visitors.address(role, pattern))

    page.evaluate("document.documentElement.style.fontSize = '200%'")
    width = page.evaluate("document.documentElement.scrollWidth")
    page.close()

    assert width <= PHONE["width"]
