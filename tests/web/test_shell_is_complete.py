"""What the worker promises to open without a network is all there, and is what it says."""

import json
import re
from dataclasses import replace

import pytest

from server import create_app
from server.pwa import promise, shell_paths
from server.settings import ROOT


def shell_of(answer, *names: str) -> dict[str, str]:
    first_line = answer.text.splitlines()[0]
    listed = json.loads(first_line.removeprefix("const shell = "))
    return {path: hash for name in names or ("files",) for path, hash in listed[name].items()}


def test_every_file_of_the_shell_is_served_as_promised(client):
    wrong = {
        path
        for path, promised in shell_of(client.get("/service-worker.js"), "files", "public").items()
        if promise(client.get(path).data) != promised
    }

    assert wrong == set()


def test_every_behaviour_and_the_whole_sync_end_are_in_the_shell(client):
    shell = shell_of(client.get("/service-worker.js"))
    named = re.findall(r'import\("(\./[^"]+)"\)', client.get("/static/phone.zh-Hans.js").text)
    modules = {path.stem for path in (ROOT / "sync" / "phone").glob("*.js")} - {"types"}

    assert named == []
    assert {"/static/phone.zh-Hans.js", "/static/sync.js"} <= shell.keys()
    assert "/static/phone.en.js" not in shell
    given = client.get("/static/sync.js").text.rsplit("return{", 1)[1]
    assert {name for name in modules if f"{name}:" not in given} == set()


def test_what_a_public_page_needs_besides_is_at_hand(client):
    listed = shell_of(client.get("/service-worker.js"), "public")
    script = client.get("/static/public.zh-Hans.js").text

    assert listed.keys() == {"/static/public.css", "/static/public.zh-Hans.js"}
    assert "import" not in script.replace("important", "")


def test_scripts_of_the_desk_stay_at_the_desk():
    paths = shell_paths("zh-Hans")

    assert "/static/js/desk.js" not in paths
    assert not [path for path in paths if "htmx" in path]


def test_every_file_a_shell_page_names_is_in_the_shell(client):
    shell = shell_of(client.get("/service-worker.js"))
    missing = set()
    for page in (path for path in shell if not path.startswith(("/static", "/words", "/manifest"))):
        named = re.findall(r'(?:src|href)="(/(?:static|words)[^"#?]+)', client.get(page).text)
        missing |= {(page, name) for name in named if name not in shell and "icons/" not in name}

    assert missing == set()


def test_the_shell_holds_no_person(client, town):
    for path in shell_of(client.get("/service-worker.js")):
        assert town.steward.name not in client.get(path).text, path


def test_the_worker_serves_every_page_and_is_asked_for_each_time(client):
    answer = client.get("/service-worker.js")

    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert answer.headers["Cache-Control"] == "no-cache"
    again = client.get("/service-worker.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_another_language_is_another_shell(client):
    first = shell_of(client.get("/service-worker.js"))
    client.set_cookie("lane_language", "en")
    second = shell_of(client.get("/service-worker.js"))

    assert first["/app/start"] != second["/app/start"]
    assert first["/static/phone.css"] == second["/static/phone.css"]


def test_the_manifest_is_one(client):
    answer = client.get("/manifest.webmanifest")
    manifest = json.loads(answer.text)

    assert answer.mimetype == "application/manifest+json"
    assert manifest["start_url"] == "/app/"
    assert all(client.get(icon["src"]).status_code == 200 for icon in manifest["icons"])


@pytest.fixture
def calling_home(settings):
    return create_app(replace(settings, kill_worker=True)).test_client()


def test_the_last_worker_takes_itself_away_and_touches_no_record(calling_home):
    words = calling_home.get("/service-worker.js").text

    assert "registration.unregister()" in words
    assert "caches.delete" in words
    assert "indexedDB" not in words


def test_the_worker_stays_small():
    lines = (ROOT / "web" / "service-worker.js").read_text().splitlines()

    assert len(lines) <= 250
