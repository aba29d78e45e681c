"""Builds embed.js and boot.js: bundles and minifies each, and fills in the file names of this build."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

from widget.config import DEFAULT_API_URL
from widget.telemetry.sampler import DEFAULT_RATE
from widget.telemetry.schema import WIDGET_ID

from ..machine import node
from ..machine.environment import ROOT
from ..machine.errors import BuildError
from . import manifest

SOURCE = ROOT / "web" / "embed.js"
BOOT = ROOT / "web" / "boot.js"

# With this line Chromium compiles the functions while the file arrives, instead of one by one on the main thread before
# the first frame: https://v8.dev/blog/explicit-compile-hints
_COMPILE_ALL = "//# allFunctionsCalledOnLoad\n"

_PLACEHOLDER = re.compile(r"__[A-Z]+(?:_[A-Z]+)*__")


def sources() -> list[Path]:
    """The loader's source files."""
    return [SOURCE, BOOT, *sorted((SOURCE.parent / "loader").glob("*.js"))]


def build(dist: Path, files: Mapping[str, object]) -> None:
    """Write boot-HASH.js, which loads `files`, and embed.js, which loads boot-HASH.js, also as embed-HASH.js.

    Raises BuildError, also for an unknown `__NAME__`.
    """
    boot = _fill(_minified(BOOT, dist / "draft.js"), {"__FILES__": json.dumps(files, separators=(",", ":"))})
    entry = manifest.add(dist, "boot.js", boot.encode())
    values = {
        "__API_URL__": DEFAULT_API_URL,
        "__BOOT__": entry["url"],
        "__BOOT_INTEGRITY__": entry["integrity"],
        "__RATE__": str(DEFAULT_RATE),
        "__WIDGET_ID__": WIDGET_ID.pattern,
    }
    embed = _fill(_minified(SOURCE, dist / "draft.js"), values).encode()
    (dist / "embed.js").write_bytes(embed)
    manifest.add(dist, "embed.js", embed)


def _minified(source: Path, draft: Path) -> str:
    """The file and its imports as one minified function that is called at once. `draft` is a scratch file."""
    node.run(
        "esbuild/bin/esbuild",
        source,
        f"--outfile={draft}",
        "--bundle",
        "--format=iife",
        "--charset=utf8",
        "--log-level=warning",
        failure=f"{source.name} could not be bundled.",
    )
    # terser's output is 2% smaller than esbuild's.
    small = node.run(
        "terser/bin/terser",
        draft,
        "--compress=passes=3",
        "--mangle",
        "--ecma=2022",
        failure=f"{source.name} could not be minified.",
    )
    draft.unlink()
    return _COMPILE_ALL + small


def _fill(text: str, values: dict[str, str]) -> str:
    """The text with each `__NAME__` replaced by its value. Raises BuildError if names and values do not match."""
    names = set(_PLACEHOLDER.findall(text))
    if names != set(values):
        differences = ", ".join(sorted(names ^ set(values)))
        raise BuildError(f"The loader in web/ and bundler/build/loader.py have different placeholders: {differences}.")
    return _PLACEHOLDER.sub(lambda match: values[match[0]], text)
