import pytest
from flask.testing import FlaskClient

from server import create_app
from server.headers import HEADERS
from server.settings import Settings

PATHS = ["/session", "/health", "/words.js", "/static/desk.css", "/no/such/page", "/static/../x"]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_policy(client, path):
    headers = client.get(path).headers

    assert {name: headers.get(name) for name in HEADERS} == HEADERS
    assert "Cache-Control" in headers


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "trace"])
def test_errors_carry_it_too(client, method):
    answer = client.open(
        "/session", method=method.upper(), headers={"Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code in (403, 405)
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_a_fault_of_ours_carries_it_too(app, client, monkeypatch):
    app.testing = False
    monkeypatch.setitem(app.view_functions, "health", lambda: 1 / 0)

    answer = client.get("/health")

    assert answer.status_code == 500
    assert answer.json == {"error": "internal_server_error"}
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 422),
        ({"Sec-Fetch-Site": "none"}, 422),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost"}, 422),
        ({"Origin": "http://localhost:8000"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
def test_unsafe_requests_come_from_our_own_pages(app, headers, status):
    answer = FlaskClient(app).post("/session", data={"name": "x", "password": "y"}, headers=headers)

    assert answer.status_code == status


def test_behind_our_proxy_the_origin_is_the_public_one(app):
    behind = create_app(Settings(data=app.config["SETTINGS"].data, trusted_proxies=1))
    headers = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "lanes.example.org",
        "Origin": "https://lanes.example.org",
    }
    answer = FlaskClient(behind).post("/session", data={"name": "x"}, headers=headers)

    assert answer.status_code == 422
    assert "Strict-Transport-Security" in answer.headers
