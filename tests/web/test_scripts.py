"""Our scripts' own tests, in Node's runner."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
NODE = Path(sys.executable).with_name("node")


def test_scripts_do_what_their_tests_say():
    tests = [str(path) for path in sorted(HERE.glob("*.test.js"))]

    done = subprocess.run(
        [NODE, "--no-warnings", "--import", (HERE / "resolve.mjs").as_uri(), "--test", *tests],
        cwd=HERE.parent.parent,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
