import pytest
from psycopg.pq import TransactionStatus
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DataError, OperationalError

from server.accounts.models import SignInTries
from server.database import asking, db, is_busy, reading, sqlite, writing
from server.prepared import Prepared

only_sqlite = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def test_what_is_written_is_seen_by_readers(app):
    assert db.session.get(SignInTries, "a") is None

    with writing() as session:
        session.add(SignInTries(key="a", count=1, last_at=0))

    assert db.session.get(SignInTries, "a").count == 1


def test_a_reader_sees_one_moment(app):
    with writing() as session:
        session.add(SignInTries(key="a", count=1, last_at=0))
    count = select(SignInTries.count)

    with db.engine.connect() as reader:
        before = reader.scalar(count)
        with writing() as session:
            session.execute(update(SignInTries).values(count=2))
        assert reader.scalar(count) == before
    assert db.session.scalar(count) == 2


def test_who_reads_without_objects_sees_one_moment_too(app, engine):
    with writing() as session:
        session.add(SignInTries(key="a", count=1, last_at=0))
    count = Prepared(select(SignInTries.count))

    with app.test_request_context():
        before = count.scalar(reading())
        with app.app_context(), writing() as session:
            session.execute(update(SignInTries).values(count=2))
        assert count.scalar(reading()) == before
        with asking() as connection:
            assert count.scalar(connection) == 2


def test_one_question_leaves_nothing_open(app, engine):
    with asking() as connection:
        Prepared(select(SignInTries.count)).all(connection)
        held = connection.connection.driver_connection
        if engine == "sqlite":
            assert not held.in_transaction
        else:
            assert held.info.transaction_status == TransactionStatus.IDLE
    if engine == "postgresql":
        assert not held.autocommit


def test_an_error_takes_everything_back(app):
    with pytest.raises(ZeroDivisionError), writing() as session:
        session.add(SignInTries(key="a", count=1, last_at=0))
        session.flush()
        raise ZeroDivisionError

    assert db.session.get(SignInTries, "a") is None


def test_readers_cannot_write(app):
    db.session.add(SignInTries(key="a", count=1, last_at=0))

    with pytest.raises(RuntimeError, match="only reads"):
        db.session.flush()
    db.session.rollback()
    with pytest.raises(RuntimeError, match="only reads"):
        db.session.execute(insert(SignInTries).values(key="a", count=1, last_at=0))


def test_a_write_inside_a_write_is_told_apart_from_a_lock(app):
    with pytest.raises(RuntimeError, match="inside"), writing(), writing():
        pass


@only_sqlite
def test_sqlite_keeps_what_was_acknowledged(app):
    read = [db.session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")]

    assert read == ["wal", 2]
    assert db.session.scalar(text("PRAGMA foreign_keys")) == 1


@only_postgres
def test_postgres_keeps_what_was_acknowledged(app):
    assert db.session.scalar(text("SHOW synchronous_commit")) == "on"


@only_postgres
def test_a_row_that_is_held_too_long_asks_to_come_again(app):
    with writing() as session:
        session.add(SignInTries(key="a", count=1, last_at=0))
    take = update(SignInTries).values(count=2)
    with db.engine.begin() as holder, pytest.raises(OperationalError) as caught:
        holder.execute(take)
        with db.engine.begin() as late:
            late.execute(text("SET lock_timeout = 10"))
            late.execute(take)

    assert is_busy(caught.value)


@only_postgres
def test_a_text_that_cannot_be_kept_is_not_called_busy(app):
    with pytest.raises(DataError) as caught:
        db.session.get(SignInTries, "\0")

    assert not is_busy(caught.value)


@only_sqlite
def test_writers_wait_for_each_other_before_they_read(app):
    with db.engine.connect().execution_options(writing=True) as other:
        other.execute(select(SignInTries))
        with pytest.raises(OperationalError) as caught, db.engine.connect() as late:
            late.connection.dbapi_connection.execute("PRAGMA busy_timeout=10")
            late.execution_options(writing=True).execute(select(SignInTries))

    assert is_busy(caught.value)


@pytest.mark.parametrize("said", ["database is locked", "database or disk is full"])
def test_a_busy_database_asks_to_come_again(app, client, monkeypatch, said):
    def fails(*args):
        raise OperationalError("SELECT 1", {}, _sqlite_error(said))

    monkeypatch.setattr(db.session, "execute", fails)
    answer = client.get("/health")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert (answer.json["error"], answer.json["retry_after_s"]) == ("busy", 5)
    assert answer.json["parts"]["database"]["state"] == "failed"


def test_a_broken_query_is_not_called_busy():
    assert not is_busy(OperationalError("SELECT", {}, _sqlite_error("no such table: cases")))


def _sqlite_error(said: str) -> Exception:
    return sqlite.OperationalError(said)
