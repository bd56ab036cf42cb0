"""A concern that lay in a resident's phone arrives as old as it is, whatever its clock says."""

from __future__ import annotations

from tests.journeys.browser import until

HOUR_MS = 3_600_000
YEAR_MS = 365 * 24 * HOUR_MS

ODD_CLOCK = """(() => {
  const real = Date.now.bind(Date)
  Date.now = () => real() + Number(localStorage.getItem("odd") ?? 0)
})()"""


def odd(browser, off_ms):
    browser.js(f"localStorage.setItem('odd', '{off_ms}')")


def test_it_is_as_old_as_it_is(server, net, phone):
    browser = phone()
    browser.context.add_init_script(ODD_CLOCK)
    browser.opens("/l/SQ-L01")
    page = browser.page
    odd(browser, -10 * YEAR_MS)
    page.get_by_text("下水道堵了", exact=True).click()
    page.get_by_label("情况").first.fill("21号门前的下水又冒了。")
    net.set("refuse")
    page.get_by_role("button", name="送给社区").click()
    page.get_by_text("还在您手机里，没送到社区。").wait_for()

    odd(browser, -10 * YEAR_MS + 5 * HOUR_MS)
    net.set()
    page.get_by_role("button", name="现在就送").click()
    [(happened, received)] = until(
        lambda: server.rows("SELECT happened_at, received_at FROM reports")
    )

    assert abs(received - happened - 5 * HOUR_MS) < 60_000
