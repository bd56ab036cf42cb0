"""Runs migrations on the app's own database."""

from alembic import context
from flask import current_app

from server.exchange.months import is_part

config = context.config
migrate = current_app.extensions["migrate"]


def run() -> None:
    """One transaction for all; foreign keys are checked again afterwards."""
    with migrate.db.engine.connect().execution_options(writing=True) as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:  # altering a table there means making it anew
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadata,
            render_as_batch=True,
            compare_type=True,
            include_name=lambda name, kind, _: kind != "table" or not is_part(name or ""),
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        if is_sqlite:
            connection.connection.dbapi_connection.execute("PRAGMA foreign_keys=ON")


run()
