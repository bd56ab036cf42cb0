"""Every screen in every state worth a picture: who opens what, and what is done there first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

WORDS = "21号门前的下水又冒了，孩子上学要绕着走。"


@dataclass(frozen=True, slots=True)
class Scene:
    """`path` as in `visitors.PAGES`, empty where it goes on from the scene before; `act` brings the
    page into its state."""

    name: str
    role: str
    path: str
    act: Callable[[Page], object] | None = None


def opens(act: str) -> Callable[[Page], object]:
    """One of the forms below a report or case."""
    return lambda page: page.click(f"[data-act={act}] > summary")


def presses(words: str, within: str = "main") -> Callable[[Page], object]:
    return lambda page: page.locator(within).get_by_role("button", name=words).first.click()


def chooses_three(page: Page) -> None:
    for box in page.locator("[data-row] > input").all()[:3]:
        box.check()


def batch(deed: str) -> Callable[[Page], object]:
    def look(page: Page) -> None:
        chooses_three(page)
        page.click(f".bulk [name=do][value={deed}]")
        page.wait_for_selector("#pane[data-report='']")

    return look


def shows_keys(page: Page) -> None:
    page.keyboard.press("?")


def dismisses_without_reason(page: Page) -> None:
    opens("dismiss")(page)
    page.locator("[data-act=dismiss] [name=to]").first.check()
    page.click("[data-act=dismiss] form > button")
    page.wait_for_selector(".field__error")


def steps(label: str) -> Callable[[Page], object]:
    return lambda page: page.locator("details.act > summary", has_text=label).first.click()


def turns_back(page: Page) -> None:
    page.get_by_role("link", name="前一天").click()
    page.wait_for_selector("main a[href^='/patrols/']")


def opens_patrol(page: Page) -> None:
    page.locator("main a[href^='/patrols/']").first.click()
    page.wait_for_url("**/patrols/*")


def signs_in_wrongly(page: Page) -> None:
    page.fill("[name=name]", "顾晓岚")
    page.fill("[name=password]", "not this one")
    page.click("form.signin button")
    page.wait_for_selector("#refusal")


def makes_a_code(page: Page) -> None:
    page.locator("#code select").select_option(index=1)
    page.click("#code button")
    page.wait_for_selector("[data-digits]")


def tells(page: Page) -> None:
    """A resident fills the form and sends it; the receipt is on the screen."""
    page.locator(".picker__tile").nth(1).click()
    page.fill("#concern [name=words]", WORDS)
    page.wait_for_timeout(3_000)  # who is quicker than a person is taken for a machine
    page.locator("#concern button.button--primary").click()
    page.wait_for_url("**/r/**")


def keeps_the_receipt(page: Page) -> None:
    page.locator("form[action$='/acknowledgement'] button").first.click()
    page.wait_for_selector("ol.timeline")


def thinks_of_withdrawing(page: Page) -> None:
    page.click("a[href$='/withdrawal']")
    page.wait_for_url("**/withdrawal")


def tells_nothing(page: Page) -> None:
    page.locator("#concern button.button--primary").click()


def tells_of_smoke(page: Page) -> None:
    page.fill("#concern [name=words]", "三楼窗口冒烟，有人喊救命")


def fills(page: Page) -> None:
    """What somebody saw, written down and not yet kept."""
    page.click(".picker__tile:has-text('灯不亮')")
    page.fill("[name=words]", "4栋门口的灯又不亮了")


def keeps(page: Page) -> None:
    """Written down where there is no signal; the lane's page shows it."""
    page.locator("label.choice:has([name=place])").first.click()
    page.context.set_offline(True)
    page.click("text=存下来")
    page.wait_for_url("**/app/lanes/**")
    page.wait_for_selector(".row .is-saved")


def opens_kept(page: Page) -> None:
    page.locator("a[href*='/app/reports/one']").first.click()
    page.wait_for_url("**/app/reports/one**")
    page.wait_for_selector("main .state")


def opens_outbox(page: Page) -> None:
    page.click("nav a[href='/app/outbox']")
    page.wait_for_url("**/app/outbox")
    page.wait_for_selector("main .is-saved")


def marks_one(page: Page) -> None:
    page.locator("label", has_text="有问题").first.click()


SCENES = (
    Scene("public-home", "resident", "/"),
    Scene("public-lane", "resident", "/l/GJ-L01"),
    Scene("public-lane-nothing-said", "resident", "/l/GJ-L01", tells_nothing),
    Scene("public-lane-smoke", "resident", "/l/GJ-L01", tells_of_smoke),
    Scene("public-receipt", "resident", "/l/GJ-L01", tells),
    Scene("public-progress", "resident", "", keeps_the_receipt),
    Scene("public-withdrawal", "resident", "", thinks_of_withdrawing),
    Scene("public-find", "resident", "/r"),
    Scene("public-find-wrong", "resident", "/r/AAAA-BBBB-CCCC-DDDD-EEEE"),
    Scene("error-404", "resident", "/nowhere"),
    Scene("error-403", "committee_member", "/parked"),
    Scene("sign-in", "resident", "/session"),
    Scene("sign-in-wrong", "resident", "/session", signs_in_wrongly),
    Scene("phone-selftest", "resident", "/selftest"),
    Scene("phone-start", "resident", "/app/start"),
    Scene("phone-today", "steward", "/app/"),
    Scene("phone-lanes", "steward", "/app/lanes"),
    Scene("phone-lane", "steward", "/app/lanes/{/app/lanes}"),
    Scene("phone-patrol", "steward", "/app/patrols/{/app/}"),
    Scene("phone-report-from-patrol", "steward", "/app/patrols/{/app/}", marks_one),
    Scene("phone-report", "steward", "/app/reports/new"),
    Scene("phone-report-filled", "steward", "/app/reports/new", fills),
    Scene("phone-lane-kept", "steward", "", keeps),
    Scene("phone-report-one", "steward", "", opens_kept),
    Scene("phone-outbox-waiting", "steward", "", opens_outbox),
    Scene("phone-outbox", "steward", "/app/outbox"),
    Scene("phone-call", "steward", "/app/call"),
    Scene("queue", "coordinator", "/reports"),
    Scene("queue-chosen", "coordinator", "/reports", chooses_three),
    Scene("queue-keys", "coordinator", "/reports", shows_keys),
    Scene(
        "queue-nothing-matches", "coordinator", "/reports?q=%E6%B2%A1%E6%9C%89%E8%BF%99%E5%8F%A5"
    ),
    Scene("queue-accepted", "coordinator", "/reports?state=accepted"),
    Scene("report", "coordinator", "/reports/{/reports}"),
    Scene("report-dismiss", "coordinator", "/reports/{/reports}", opens("dismiss")),
    Scene("report-dismiss-why", "coordinator", "/reports/{/reports}", dismisses_without_reason),
    Scene("report-ask", "coordinator", "/reports/{/reports}", opens("ask")),
    Scene("report-merge", "coordinator", "/reports/{/reports}", opens("merge")),
    Scene("report-correct", "coordinator", "/reports/{/reports}", opens("correct")),
    Scene("report-accepted", "coordinator", "/reports/{/reports?state=accepted}"),
    Scene("report-dismissed", "coordinator", "/reports/{/reports?state=dismissed}"),
    Scene("batch-merge", "coordinator", "/reports", batch("merge")),
    Scene("batch-accept", "coordinator", "/reports", batch("accept")),
    Scene("batch-dismiss", "coordinator", "/reports", batch("dismiss")),
    Scene("desk-entry", "coordinator", "/reports/new"),
    Scene("cases", "coordinator", "/cases"),
    Scene("cases-done", "coordinator", "/cases?state=done"),
    Scene("case", "coordinator", "/cases/{/cases}"),
    Scene("case-close", "coordinator", "/cases/{/cases}", steps("办结")),
    Scene("case-correct", "coordinator", "/cases/{/cases}", steps("更正")),
    Scene("conflicts", "coordinator", "/conflicts"),
    Scene("conflicts-by-time", "coordinator", "/conflicts?tab=by_time"),
    Scene("conflicts-decided", "coordinator", "/conflicts?tab=decided"),
    Scene("conflicts-of-the-other", "other_coordinator", "/conflicts"),
    Scene("parked", "other_coordinator", "/parked"),
    Scene("parked-none", "coordinator", "/parked"),
    Scene("devices", "coordinator", "/devices"),
    Scene("devices-one-lost", "other_coordinator", "/devices"),
    Scene("devices-code", "coordinator", "/devices", makes_a_code),
    Scene("devices-lost", "coordinator", "/devices/{/devices}"),
    Scene("patrols", "coordinator", "/patrols"),
    Scene("patrols-yesterday", "coordinator", "", turns_back),
    Scene("patrol", "coordinator", "", opens_patrol),
    Scene("upkeep", "coordinator", "/upkeep"),
    Scene("upkeep-changes", "coordinator", "/upkeep/changes?by=offset&bar=4"),
    Scene("upkeep-officer", "officer", "/upkeep"),
    Scene("queue-officer", "officer", "/reports"),
    Scene("report-officer", "officer", "/reports/{/reports}"),
    Scene("cases-committee", "committee_member", "/cases"),
)
FIRST_MORNING = tuple(
    Scene(f"first-morning-{name}", "beginner", f"/{name}")
    for name in ("reports", "cases", "conflicts", "parked", "devices", "patrols", "upkeep")
)
