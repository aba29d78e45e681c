"""The operator's token: made once, kept in a file that only its owner can read."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def operator_token(path: Path) -> str:
    """The token in the file, which is made with a new one when there is none."""
    try:
        # Its rights are set as it is made, so that there is no moment in which others could read it.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    token = secrets.token_urlsafe(32)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{token}\n")
    return token


def is_bearer(authorization: str, token: str) -> bool:
    """Whether an Authorization header holds the token; takes the same time for every wrong one."""
    scheme, _, given = authorization.partition(" ")
    return scheme.lower() == "bearer" and secrets.compare_digest(given.strip().encode(), token.encode())
