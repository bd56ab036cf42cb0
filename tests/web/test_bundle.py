"""Many scripts become one that does the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from server.assets import phone_script
from server.bundle import NotBundled, bundle

NODE = Path(sys.executable).with_name("node")
JS = "/static/js/"


def bundled(**scripts: str) -> str:
    return bundle(f"{JS}app.js", lambda path: scripts[Path(path).stem], (f"{JS}desk.js",))


def said_by(script: str) -> str:
    done = subprocess.run(
        [NODE, "--input-type=module"], input=script, capture_output=True, text=True, check=True
    )
    return done.stdout


def test_each_script_runs_once_after_what_it_needs():
    script = bundled(
        app='import { a as first } from "./one.js"\nimport { b } from "./two.js"\n'
        "console.log(first, b())\n",
        one='import { b } from "./two.js"\nexport const a = b() + 1\n',
        two='console.log("two")\nexport function b() {\nreturn 1\n}\n',
    )

    assert said_by(script) == "two\n2 1\n"


def test_what_is_loaded_later_is_there_and_what_stays_apart_is_asked_for():
    script = bundled(
        app='import("./one.js").then(({ default: go }) => go())\n'
        'export const desk = () => import("./desk.js")\n',
        one='export default function one() {\nconsole.log("went")\n}\n',
    )

    assert said_by(script) == "went\n"
    assert 'import("/static/js/desk.js")' in script


def test_a_way_of_writing_nobody_knows_stops_the_build():
    with pytest.raises(NotBundled):
        bundled(app="export default 3\n")


def test_the_phones_script_can_be_read():
    done = subprocess.run(
        [NODE, "--check", "--input-type=module", "-"],
        input=phone_script(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
