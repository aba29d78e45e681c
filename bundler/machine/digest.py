"""The hash of several files, which shows whether one of them has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def digest(root: Path, paths: Iterable[Path], salt: str = "") -> str:
    """SHA-256 in hex of `salt` and of each file's name relative to `root`, size and content."""
    sha = hashlib.sha256(salt.encode())
    for path in paths:
        content = path.read_bytes()
        sha.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return sha.hexdigest()
