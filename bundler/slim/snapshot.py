"""Encodes Python's memory as a file, without its zeros. web/runtime/snapshot.js reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from struct import pack

_GAP = 64  # bytes of zeros; a shorter gap costs less than a new run
_RUN = re.compile(rb"[^\0](?:\0{0,%d}[^\0])*" % (_GAP - 1))


def encode(memory: bytes, state: bytes, elsewhere: Iterable[tuple[int, int]] = ()) -> bytes:
    """The file's content. `state` is JSON; `elsewhere` are ranges of the memory that are in another file."""
    content = bytearray(memory)
    for start, end in elsewhere:
        content[start:end] = bytes(end - start)
    state += b" " * (-len(state) % 4)
    positions, runs, last = [], [], 0
    for run in _RUN.finditer(content):
        positions.append(pack("<II", run.start() - last, len(run[0])))
        runs.append(run[0])
        last = run.end()
    return pack("<II", len(state), len(positions)) + state + b"".join(positions) + b"".join(runs)
