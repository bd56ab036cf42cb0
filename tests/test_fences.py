"""What may import what, what files may be called, and what stays out of the text."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DOMAIN_FILES = {"__init__", "models", "rules", "schemas", "intake", "views"}
EXTRA_FILES = {
    "backups": {
        *{"archive", "commands", "copying", "restoring", "seal", "taking"},
        *{"entries", "following", "journal", "places", "replaying", "watching"},
    },
    "exchange": {
        "door",
        "keeping",
        "kinds",
        "journal",
        "feed",
        "pack",
        "packing",
        "taking",
        "reader",
        "line",
        "months",
        "compaction",
        "rows",
    },
    "media": {"child", "store"},
}
DRAWERS = {"util", "utils", "helpers", "helper", "common", "misc", "shared", "tools", "lib"}
TOP = {"pyproject.toml", "README.md", "Procfile", "steward", "server", "web", "sync", "tests"}
MAY_APPEAR = {"benchmarks"}


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).exists()]


def python(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "versions" not in path.parts]


def imports(path: Path) -> set[str]:
    """Every module a file names, wherever in the file; from-imports with the name they take."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def domain_of(path: Path) -> str:
    parts = path.relative_to(ROOT / "server").parts
    return parts[0] if len(parts) > 1 else ""


def breaches(path: Path, pattern: str) -> list[str]:
    return [
        f"{path.relative_to(ROOT)} imports {name}"
        for name in sorted(imports(path))
        if re.match(pattern, name)
    ]


def test_the_protocol_knows_no_server():
    forbidden = r"(server|flask\w*|sqlalchemy|werkzeug|tests)(\.|$)"

    assert [breach for path in python("sync") for breach in breaches(path, forbidden)] == []


def test_rules_know_no_request_and_no_database():
    forbidden = (
        r"(flask\w*|werkzeug)(\.|$)|server\.database\.(db|writing)|server\.clock"
        r"|server\.\w+\.(views|schemas|intake)|time(\.|$)|random(\.|$)"
    )
    rules = [path for path in python("server") if path.name == "rules.py"]

    assert [breach for path in rules for breach in breaches(path, forbidden)] == []


def test_domains_take_only_models_and_rules_from_each_other():
    found = []
    for path in python("server"):
        domain = domain_of(path)
        # The exchange is the door: it hands every kind to its domain, and every domain speaks
        # in its schemas and comes through its `record`.
        if domain in ("", "exchange", "demo", "migrations"):
            continue
        forbidden = rf"server\.(?!{domain}\.)\w+\.(views|schemas|intake)(\.|$)"
        found += [breach for breach in breaches(path, forbidden) if ".exchange." not in breach]

    assert not found, "\n".join(found)


def test_a_domain_has_only_the_files_everybody_knows():
    found = []
    for path in python("server"):
        domain = domain_of(path)
        if domain in ("", "demo", "migrations"):
            continue
        if path.stem not in DOMAIN_FILES | EXTRA_FILES.get(domain, set()):
            found.append(str(path.relative_to(ROOT)))

    assert not found, "\n".join(found)


def test_no_file_is_a_drawer():
    named = [path for path in tracked() if path.relative_to(ROOT).parts[0] in ("server", "sync")]

    assert [str(path) for path in named if path.stem in DRAWERS] == []


def test_the_top_level_holds_what_it_may():
    top = {path.relative_to(ROOT).parts[0] for path in tracked()}
    shown = {name for name in top if not name.startswith(".")}

    assert shown - MAY_APPEAR == TOP


TEXT = {".py", ".js", ".html", ".css", ".md", ".toml", ".txt", ".po", ".json", ".sh", ".in", ""}
FORBIDDEN = [
    (r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b", "an open end"),
    (r"NotImplemented" r"Error|lorem " r"ipsum", "a stub"),
    (r"/wo" r"rk/|\.libr" r"ary/", "a path of one machine"),
    (r"registry\.npmjs" r"|files\.pythonhosted|pypi\.org" r"/simple", "a registry's address"),
    (r"(?i)\b(chat" r"gpt|clau" r"de|language " r"model|AI-gen" r"erated)\b", "not about lanes"),
]


@pytest.mark.parametrize(("pattern", "what"), FORBIDDEN, ids=[what for _, what in FORBIDDEN])
def test_what_stays_out_of_the_text(pattern, what):
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.suffix in TEXT and "vendor" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(pattern, line)
    ]

    assert not found, "\n".join(found)


def test_pages_hold_no_inline_script_style_or_handler():
    forbidden = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|hx-on|\|\s*safe\b")
    pages = (ROOT / "web" / "templates").rglob("*.html")

    assert [str(page) for page in pages if forbidden.search(page.read_text())] == []
