"""Each student's own test data: a seed that nobody can guess and everybody can repeat.

The seed of a student's task is HMAC-SHA256 of a secret that lies beside the gradebook, is made
once, is readable by its owner only and is never committed. It goes to the judge and nowhere else.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

NAME = "SEED"  # in hidden parts
FILE = ".gradekit-secret"
SIZE = 32


def course_secret(folder: Path) -> bytes:
    """Return the secret of the course in `folder`; make it if there is none.

    Returns
    -------
    bytes
        32 of them, the same in every run.
    """
    path = folder / FILE
    if not path.exists():
        # Complete before it has its name: an interruption leaves no half of a secret, and of two
        # runs at once the first one wins.
        fresh = folder / f"{FILE}.{secrets.token_hex(4)}"
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(SIZE))
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return path.read_bytes()


def seed(secret: bytes, student: str, grade_id: str) -> int:
    """Return the seed of a student's task, from 0 to 2^63 - 1."""
    digest = hmac.digest(secret, f"{student}\0{grade_id}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big") >> 1
