"""One installation of two servers for the tests of a module."""

from __future__ import annotations

import pytest

from tests.server.media.conftest import s3  # noqa: F401 - the same S3
from tests.several.installation import Installation


@pytest.fixture(scope="module")
def installation(tmp_path_factory, postgres, request):
    """Two servers with one PostgreSQL and one S3 behind nginx, and a small town."""
    keys = request.getfixturevalue("s3")
    folder = tmp_path_factory.mktemp("several")
    with postgres.fresh() as url:
        made = Installation(folder, url, {**keys, "STEWARD_PHOTOS": "s3://photos/several"})
        try:
            yield made.start()
        finally:
            made.stop()
