from dataclasses import fields
from pathlib import Path

import pytest

from server.settings import ROOT, BadSetting, Settings, name_of, read


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://somewhere"),
        ("STEWARD_DATA", __file__),
        ("STEWARD_SECRET", "short"),
        ("STEWARD_DEMO", "yes"),
        ("STEWARD_LANGUAGE", "tlh"),
        ("STEWARD_TRUSTED_PROXIES", "-1"),
        ("STEWARD_PUBLIC_URL", "lanes.example.org"),
        ("STEWARD_PHOTOS", "ftp://photos"),
        ("STEWARD_DMEO", "on"),
    ],
)
def test_a_bad_setting_stops_the_start_with_its_name(name, value):
    with pytest.raises(BadSetting, match=name):
        read({name: value})


def test_nothing_set_means_the_defaults():
    assert read({"PATH": "/usr/bin", "STEWARD_DEMO": " "}) == Settings()


def test_what_is_set_is_followed(tmp_path):
    said = read(
        {
            "DATABASE_URL": "postgres://steward:pw@db/lanes",
            "STEWARD_DATA": str(tmp_path),
            "STEWARD_DEMO": "on",
            "STEWARD_TRUSTED_PROXIES": "1",
            "STEWARD_PUBLIC_URL": "https://lanes.example.org/",
        }
    )

    assert said.database == "postgresql+psycopg://steward:pw@db/lanes"
    assert said.data == tmp_path
    assert said.demo
    assert said.trusted_proxies == 1
    assert said.public_url == "https://lanes.example.org"


def test_the_example_names_exactly_the_settings():
    lines = (ROOT / ".env.example").read_text().splitlines()
    named = [line.partition("=")[0] for line in lines if line and not line.startswith("#")]

    assert named == [name_of(field.name) for field in fields(Settings)]


def test_the_readme_names_every_setting():
    readme = (ROOT / "README.md").read_text()

    assert [f.name for f in fields(Settings) if f"`{name_of(f.name)}`" not in readme] == []


def test_the_secret_is_made_once_and_only_ours_to_read(tmp_path: Path):
    first = Settings(data=tmp_path).key

    assert Settings(data=tmp_path).key == first
    assert len(first) >= 32
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0
