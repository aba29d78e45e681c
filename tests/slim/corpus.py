"""The corpus: snippets of Python by topic, whose outcome on the slim runtime must be the stock one's.

A topic is a file in snippets/; a snippet is what follows a line `# name: its-name`, to the next one or the end. The
files are text, not modules: some snippets are wrong on purpose, and all must stay letter for letter as they are.
An outcome must be the same on each run: no address, no clock, no order of a set of str (every page hashes anew).
"""

from __future__ import annotations

import re
from pathlib import Path

SNIPPETS = Path(__file__).parent / "snippets"

_NAMED = re.compile(r"^# name: (.*)\n", re.MULTILINE)

Topic = dict[str, str]  # code by name


def load(directory: Path = SNIPPETS) -> dict[str, Topic]:
    """Every topic's snippets; raises ValueError where a name is given twice or is not a name, or code has none."""
    return {path.stem: parse(path.read_text(encoding="utf-8"), path.stem) for path in sorted(directory.glob("*.txt"))}


def parse(text: str, topic: str) -> Topic:
    """The snippets in one file's text; raises ValueError as load() does."""
    before, *parts = _NAMED.split(text)
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
