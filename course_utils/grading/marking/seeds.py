"""The class secret, and the seeds that follow from it: other inputs for each student, the same in every run."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

_BYTES = 32


class BadSecret(ValueError):
    """A secret file that cannot be used; the message says why."""


def load(path: Path) -> bytes:
    """The secret in a file; the file is made, for its owner alone, where there is none.

    Raises:
        BadSecret: where the file holds fewer than 16 bytes.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        secret = path.read_bytes().strip()
        if len(secret) < 16:
            raise BadSecret(f"{path} is too short for a secret: delete it, and a new one is made.") from None
        return secret
    with os.fdopen(descriptor, "wb") as file:
        secret = secrets.token_hex(_BYTES).encode()
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    return secret


def seed(secret: bytes, exercise: str, student: str) -> int:
    """The seed of a student's inputs: HMAC-SHA256 of exercise and student, its first 62 bits."""
    digest = hmac.new(secret, f"{exercise}\0{student}".encode("utf-8", "replace"), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") >> 2
