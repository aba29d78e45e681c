"""The hash of several files: it tells whether anything has changed since they were last used."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(root: Path, paths: Iterable[Path], salt: str = "") -> str:
    """SHA-256 in hex of the files' names below `root`, their sizes and their bytes; `salt` is hashed first."""
    sha = hashlib.sha256(salt.encode())
    for path in paths:
        content = path.read_bytes()
        sha.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return sha.hexdigest()
