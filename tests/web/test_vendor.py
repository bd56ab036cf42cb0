"""Browser libraries are the published ones, byte for byte."""

import hashlib
import re

from server.settings import ROOT

VENDOR = ROOT / "web" / "static" / "vendor"


def test_every_library_is_the_file_the_notice_names():
    noted = dict(re.findall(r"^(\S+\.js): ([0-9a-f]{64})$", (VENDOR / "NOTICE").read_text(), re.M))

    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")
    }

    assert found == noted


def test_every_library_says_where_it_came_from():
    notice = (VENDOR / "NOTICE").read_text()

    assert len(re.findall(r"^integrity: sha512-\S{88}$", notice, re.M)) == 2
