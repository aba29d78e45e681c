"""Short lines on stderr for steps that take a while; stdout is left to what scripts read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_COLORED = sys.stderr.isatty() and "NO_COLOR" not in os.environ
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "cyan": "36"}


def paint(text: str, color: str) -> str:
    """The text in a color (`bold`, `dim`, `red`, `green`, `cyan`), where a person looks at a terminal."""
    return f"\x1b[{_CODES[color]}m{text}\x1b[0m" if _COLORED else text


def say(text: str = "") -> None:
    """A line of its own."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Says what begins, and at the end of the same line how it went and how long it took."""
    print(f"{what} ... ", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say(paint("failed", "red"))
        raise
    seconds = time.monotonic() - start
    say(paint("done", "green") + (f" in {seconds:.0f} s" if seconds >= 1 else ""))
