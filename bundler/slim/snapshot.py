"""The memory of a Python that is up, as a file: its bytes that are not zero. web/runtime/snapshot.js reads it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from struct import pack

_GAP = 64  # bytes; a shorter gap costs less than a new run
_RUN = re.compile(rb"[^\0](?:\0{0,%d}[^\0])*" % (_GAP - 1))


def encode(memory: bytes, state: bytes, elsewhere: Iterable[tuple[int, int]] = ()) -> bytes:
    """The file. `state` is JSON text, `elsewhere` are ranges of the memory that another file brings."""
    kept = bytearray(memory)
    for start, end in elsewhere:
        kept[start:end] = bytes(end - start)
    state += b" " * (-len(state) % 4)
    places, contents, last = [], [], 0
    for run in _RUN.finditer(kept):
        places.append(pack("<II", run.start() - last, len(run[0])))
        contents.append(run[0])
        last = run.end()
    return pack("<II", len(state), len(places)) + state + b"".join(places) + b"".join(contents)
