"""The page of the installation: what is late stands there, and every bar opens its rows."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import text

from server import clock, health
from server.database import writing
from server.upkeep.models import Task
from server.upkeep.rules import HOUR_MS, MINUTE_MS

HEAD = health.HEAD.read_text().strip()


def bars(page: str) -> dict[str, int]:
    """How high each bar is, by the address it opens."""
    found = re.findall(r'href="(/upkeep/changes[^"]+)">.*?bars__count">(\d+)<', page, re.DOTALL)
    return {address.replace("&amp;", "&"): int(n) for address, n in found}


@pytest.mark.parametrize("role", ["coordinator", "officer"])
def test_those_it_concerns_see_every_part(signed_in_as, role, time):
    page = signed_in_as(role).get("/upkeep")

    assert page.status_code == 200
    for words in ("备份", "恢复演练", "操作日志", "磁盘", "还没设置"):
        assert words in page.text


def test_a_late_backup_is_seen_on_every_page_of_the_desk(app, settings, signed_in_as, time):
    app.config["SETTINGS"] = replace(settings, backups="file:///x", backup_key="x" * 32)
    with writing() as session:
        for name in ("sweep", "journal", "backup", "restore"):
            session.add(Task(name=name, done_at=clock.now()))
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        session.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})
    before = signed_in_as("coordinator").get("/reports").text
    assert "deskbar__alarm" not in before

    time(clock.now() + HOUR_MS + 15 * MINUTE_MS)
    with writing() as session:
        for name in ("sweep", "journal"):
            session.get(Task, name).done_at = clock.now()

    for browser in (signed_in_as("coordinator"), signed_in_as("officer")):
        for path in ("/reports", "/cases", "/devices"):
            page = browser.get(path).text
            assert re.search(r'class="deskbar__alarm".*?备份', page, re.DOTALL)
        assert "比说好的晚了" in browser.get("/upkeep").text


def test_who_keeps_no_system_sees_no_alarm_of_it(signed_in_as):
    browser = signed_in_as("committee_member")

    assert browser.get("/upkeep").status_code == 403
    assert "deskbar__alarm" not in browser.get("/reports").text


def test_every_bar_opens_as_many_rows_as_it_says(signed_in_as, enrolled, town, time):
    for slow in (0, 20_000, 20_000 * 60, -3 * HOUR_MS):
        phone = enrolled(slow=slow)
        for n in range(3):
            phone.files_report(town.lane.id, f"第{n}件")
        assert phone.pushes().status_code == 200
    desk = signed_in_as("coordinator")

    found = bars(desk.get("/upkeep").text)

    by_offset = [n for address, n in found.items() if "by=offset" in address]
    assert (sum(by_offset), len(by_offset)) == (12, 4)
    assert sum(n for address, n in found.items() if "by=doubt" in address) == 12
    for address, n in found.items():
        page = desk.get(address).text
        assert page.count('<tr><th scope="row">') == n
        assert town.steward.name in page
    [slow_minutes] = [desk.get(one).text for one in found if one.endswith("offset&bar=1")]
    assert re.search("慢 (19|20) 分钟", slow_minutes)


def test_an_officer_sees_rows_without_names(signed_in_as, enrolled, town, time):
    phone = enrolled()
    phone.files_report(town.lane.id, "桶满了")
    phone.pushes()

    address = f"/upkeep/changes?by=offset&bar=4&community={town.community.id}"
    page = signed_in_as("officer").get(address).text

    assert page.count('<tr><th scope="row">') == 1
    assert town.steward.name not in page


@pytest.mark.parametrize(
    "asked", ["by=offset&bar=9", "by=doubt&bar=-1", "by=x&bar=0", "bar=²", "by=doubt&bar=0&first=x"]
)
def test_a_bar_there_is_not_is_not_found(signed_in_as, asked):
    assert signed_in_as("coordinator").get(f"/upkeep/changes?{asked}").status_code == 404
