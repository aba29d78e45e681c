"""What a page may load, by content: each file's hash is in its name or checked by who loads it.

https://www.w3.org/TR/SRI/
"""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

Entry = dict[str, str]  # `url`, relative to embed.js, and `integrity`


def add(dist: Path, name: str, content: bytes) -> Entry:
    """Write the content into dist/, its hash in the name: `boot.js` becomes `boot-0123456789.js`."""
    stem, _, suffix = name.rpartition(".")
    path = dist / f"{stem}-{hashlib.sha256(content).hexdigest()[:10]}.{suffix}"
    path.write_bytes(content)
    return entry(dist, path)


def entry(dist: Path, path: Path) -> Entry:
    """A file of dist/ as the loader finds and checks it."""
    digest = base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()
    return {"url": path.relative_to(dist).as_posix(), "integrity": f"sha256-{digest}"}


def write(dist: Path) -> None:
    """manifest.json: every file of dist/, for whoever copies it to a CDN."""
    files = [entry(dist, path) for path in sorted(dist.rglob("*")) if path.is_file()]
    (dist / "manifest.json").write_text(json.dumps(files, indent=1) + "\n", encoding="utf-8")
