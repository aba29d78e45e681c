"""Compresses files at build time: each compressible file `x` gets `x.br`, `x.zst` and `x.gz` beside it."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from pathlib import Path

import brotli
import zstandard

from ..machine.environment import ROOT

CACHE = ROOT / ".cache" / "compressed"
# Without .zip and .whl, which are compressed already.
SUFFIXES = (".js", ".mjs", ".wasm", ".bin", ".json", ".css", ".html", ".py", ".svg")

_LARGE = 9_000_000  # bytes; above, brotli's last two levels take 15 times as long to save a tenth


def compress_all(directory: Path) -> None:
    """Compress the files of the directory, each content once: the cache keeps the results."""
    for path in sorted(directory.rglob("*")):
        if path.suffix in SUFFIXES:
            content = path.read_bytes()
            for suffix, compressor in CODINGS.items():
                path.with_name(path.name + suffix).write_bytes(_cached(content, suffix, compressor))


def brotli_bytes(content: bytes) -> bytes:
    """The content in brotli."""
    compressed: bytes = brotli.compress(content, quality=9 if len(content) > _LARGE else 11, lgwin=24)
    return compressed


def _zstd_bytes(content: bytes) -> bytes:
    compressed: bytes = zstandard.compress(content, 19)
    return compressed


def _gzip_bytes(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)  # mtime=0: the same content gives the same bytes


CODINGS: dict[str, Callable[[bytes], bytes]] = {".br": brotli_bytes, ".zst": _zstd_bytes, ".gz": _gzip_bytes}


def _cached(content: bytes, suffix: str, compressor: Callable[[bytes], bytes]) -> bytes:
    path = CACHE / (hashlib.sha256(content).hexdigest() + suffix)
    if path.exists():
        return path.read_bytes()
    compressed = compressor(content)
    CACHE.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f"{suffix}.new")
    draft.write_bytes(compressed)
    draft.replace(path)  # atomic: no process reads half a file
    return compressed
