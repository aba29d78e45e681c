"""embed.js and boot.js as they are served: each with what it imports in one file, the names of this build put in."""

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

# Chromium then compiles the functions while the file comes, and not one by one on the page's own thread before its
# first frame: https://v8.dev/blog/explicit-compile-hints
_COMPILE_ALL = "//# allFunctionsCalledOnLoad\n"

_ANCHOR = re.compile(r"__[A-Z]+(?:_[A-Z]+)*__")


def sources() -> list[Path]:
    """Every file that the loader is made of."""
    return [SOURCE, BOOT, *sorted((SOURCE.parent / "loader").glob("*.js"))]


def build(dist: Path, files: Mapping[str, object]) -> None:
    """Write embed.js and boot-HASH.js, which loads `files`; raises BuildError, also for an unknown `__NAME__`."""
    boot = _fill(_minified(BOOT, dist / "draft.js"), {"__FILES__": json.dumps(files, separators=(",", ":"))})
    entry = manifest.add(dist, "boot.js", boot.encode())
    names = {
        "__API_URL__": DEFAULT_API_URL,
        "__BOOT__": entry["url"],
        "__BOOT_INTEGRITY__": entry["integrity"],
        "__RATE__": str(DEFAULT_RATE),
        "__WIDGET_ID__": WIDGET_ID.pattern,
    }
    (dist / "embed.js").write_text(_fill(_minified(SOURCE, dist / "draft.js"), names), encoding="utf-8")


def _minified(source: Path, draft: Path) -> str:
    """The file and what it imports in one, as one function that is called at once; `draft` is overwritten."""
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
    # terser's is a fiftieth smaller than esbuild's own.
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


def _fill(text: str, names: dict[str, str]) -> str:
    """The text with each name's value in its place. A name must occur, and no other may be left."""
    found = set(_ANCHOR.findall(text))
    if found != set(names):
        wrong = ", ".join(sorted(found ^ set(names)))
        raise BuildError(
            f"web/embed.js and bundler/build/loader.py differ in the names that the build puts in: {wrong}."
        )
    return _ANCHOR.sub(lambda anchor: names[anchor[0]], text)
