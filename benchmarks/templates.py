"""A database with a town and its past in it, to be copied for every run."""

from __future__ import annotations

from benchmarks import history, towns
from benchmarks.stores import Store
from benchmarks.towns import Town
from server import create_app
from server.database import db, writing
from server.settings import read


def lay(store: Store, name: str, phones: int, spare: int, reports: int) -> Town:
    """Make the tables as a release does, then the town, then what was told before."""
    copy = store.lay(name)
    app = create_app(read(copy.environ))
    with app.app_context():
        with writing() as session:
            town = towns.build(session, phones, spare)
        db.session.remove()
        db.engine.dispose()
    history.write(copy, town, reports)
    return town
