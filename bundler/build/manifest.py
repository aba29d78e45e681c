"""Names files by their hash, and lists the hashes of all files for integrity checks.

https://www.w3.org/TR/SRI/
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

Entry = dict[str, str]  # `url`, relative to embed.js, and `integrity`


def add(dist: Path, name: str, content: bytes) -> Entry:
    """Write the content into dist/ with its hash in the name: `boot.js` becomes `boot-0123456789.js`."""
    stem, _, suffix = name.rpartition(".")
    path = dist / f"{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
    path.write_bytes(content)
    return entry(dist, path)


def entry(dist: Path, path: Path) -> Entry:
    """The entry from which the loader finds and checks a file of dist/."""
    digest = base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
    return {"url": path.relative_to(dist).as_posix(), "integrity": f"sha256-{digest}"}


def write(dist: Path) -> None:
    """Write manifest.json with the entry of every file in dist/, for copying to a CDN."""
    files = [entry(dist, path) for path in sorted(dist.rglob("*")) if path.is_file()]
    (dist / "manifest.json").write_text(json.dumps(files, indent=1) + "\n", encoding="utf-8")
