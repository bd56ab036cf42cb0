"""How gunicorn serves: gunicorn -c python:server.serving 'server:create_app()'.

Two processes, so that one that is killed leaves one; many threads, because those of a push only
wait in line (server/exchange/line.py counts on them: pushes and pulls leave some for desks).
"""

from __future__ import annotations

import gc
from typing import Any

preload_app = True  # nobody can connect before there is somebody who answers
workers = 2
worker_class = "gthread"
threads = 48
keepalive = 75  # s, longer than a proxy's, which so never meets a connection just closed
loglevel = "warning"


def post_worker_init(worker: Any) -> None:
    """What is there now stays for good: searching it for garbage with every push is in vain."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
