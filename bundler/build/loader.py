"""Builds embed.js and what it loads: bundles and minifies each file, and fills in the names of this build."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from widget.config import DEFAULT_API_URL
from widget.errors import API_ERROR
from widget.telemetry.sampler import DEFAULT_RATE
from widget.telemetry.schema import DIGEST, MAX_LOAD_MS, SCHEMA, WIDGET_ID
from widget.version import VERSION

from ..machine import node
from ..machine.environment import ROOT
from ..machine.errors import BuildError
from . import manifest

WEB = ROOT / "web"

# With this line Chromium compiles the functions while the file arrives, instead of one by one on the main thread before
# the first frame: https://v8.dev/blog/explicit-compile-hints
_COMPILE_ALL = "//# allFunctionsCalledOnLoad\n"

# Properties that only the loader's own modules read: the minifier gives them short names. web/boot.js gets the loader's
# claims and views, so none that it reads may be among them.
OWN_PROPERTIES = ("content", "done", "number", "onUse", "result", "run", "section", "selector", "stop", "tag")

_PLACEHOLDER = re.compile(r"__[A-Z]+(?:_[A-Z]+)*__")


def sources() -> list[Path]:
    """The loader's source files."""
    return [*sorted(WEB.glob("*.js")), *sorted((WEB / "loader").glob("*.js"))]


def build(dist: Path, files: Mapping[str, object]) -> None:
    """Write boot-HASH.js, which loads `files`, carousel-HASH.js, and embed.js, which loads both, also as embed-HASH.js.

    Raises BuildError, also for an unknown `__NAME__`.
    """
    boot = _fill(_script("boot.js"), {"__FILES__": json.dumps(files, separators=(",", ":"))})
    boot_entry = manifest.add(dist, "boot.js", boot.encode())
    carousel_entry = manifest.add(dist, "carousel.js", _script("carousel.js").encode())
    values = {
        "__API_ERROR__": API_ERROR,
        "__API_URL__": DEFAULT_API_URL,
        "__BOOT__": boot_entry["url"],
        "__BOOT_INTEGRITY__": boot_entry["integrity"],
        "__CAROUSEL__": carousel_entry["url"],
        "__CAROUSEL_INTEGRITY__": carousel_entry["integrity"],
        "__MAX_LOAD_MS__": str(MAX_LOAD_MS),
        "__RATE__": str(DEFAULT_RATE),
        "__SCHEMA__": str(SCHEMA),
        "__DIGEST__": DIGEST,
        "__VERSION__": VERSION,
        "__WIDGET_ID__": WIDGET_ID.pattern,
    }
    short_names = f"--mangle-props=^({'|'.join(OWN_PROPERTIES)})$"
    embed = _fill(_script("embed.js", short_names), values).encode()
    (dist / "embed.js").write_bytes(embed)
    manifest.add(dist, "embed.js", embed)


def controls() -> str:
    """JavaScript for widget/page/script.py: an expression whose value is the function `control` of web/controls.js."""
    return f"(() => {{\n{_minified('controls.js', '--global-name=controls')}\nreturn controls.control;\n}})()\n"


def _script(name: str, *options: str) -> str:
    """The text of a file for script elements."""
    return _COMPILE_ALL + _minified(name, *options)


def _minified(name: str, *options: str) -> str:
    """The file of web/ and its imports as one minified function that is called at once."""
    with tempfile.TemporaryDirectory() as scratch:
        draft = Path(scratch) / name
        node.run(
            "esbuild/bin/esbuild",
            WEB / name,
            f"--outfile={draft}",
            "--bundle",
            "--minify",
            "--format=iife",
            "--charset=utf8",
            "--log-level=warning",
            *options,
            failure=f"{name} could not be bundled.",
        )
        # esbuild and then terser make the smallest file.
        return node.run(
            "terser/bin/terser",
            draft,
            "--compress=passes=3,inline=1,unsafe=true",
            "--mangle",
            "--ecma=2022",
            failure=f"{name} could not be minified.",
        )


def _fill(text: str, values: dict[str, str]) -> str:
    """The text with each `__NAME__` replaced by its value. Raises BuildError if names and values do not match."""
    names = set(_PLACEHOLDER.findall(text))
    if names != set(values):
        differences = ", ".join(sorted(names ^ set(values)))
        raise BuildError(f"The loader in web/ and bundler/build/loader.py have different placeholders: {differences}.")
    return _PLACEHOLDER.sub(lambda match: values[match[0]], text)
