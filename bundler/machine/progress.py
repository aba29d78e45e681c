"""Progress messages on stderr. stdout stays free for output that scripts read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_COLORED = sys.stderr.isatty() and "NO_COLOR" not in os.environ
_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "cyan": "36"}


def paint(text: str, color: str) -> str:
    """The text in a color (`bold`, `dim`, `red`, `green`, `cyan`) if stderr is a terminal."""
    return f"\x1b[{_CODES[color]}m{text}\x1b[0m" if _COLORED else text


def say(text: str = "") -> None:
    """Print a line."""
    print(text, file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print the step's name, and on the same line at its end the result and the time it took."""
    print(f"{title} ... ", end="", file=sys.stderr, flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say(paint("failed", "red"))
        raise
    seconds = time.monotonic() - start
    say(paint("done", "green") + (f" in {seconds:.0f} s" if seconds >= 1 else ""))
