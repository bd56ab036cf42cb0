"""One report, from a lane without signal to the server's database."""

from tests.journeys.browser import until


def test_a_report_written_without_signal_outlives_the_browser_and_arrives_once(server, net, phone):
    town = server.town
    browser = phone()
    browser.enrols(server.code_for(town.steward))

    server.stop()
    browser.opens(f"/app/lanes/{town.lane.id}")
    browser.page.click("text=在这里记一条")
    browser.page.click("text=灯不亮")
    browser.page.fill("[name=words]", "巷口的路灯不亮")
    browser.page.click("text=存下来")
    row = browser.page.wait_for_selector("#open [data-pending]")
    assert "灯不亮" in row.inner_text()
    assert "已存本机" in row.inner_text()
    kept = browser.outbox()
    browser.kill()

    browser = phone()
    browser.opens(f"/app/lanes/{town.lane.id}")
    browser.page.wait_for_selector("#open [data-pending]:has-text('已存本机')")
    assert [(item["about"], item["state"]) for item in browser.outbox()] == [
        (kept[0]["about"], "saved")
    ]

    server.start()
    browser.js("lane.exchange.exchange({ force: true })")
    browser.page.wait_for_selector("#open .state.is-delivered")
    item = until(lambda: [i for i in browser.outbox() if i["state"] == "delivered"])[0]

    stored = server.rows("SELECT id, words, number, place_id FROM reports")
    number = item["receipt"]["number"]
    assert stored == [(kept[0]["about"], "巷口的路灯不亮", number, town.lane.id)]
    assert number in browser.page.inner_text("#open")
    assert browser.page.locator(f"#report-{kept[0]['about']}").count() == 1
