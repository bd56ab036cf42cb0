"""Those who look at the pages: nobody, a coordinator, an officer, a steward with a phone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, Page

from tests.pages.new_town import COORDINATOR, PASSWORD

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1366, "height": 768}

LABELS = {
    "coordinator": "协调员",
    "other_coordinator": "协调员 · 乌石渡社区",
    "committee_member": "居委会成员",
    "officer": "街道工作人员",
}

# Who opens what. {…} stands for the first such address on the page named after it.
PAGES: dict[str, list[str]] = {
    "resident": ["/", "/l/GJ-L01", "/session", "/selftest", "/app/start"],
    "steward": [
        "/app/",
        "/app/lanes",
        "/app/lanes/{/app/lanes}",
        "/app/patrols/{/app/}",
        "/app/reports/new",
        "/app/outbox",
        "/app/call",
    ],
    "coordinator": [
        "/reports",
        "/reports/{/reports}",
        "/reports/new",
        "/cases",
        "/cases/{/cases}",
        "/conflicts",
        "/parked",
        "/devices",
        "/patrols",
        "/upkeep",
        "/upkeep/changes?by=offset&bar=4",
    ],
    "other_coordinator": ["/conflicts", "/parked", "/devices"],
    "committee_member": ["/reports", "/cases", "/patrols"],
    "officer": ["/reports", "/cases", "/patrols", "/devices", "/upkeep"],
}


@dataclass
class Visitors:
    """One browser context per role, signed in the way people of that role do."""

    origin: str
    browser: Browser
    contexts: dict[str, BrowserContext] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)

    def page(self, role: str) -> Page:
        """A fresh page of a role, that notes violations and requests that leave the origin."""
        if role not in self.contexts:
            self.contexts[role] = self._enter(role)
        page = self.contexts[role].new_page()
        page.add_init_script(
            "addEventListener('securitypolicyviolation', (e) =>"
            " console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        page.on("console", lambda said: self._hear(said.text) if said.type == "error" else None)
        page.on("request", lambda request: self._watch(request.url))
        page.on("pageerror", lambda fault: self.trouble.append(f"script: {fault}"))
        return page

    def _hear(self, text: str) -> None:
        if "CSP" in text or "Content Security Policy" in text:
            self.trouble.append(text)

    def _watch(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:", "about:")):
            self.trouble.append(f"left the origin: {url}")

    def _enter(self, role: str) -> BrowserContext:
        context = self.browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE
        )
        context.set_default_timeout(60_000)
        if role == "resident":
            return context
        page = context.new_page()
        page.goto(f"{self.origin}/session")
        if role == "beginner":
            page.fill("[name=name]", COORDINATOR)
            page.fill("[name=password]", PASSWORD)
            page.click("form.signin button")
            page.wait_for_url(f"{self.origin}/reports")
        elif role == "steward":
            page.locator("button[form='demo-phone']").first.click()
            page.wait_for_selector("[data-part=ready-words]:visible")
        else:
            page.locator(f"button:has-text('· {LABELS[role]}')").first.click()
            page.wait_for_url(f"{self.origin}/reports")
        page.close()
        return context

    def address(self, role: str, pattern: str) -> str:
        """The address with its part taken from the page it names."""
        found = re.search(r"\{(.+)\}", pattern)
        if not found:
            return pattern
        known = self.addresses.get((role, pattern))
        if known:
            return known
        page = self.page(role)
        self.open(page, found[1])
        prefix = pattern[: found.start()]
        links = [str(link) for link in page.locator(f"a[href^='{prefix}']").evaluate_all(
            "links => links.map((link) => link.getAttribute('href'))"
        )]  # fmt: skip
        page.close()
        link = next(link for link in links if len(link) > len(prefix) and "new" not in link)
        return self.addresses.setdefault((role, pattern), link)

    def open(self, page: Page, path: str) -> None:
        page.goto(f"{self.origin}{path}")
        page.wait_for_load_state("networkidle")

    def leave(self) -> None:
        for context in self.contexts.values():
            context.close()
