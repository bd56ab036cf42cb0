"""Many scripts become one that does the same."""

import subprocess
import sys
from pathlib import Path

import pytest

from server import bundle
from server.assets import SPOKEN_SCRIPTS, spoken_script, sync_script

NODE = Path(sys.executable).with_name("node")
JS = "/static/js/"


def bundled(**scripts: str) -> str:
    return bundle.module(f"{JS}app.js", lambda path: scripts[Path(path).stem], {})


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


def test_what_is_loaded_later_is_there():
    script = bundled(
        app='import("./one.js").then(({ default: go }) => go())\n',
        one='export default function one() {\nconsole.log("went")\n}\n',
    )

    assert said_by(script) == "went\n"


def test_a_plain_script_makes_its_modules_known_to_others():
    sources = {
        "/sync/one.js": 'import { b } from "/v/two.js"\nexport const a = b + 1\n',
        "/v/two.js": "const b = 1\nexport { b };\n",
    }
    script = bundle.script("lane", ["/sync/one.js"], sources.__getitem__)
    user = bundle.module(
        "/app.js",
        {"/app.js": 'import { a as x } from "/sync/one.js"\nconsole.log(x, this)\n'}.__getitem__,
        {"/sync/one.js": "lane.one"},
    )

    assert said_by(script + user) == "2 undefined\n"


@pytest.mark.parametrize(
    "written", ["export default 3\n", 'import * as all from "./one.js"\n'], ids=["value", "star"]
)
def test_a_way_of_writing_nobody_knows_stops_the_build(written):
    with pytest.raises(bundle.NotBundled):
        bundled(app=written, one="")


def test_the_scripts_can_be_read():
    for script in (sync_script(), *(spoken_script(*which) for which in SPOKEN_SCRIPTS.values())):
        done = subprocess.run(
            [NODE, "--check", "--input-type=module", "-"],
            input=script,
            capture_output=True,
            text=True,
            check=False,
        )

        assert done.returncode == 0, done.stderr


def test_a_phones_script_speaks_the_language_of_its_page():
    assert 't("复制好了。")' in spoken_script("phone", "zh-Hans")
    assert 't("Copied.")' in spoken_script("phone", "en")
