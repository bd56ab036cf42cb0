"""A file nobody can read, shorten, mend or mix without its key.

Layout: the magic line, 16 bytes of salt, then frames: 4 bytes of length (big-endian) and that many
bytes of AES-256-GCM. The key comes from the installation's backup key by scrypt (RFC 7914) and the
salt; a frame's nonce is its number and whether it is the last (the STREAM construction of Hoang,
Reyhanitabar, Rogaway and Vizár, 2015), so that frames can be neither moved nor left out. The many
small files of the journal share one scrypt; each has a key of its own by HKDF (RFC 5869).
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"lane-steward backup 1\n"
JOURNAL_MAGIC = b"lane-steward journal 1\n"
SALT = 16
FRAME = 2**16
TAG = 16


class Damaged(Exception):
    """This is not a whole backup of ours under this key; says what is wrong."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a sealed file begins, and how its key comes from ours and its salt."""

    magic: bytes
    stretch: Callable[[str, bytes], bytes]


def _scrypt(key: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=2**14, r=8, p=1).derive(key.encode())


_scrypt_once = cache(_scrypt)


def _hkdf(key: str, salt: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, b"entry").derive(_scrypt_once(key, JOURNAL_MAGIC))


BACKUP = Form(MAGIC, _scrypt)
JOURNAL = Form(JOURNAL_MAGIC, _hkdf)


def _nonce(number: int, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


class Sealing(io.RawIOBase):
    """Writes a sealed file onto `file`. Only `finish` makes it whole."""

    def __init__(self, file: IO[bytes], key: str, form: Form = BACKUP) -> None:
        salt = os.urandom(SALT)
        self._head = form.magic + salt
        self._file, self._cipher = file, AESGCM(form.stretch(key, salt))
        self._waiting = bytearray()
        self._number = 0
        file.write(self._head)

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        piece = memoryview(data).cast("B")  # type: ignore[arg-type]
        self._waiting += piece
        while len(self._waiting) > FRAME:
            self._seal(bytes(self._waiting[:FRAME]), is_last=False)
            del self._waiting[:FRAME]
        return len(piece)

    def finish(self) -> None:
        """The last frame, without which nobody will open the file."""
        self._seal(bytes(self._waiting), is_last=True)

    def _seal(self, frame: bytes, *, is_last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, is_last), frame, self._head)
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1


class Opening(io.RawIOBase):
    """Reads a sealed file; every byte it gives has been proved. Raises Damaged."""

    def __init__(self, file: IO[bytes], key: str, form: Form = BACKUP) -> None:
        self._head = file.read(len(form.magic) + SALT)
        if not self._head.startswith(form.magic) or len(self._head) < len(form.magic) + SALT:
            raise Damaged("it does not begin like one of ours, or is of another edition")
        self._file = file
        self._cipher = AESGCM(form.stretch(key, self._head[len(form.magic) :]))
        self._open = b""
        self._number = 0
        self._is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        room = memoryview(buffer).cast("B")  # type: ignore[arg-type]
        while not self._open and not self._is_over:
            self._open = self._next()
        taken = self._open[: len(room)]
        room[: len(taken)] = taken
        self._open = self._open[len(taken) :]
        return len(taken)

    def _next(self) -> bytes:
        size = int.from_bytes(self._file.read(4), "big")
        sealed = self._file.read(size) if TAG <= size <= FRAME + TAG else b""
        if len(sealed) < TAG or len(sealed) != size:
            raise Damaged("it ends too early or was changed")
        for is_last in (False, True):
            try:
                frame = self._cipher.decrypt(_nonce(self._number, is_last), sealed, self._head)
            except InvalidTag:
                continue
            self._number += 1
            self._is_over = is_last
            if is_last and self._file.read(1):
                raise Damaged("something follows its end")
            return frame
        raise Damaged("it was changed, or the key is another")


def sealed(body: bytes, key: str) -> bytes:
    """A small thing of the journal as a sealed file."""
    file = io.BytesIO()
    sealing = Sealing(file, key, JOURNAL)
    sealing.write(body)
    sealing.finish()
    return file.getvalue()


def opened(raw: bytes, key: str) -> bytes:
    """What was sealed with `sealed`. Raises Damaged."""
    return Opening(io.BytesIO(raw), key, JOURNAL).read()
