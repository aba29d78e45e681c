"""The CPU time of processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_PARENT, _USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM = 1, 11, 12, 13, 14  # see proc(5), from the state on
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """The CPU time that the process has used so far, with all its threads, in seconds."""
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return (fields[_USER] + fields[_SYSTEM]) / _TICKS_PER_S


def cpu_with_children_s(pid: int) -> float:
    """The same with the process's children, those that have ended too."""
    own = _fields(Path(f"/proc/{pid}/stat"))
    living = sum(fields[_USER] + fields[_SYSTEM] for fields in _all_fields() if fields[_PARENT] == pid)
    ended = own[_CHILDREN_USER] + own[_CHILDREN_SYSTEM]
    return (own[_USER] + own[_SYSTEM] + living + ended) / _TICKS_PER_S


def _all_fields() -> Iterator[list[int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            yield _fields(path)
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has just ended


def _fields(path: Path) -> list[int]:
    """The numbers after the program's name. The first is the state, a letter, and stands as 0."""
    _, *numbers = path.read_text().rpartition(")")[2].split()
    return [0, *map(int, numbers)]
