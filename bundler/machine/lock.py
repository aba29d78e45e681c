"""One process at a time: two that are started at once build one after the other, and the second finds all done."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from . import progress


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Waits until no other process holds the lock file, and holds it for the block.

    The kernel frees it however the process ends.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        if not _try(file):
            progress.say("Another build.py is at work in this folder: waiting for it ...")
            _wait(file)
        yield


if sys.platform == "win32":
    import msvcrt
    import time

    def _try(file: IO[str]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _wait(file: IO[str]) -> None:
        while not _try(file):
            time.sleep(0.2)

else:
    import fcntl

    def _try(file: IO[str]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _wait(file: IO[str]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)
