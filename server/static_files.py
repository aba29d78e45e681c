"""Serves static files compressed: a file may have compressed copies beside it, which the build makes."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# Set here because machines have different type tables. A browser compiles WebAssembly during the download only if the
# type is right.
_TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".py": "text/x-python; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
}
_CODINGS = {".br": "br", ".zst": "zstd", ".gz": "gzip"}  # best first
_CHUNK_BYTES = 1 << 20  # with the framework's 64 KB, a page waits for the thread that reads each chunk
FOREVER, REVALIDATE = "public, max-age=31536000, immutable", "no-cache"


class CompressedFiles(StaticFiles):
    """Serves a directory with fixed headers, in the best coding that the browser accepts."""

    def __init__(self, directory: Path, headers: Mapping[str, str], caching: Callable[[str], str]) -> None:
        """`caching` returns the Cache-Control header of a path below the directory."""
        super().__init__(directory=directory, html=True)
        self._headers = {**headers, "Vary": "Accept-Encoding"}
        self._caching = caching

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(self._best(path, scope), scope)
        response.headers.update(self._headers)
        response.headers["Cache-Control"] = self._caching(path)
        return response

    def file_response(self, full_path: str | os.PathLike[str], *args: object, **kwargs: object) -> Response:
        response = super().file_response(full_path, *args, **kwargs)  # type: ignore[arg-type]
        path = Path(full_path)
        coding = _CODINGS.get(path.suffix)
        content_type = _TYPES.get(path.with_suffix("").suffix if coding else path.suffix)
        if isinstance(response, FileResponse):
            response.chunk_size = _CHUNK_BYTES
        if response.status_code == 200 and coding:
            response.headers["Content-Encoding"] = coding
        if response.status_code == 200 and content_type:
            response.headers["Content-Type"] = content_type
        return response

    def _best(self, path: str, scope: Scope) -> str:
        accepted = Headers(scope=scope).get("accept-encoding", "")
        accepted_codings = {coding.split(";")[0].strip() for coding in accepted.split(",")}
        for suffix, coding in _CODINGS.items():
            if coding in accepted_codings and self.lookup_path(path + suffix)[1]:
                return path + suffix
        return path
