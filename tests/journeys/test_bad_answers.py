"""The line lies: whatever comes back, the phone keeps everything, says what happened in words, and
delivers once when the line is honest again."""

import json

from tests.journeys.acts import answers, is_delivered, notes, reports, sends, states

PUSH = "/sync/v1/push"
WORDS = "巷口的路灯不亮"


def html(route):
    route.fulfill(status=200, content_type="text/html", body="<h1>Free Wi-Fi</h1>")


def to_login(route):
    route.fulfill(status=302, headers={"Location": "https://portal.invalid/login"})


def ours(code, error, **more):
    """An error of the server itself: it bears the nonce of the request."""

    def answer(route):
        claim = route.request.headers["authorization"]
        nonce = claim.split("nonce=")[1].split(",")[0]
        body = json.dumps({"error": error, **more})
        route.fulfill(
            status=code, content_type="application/json", headers={"Lane-Nonce": nonce}, body=body
        )

    return answer


def cut_short(route):
    told = route.fetch()
    body = told.body()
    headers = {k: v for k, v in told.headers.items() if k in ("content-type", "lane-nonce")}
    route.fulfill(status=200, headers=headers, body=body[: len(body) // 2])


def wrong_nonce(route):
    told = route.fetch()
    route.fulfill(response=told, headers={**told.headers, "lane-nonce": "A" * 22})


def lost(route):
    route.fetch()
    route.abort()


def twice(route):
    route.fetch()
    route.fulfill(response=route.fetch())


def plain(code):
    return lambda route: route.fulfill(status=code, content_type="text/plain", body="no")


LIES = {
    "captive page": (html, "Wi-Fi"),
    "captive redirect": (to_login, "Wi-Fi"),
    "wrong nonce": (wrong_nonce, "Wi-Fi"),
    "cut short": (cut_short, "Wi-Fi"),
    "answer lost": (lost, "没信号"),
    "a proxy's 500": (plain(500), "服务器那头"),
    "a proxy's 429": (plain(429), "送的人多"),
    "our 500": (ours(500, "internal"), "服务器那头"),
    "our 503": (ours(503, "busy", retry_after_s=2), "送的人多"),
    "our 401": (ours(401, "signature"), "重新认"),
}


def test_a_bad_answer_costs_nothing_and_is_said_in_words(server, phone, subtests):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    written = []
    for name, (answer, told) in LIES.items():
        with subtests.test(name):
            honest = answers(browser, PUSH, answer)
            notes(browser, server.town.lane, name)
            written.append((name,))
            assert not sends(browser)["done"]
            assert states(browser)[0] == "saved"
            browser.opens("/app/outbox")
            browser.page.wait_for_selector(f"[data-behaviour=outbox-list] :text('{told}'):visible")

            honest()
            sends(browser)
            is_delivered(browser)
            assert reports(server) == sorted(written)


def test_a_change_delivered_twice_counts_once(server, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    answers(browser, PUSH, twice)
    notes(browser, server.town.lane, WORDS)
    sends(browser)
    is_delivered(browser)
    assert reports(server) == [(WORDS,)]


def test_an_old_push_that_arrives_after_a_newer_one_changes_nothing(server, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    held = []

    def hold(route):
        held.append(route.request)
        route.abort()

    honest = answers(browser, PUSH, hold)
    notes(browser, server.town.lane, "第一件")
    sends(browser)
    old = held[0]
    honest()
    notes(browser, server.town.lane, "第二件")
    sends(browser)
    is_delivered(browser)
    late = browser.context.request.fetch(
        old.url, method="POST", headers=dict(old.headers), data=old.post_data_buffer
    )
    assert late.status == 200
    assert reports(server) == sorted([("第一件",), ("第二件",)])


def test_a_push_that_is_too_large_alone_asks_for_its_author(server, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    honest = answers(browser, PUSH, plain(413))
    notes(browser, server.town.lane, WORDS)
    sends(browser)
    assert states(browser) == ["attention"]
    browser.opens("/app/outbox")
    row = browser.page.wait_for_selector("[data-part=attention] .row")
    assert "太长" in row.inner_text() or "太大" in row.inner_text()

    honest()
    browser.page.click("[data-part=attention] button:has-text('再送')")
    is_delivered(browser)
    assert reports(server) == [(WORDS,)]


def test_a_busy_server_is_left_alone_by_every_page_until_somebody_presses(server, phone):
    browser = phone()
    browser.enrols(server.code_for(server.town.steward))
    honest = answers(browser, PUSH, ours(503, "busy", retry_after_s=600))
    notes(browser, server.town.lane, WORDS)
    assert sends(browser)["why"] == "busy"
    asked = []
    browser.context.on(
        "request", lambda one: asked.append(one.url) if "/sync/v1/" in one.url else None
    )

    browser.opens("/app/outbox")
    browser.page.reload()
    browser.page.clock.install()
    assert sends(browser)["why"] == "busy"
    browser.page.click("[data-behaviour=send-now]")
    browser.page.wait_for_selector("text=/这会儿送的人多，(5[0-9]|60) 秒后自己再送/")

    assert asked == []
    honest()
    browser.page.clock.fast_forward(61_000)
    assert sends(browser)["done"]
    assert reports(server) == [(WORDS,)]
