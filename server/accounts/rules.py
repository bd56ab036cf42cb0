"""Signing in: how fast, how long, and that a name tells nothing."""

from __future__ import annotations

import hashlib
import os
import secrets
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.accounts.models import Member, SignInTries, StaffSession
from sync.receipt import Refused

MINUTE = 60_000
SESSION_MS = 12 * 60 * MINUTE
IDLE_MS = 30 * MINUTE
NOTED_MS = MINUTE  # how exactly last use is kept: one write a minute, not one a request
FORGET_MS = 15 * MINUTE  # a quiet quarter of an hour clears the count
# A stranger may only ever slow a name a little: the longest wait for it stays short.
LONGEST_WAIT_MS = {"name": 15_000, "address": 2 * MINUTE}
FREE_TRIES = {"name": 3, "address": 20}
SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 200

# OWASP's floor. No more at once than cores: each takes 19 MiB and all of one core.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_cores = BoundedSemaphore(os.cpu_count() or 1)
# Looked at where the name is unknown, so that it takes as long as a wrong password.
_nobodys_hash = _hasher.hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """What is kept of a password."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Refused("short_password", shortest=SHORTEST_PASSWORD, longest=LONGEST_PASSWORD)
    return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Does the password fit? Without a hash never, after the same time."""
    with _cores:
        try:
            _hasher.verify(password_hash or _nobodys_hash, password[:LONGEST_PASSWORD])
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def tries_key(kind: str, what: str) -> str:
    """Where wrong tries are counted; names and addresses are not kept in clear."""
    return hashlib.sha256(f"{kind}:{what}".encode()).hexdigest()


def wait_ms(tries: SignInTries, kind: str, now: int) -> int:
    """How long until the next try is looked at."""
    if tries.count < FREE_TRIES[kind]:
        return 0
    doubled = 1000 << min(tries.count - FREE_TRIES[kind], 10)
    return max(0, tries.last_at + min(doubled, LONGEST_WAIT_MS[kind]) - now)


def count_try(tries: SignInTries, kind: str, now: int) -> None:
    """Count a try before the password is looked at; refuse it while it comes too soon."""
    if wait := wait_ms(tries, kind, now):
        raise Refused("sign_in_slow", seconds=-(-wait // 1000))
    tries.count = tries.count + 1 if now - tries.last_at < FORGET_MS else 1
    tries.last_at = now


def open_session(member: Member, now: int) -> tuple[StaffSession, str]:
    """A new session and what its cookie says."""
    token = secrets.token_urlsafe(32)
    session = StaffSession(
        community_id=member.community_id,
        token_hash=token_hash(token),
        member_id=member.id,
        created_at=now,
        last_used_at=now,
    )
    return session, f"{member.community_id}.{token}"


def token_hash(token: str) -> str:
    """What is kept of a cookie's secret half."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_over(session: StaffSession, now: int) -> bool:
    """Twelve hours in all, half an hour without use."""
    return now - session.created_at >= SESSION_MS or now - session.last_used_at >= IDLE_MS


def wants_note(session: StaffSession, now: int) -> bool:
    """Is it time to note that the session is in use?"""
    return now - session.last_used_at >= NOTED_MS
