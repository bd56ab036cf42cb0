"""What a steward's phone fetches on its first load, as it is sent (brotli).

.venv/bin/python -m benchmarks.phone_weight
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask.testing import FlaskClient

from server import create_app
from server.pwa import shell_paths
from server.settings import LANGUAGES, Settings

SHELL_MOST = 90 * 1024
SCRIPTS_MOST = 42 * 1024


def sent(client: FlaskClient, path: str) -> int:
    """Bytes of one answer's body on the wire."""
    answer = client.get(path, headers={"Accept-Encoding": "br"})
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answers {answer.status_code}")
    return len(answer.get_data())


def is_script(path: str) -> bool:
    return path.endswith(".js")


def main() -> None:
    with tempfile.TemporaryDirectory() as data:
        app = create_app(Settings(data=Path(data)))
        with app.app_context():
            client = app.test_client()
            sizes = {
                path: sent(client, path)
                for path in [*shell_paths(LANGUAGES[0]), "/service-worker.js"]
            }
    kinds = {
        "scripts": [path for path in sizes if is_script(path)],
        "sheets": [path for path in sizes if path.endswith(".css")],
        "pictures": [path for path in sizes if path.endswith((".svg", ".webmanifest"))],
    }
    kinds["pages"] = [p for p in sizes if not any(p in paths for paths in kinds.values())]
    for kind, paths in kinds.items():
        print(f"{kind:10} {sum(sizes[path] for path in paths):7} bytes in {len(paths):3} files")
    whole = sum(sizes.values())
    scripts = sum(sizes[path] for path in kinds["scripts"])
    print(f"{'shell':10} {whole:7} bytes, at most {SHELL_MOST}")
    print(f"{'scripts':10} {scripts:7} bytes, at most {SCRIPTS_MOST}")
    raise SystemExit(whole > SHELL_MOST or scripts > SCRIPTS_MOST)


if __name__ == "__main__":
    main()
