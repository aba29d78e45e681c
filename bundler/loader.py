"""embed.js as it is served: the names of this build put in, and minified."""

from __future__ import annotations

import re
from pathlib import Path

from widget.telemetry import schema

from . import node, wheel
from .environment import ROOT
from .errors import BuildError

SOURCE = ROOT / "web" / "embed.js"

_ANCHOR = re.compile(r"__[A-Z]+(?:_[A-Z]+)*__")


def build(target: Path) -> None:
    """Write the loader to `target`; raises BuildError, also for a `__NAME__` that this build does not know."""
    draft = target.with_suffix(".full.js")
    draft.write_text(_fill(SOURCE.read_text(encoding="utf-8"), _names()), encoding="utf-8")
    node.run(
        "esbuild/bin/esbuild",
        draft,
        f"--outfile={target}",
        "--minify",
        "--charset=utf8",
        "--legal-comments=none",
        "--log-level=warning",
        failure="web/embed.js could not be minified.",
    )
    draft.unlink()


def _names() -> dict[str, str]:
    return {
        "__VERSION__": wheel.version(),
        "__WHEEL__": wheel.name(),
        "__WIDGET_ID__": schema.WIDGET_ID.pattern,
    }


def _fill(text: str, names: dict[str, str]) -> str:
    """The text with each name's value in its place. A name must occur, and no other may be left."""
    found = set(_ANCHOR.findall(text))
    if found != set(names):
        wrong = ", ".join(sorted(found ^ set(names)))
        raise BuildError(f"web/embed.js and bundler/loader.py differ in the names that the build puts in: {wrong}.")
    return _ANCHOR.sub(lambda anchor: names[anchor[0]], text)
