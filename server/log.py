"""The server's log, on stderr: one line for each record, with its time, as text or as JSON.

A record of an exception names its type and its places in the code, but not its message: that may quote what a sender
sent.
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType

FORMATS = ("text", "json")
REPEAT_S = 60.0
MESSAGES = 1000  # to remember at most


def set_up(format_: str) -> None:
    """Log warnings and errors of the whole process. `format_` is one of FORMATS."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if format_ == "json" else _Text())
    handler.addFilter(_Repeats())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)


class _Repeats(logging.Filter):
    """Drops a message that was logged within REPEAT_S: one that each request causes would fill the disk."""

    def __init__(self) -> None:
        super().__init__()
        self._logged_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            return True
        message = record.getMessage()
        if 0 <= record.created - self._logged_at.get(message, 0.0) < REPEAT_S:
            return False
        if len(self._logged_at) >= MESSAGES:
            self._logged_at.clear()
        self._logged_at[message] = record.created
        return True


class _Text(logging.Formatter):
    """`2026-11-30T01:02:03.456Z ERROR The disk is full.`"""

    def format(self, record: logging.LogRecord) -> str:
        message = " ".join(record.getMessage().split())
        return " ".join([_time(record), record.levelname, message, *_exception(record)])


class _Json(logging.Formatter):
    """`{"time": ..., "level": ..., "message": ...}`, and `exception` with a list if there was one."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {"time": _time(record), "level": record.levelname.lower()}
        entry["message"] = record.getMessage().strip()
        if exception := _exception(record):
            entry["exception"] = exception
        return json.dumps(entry)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _exception(record: logging.LogRecord) -> list[str]:
    """The exception's type and where it was raised, outermost place first. Empty without one."""
    if not record.exc_info or not record.exc_info[0]:
        return []
    kind, _, trace = record.exc_info
    return [f"{kind.__name__} at", *_places(trace)]


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)]
