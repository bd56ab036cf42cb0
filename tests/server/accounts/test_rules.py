import pytest

from server.accounts.models import SignInTries
from server.accounts.rules import (
    count_try,
    hash_password,
    is_password,
    open_session,
    token_hash,
    wait_ms,
)
from sync.receipt import Refused
from tests import make


def test_a_password_fits_its_own_hash_only():
    kept = hash_password("twelve letters")

    assert is_password("twelve letters", kept)
    assert not is_password("twelve Letters", kept)
    assert not is_password("twelve letters", "not a hash")
    assert not is_password("twelve letters", None)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 201])
def test_a_password_is_neither_short_nor_endless(password):
    with pytest.raises(Refused, match="short_password"):
        hash_password(password)


def test_the_wait_doubles_up_to_its_end():
    waits = [wait_ms(SignInTries(count=n, last_at=0), "name", 0) for n in range(2, 12)]

    assert waits == [0, 1000, 2000, 4000, 8000, *[15_000] * 5]


def test_a_quiet_quarter_of_an_hour_begins_anew():
    tries = SignInTries(key="k", count=9, last_at=0)

    count_try(tries, "name", 15 * 60_000)

    assert tries.count == 1


def test_a_session_keeps_only_the_hash():
    session, cookie = open_session(make.member(), make.NOW)
    community_id, token = cookie.split(".")

    assert community_id == session.community_id
    assert token_hash(token) == session.token_hash
    assert token not in session.token_hash
