"""A town on its first morning: places and people are there, and nothing has happened yet."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.live import Server

COORDINATOR, PASSWORD = "邱国栋", "willows by the bridge"
PLACES = "牌号,地点,英文名\nLQ-L01,柳桥巷,Willow Bridge Lane\nLQ-L02,磨坊弄,Mill Alley\n"
PEOPLE = f"姓名,身份,负责\n孟玉兰,管家,LQ-L01 LQ-L02\n{COORDINATOR},协调员,\n"
NAMES = {
    "--subdistrict": "柳桥街道",
    "--city": "北岸市",
    "--community": "柳桥社区",
    "--prefix": "LQ",
    "--phone": "0000 555 0800",
}


def new_town(data: Path) -> Server:
    """The town as ./steward found makes it; not yet started."""
    data.mkdir(parents=True, exist_ok=True)
    server = Server(data)
    lists = []
    for name, text in (("places.csv", PLACES), ("people.csv", PEOPLE)):
        lists.append(str(data / name))
        (data / name).write_text(text, encoding="utf-8")
    said = [word for pair in NAMES.items() for word in pair]
    subprocess.run(
        [sys.executable, "-m", "flask", "--app", "server", "found", *lists, *said],
        env=server.environment,
        input=f"{PASSWORD}\n{PASSWORD}\n",
        text=True,
        check=True,
        capture_output=True,
    )
    return server
