"""Somebody who sends photos without pause, and whether each has its row and its file."""

from __future__ import annotations

import json
import random
import threading
import time
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from server.media.models import Photo
from server.media.store import object_name
from tests.phone import FakePhone
from tests.torture.tally import Found
from tests.torture.wire import Answer, Lost

PART = 2048


def picture(chance: random.Random) -> bytes:
    """A small JPEG there is only one of."""
    out = BytesIO()
    image = Image.frombytes("RGB", (24, 24), chance.randbytes(24 * 24 * 3))
    image.resize((96, 96)).save(out, "JPEG", quality=90)
    return out.getvalue()


class Photographer(threading.Thread):
    """`phones` take turns, since one may not send hundreds a day."""

    def __init__(self, phones: list[FakePhone], seed: int) -> None:
        super().__init__(daemon=True)
        self.phones, self.chance = phones, random.Random(seed)
        self.stored: list[str] = []
        self.fault: BaseException | None = None
        self._stop_sending = threading.Event()

    def run(self) -> None:
        try:
            while not self._stop_sending.is_set():
                self._sends(picture(self.chance))
        except BaseException as fault:
            self.fault = fault
            raise

    def stops(self) -> None:
        self._stop_sending.set()
        self.join(60)
        assert not self.fault, self.fault

    def _sends(self, raw: bytes) -> None:
        """Until the server says it is stored; an answer that is lost is asked for again."""
        digest = sha256(raw).hexdigest()
        phone = self.chance.choice(self.phones)
        while not self._stop_sending.is_set():
            try:
                if self._goes_on(phone, digest, raw):
                    self.stored.append(digest)
                    return
            except Lost:
                time.sleep(0.02)

    def _goes_on(self, phone: FakePhone, digest: str, raw: bytes) -> bool:
        promise = {"v": 1, "sha256": digest, "bytes": len(raw), "type": "image/jpeg"}
        answer = phone.sends("POST", "/sync/v1/photos", json.dumps(promise).encode())
        while answer.status_code == 200 and answer.get_json()["state"] == "awaiting":
            answer = self._part(phone, digest, raw, answer.get_json()["offset"])
        if answer.status_code == 200:
            assert answer.get_json()["state"] == "stored", answer.get_json()
            return True
        assert answer.status_code in (404, 409, 422, 503), (answer.status_code, answer.data)
        return False

    def _part(self, phone: FakePhone, digest: str, raw: bytes, at: int) -> Answer:
        headers = {"Upload-Offset": str(at), "Content-Type": "application/octet-stream"}
        path, part = f"/sync/v1/photos/{digest}", raw[at : at + PART]
        return phone.sends("PATCH", path, part, headers)  # type: ignore[return-value]


def check_photos(rows: Session, folder: Path, told: list[str]) -> Found:
    """told: the photos whose sender heard that they are stored."""
    stored = list(rows.scalars(select(Photo).where(Photo.state == "stored")))
    found = Found(lost=len(set(told) - {photo.sha256 for photo in stored}), torn=0, half=0)
    for photo in stored:
        for thumb in (False, True):
            path = folder / object_name(photo.community_id, photo.stored_sha256, thumb)
            found += _check_file(path, "" if thumb else photo.stored_sha256)
    return found


def _check_file(path: Path, digest: str) -> Found:
    if not path.exists():
        return Found(half=1)
    raw = path.read_bytes()
    is_whole = sha256(raw).hexdigest() == digest if digest else raw.endswith(b"\xff\xd9")
    return Found(torn=int(not is_whole))
