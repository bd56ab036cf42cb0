import gzip

import brotli
import pytest

from server.assets import SHEETS, STATIC, address, asset


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_holds_its_files_in_order(client, name):
    answer = client.get(f"/static/{name}")

    assert answer.mimetype == "text/css"
    assert answer.text.lstrip().startswith("@layer tokens, reset, base")


def test_each_file_of_css_is_in_the_order():
    listed = (STATIC / "css" / "order.txt").read_text()

    assert [path.name for path in (STATIC / "css").glob("*.css") if path.name not in listed] == []


def test_text_is_sent_compressed(client):
    plain = client.get("/static/desk.css")
    small = client.get("/static/desk.css", headers={"Accept-Encoding": "gzip, br"})
    other = client.get("/static/desk.css", headers={"Accept-Encoding": "gzip"})

    assert brotli.decompress(small.data) == gzip.decompress(other.data) == plain.data
    assert small.headers["Vary"] == "Accept-Encoding"
    assert len({plain.headers["ETag"], small.headers["ETag"], other.headers["ETag"]}) == 3


def test_what_a_browser_has_is_not_sent_again(client):
    tag = client.get("/static/desk.css").headers["ETag"]

    assert client.get("/static/desk.css", headers={"If-None-Match": tag}).status_code == 304


def test_a_fingerprint_keeps_a_file_for_a_year(app, client):
    kept = client.get(address("desk.css"))
    other = client.get("/static/desk.css?v=0123456789abcdef")

    assert "immutable" in kept.headers["Cache-Control"]
    assert other.headers["Cache-Control"] == "no-cache"
    assert asset("desk.css").digest in address("desk.css")


@pytest.mark.parametrize(
    "name",
    ["../settings.py", "sync/../wire.py", "css", "css/order.txt", "%2e%2e/x", "a\x00b", "sync/"],
)
def test_nothing_else_is_served(client, name):
    assert client.get(f"/static/{name}").status_code in (404, 405)
