"""The corpus: Python snippets by topic. Each must have the same outcome on the slim runtime as on the stock one.

A topic is a file in snippets/. A snippet follows a line `# name: its-name` and ends at the next such line. The files
are not modules: some snippets are wrong on purpose, and no formatter may change them. An outcome must be the same in
each run, so it has no address, no time and no order of a set of str (every page has its own hash seed).
"""

from __future__ import annotations

import re
from pathlib import Path

SNIPPETS = Path(__file__).parent / "snippets"

_NAME_LINE = re.compile(r"^# name: (.*)\n", re.MULTILINE)

Topic = dict[str, str]  # code by name


def load(directory: Path = SNIPPETS) -> dict[str, Topic]:
    """The snippets of every topic. Raises ValueError for a repeated, malformed or missing name, and for empty code."""
    return {path.stem: parse(path.read_text(encoding="utf-8"), path.stem) for path in sorted(directory.glob("*.txt"))}


def parse(text: str, topic: str) -> Topic:
    """The snippets in one file's text. Raises ValueError like load()."""
    before, *parts = _NAME_LINE.split(text)
    if before.strip():
        raise ValueError(f"{topic}: begin each snippet with a line `# name: its-name`, the first too.")
    snippets: Topic = {}
    for name, code in zip(parts[::2], parts[1::2], strict=True):
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            raise ValueError(f"{topic}: write the name {name!r} in small letters, digits and single hyphens.")
        if name in snippets:
            raise ValueError(f"{topic}: give the second snippet called {name!r} another name.")
        if not code.strip():
            raise ValueError(f"{topic}: give the snippet {name!r} some code.")
        snippets[name] = code
    return snippets
