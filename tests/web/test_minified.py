"""What phones get does exactly what we wrote."""

import json
import subprocess
import sys
from pathlib import Path

from rjsmin import jsmin

from server.settings import ROOT

NODE = Path(sys.executable).with_name("node")
TYPESCRIPT = ROOT / ".cache" / "node" / "node_modules" / "typescript"


def test_a_minified_script_is_the_same_script():
    scripts = [*(ROOT / "web").rglob("*.js"), *(ROOT / "sync" / "phone").glob("*.js")]
    pairs = [
        {"name": path.name, "source": source, "minified": jsmin(source)}
        for path in scripts
        if "vendor" not in path.parts and (source := path.read_text())
    ]

    done = subprocess.run(
        [NODE, Path(__file__).with_name("same-script.mjs"), TYPESCRIPT],
        input=json.dumps(pairs),
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )

    assert len(pairs) > 60
    assert json.loads(done.stdout) == []
