"""Serves the embed script at /embed.js and the files that it loads, so that no CDN is needed."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.routing import BaseRoute, Mount

from .static_files import FOREVER, REVALIDATE, CompressedFiles

_HEADERS = {
    "Access-Control-Allow-Origin": "*",  # pages of all origins load the files, without credentials
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Timing-Allow-Origin": "*",
    "X-Content-Type-Options": "nosniff",
}
_HASHED = re.compile(r"-[0-9a-f]{10}\.\w+$")  # the build puts the content's hash into the name
_REVALIDATED = ("embed.js", "manifest.json")  # these names stay the same when the content changes


def embed_files(dist: Path | None) -> list[BaseRoute]:
    """The routes of the embed files; none without the built files. Add them last, because they match every path."""
    return [Mount("/", CompressedFiles(dist, _HEADERS, _caching))] if dist else []


def _caching(path: str) -> str:
    if _HASHED.search(path):
        return FOREVER
    return REVALIDATE if path in _REVALIDATED or path.endswith(".whl") else "public, max-age=3600"
