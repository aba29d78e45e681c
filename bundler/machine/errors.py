"""The error that stops building or serving."""

from __future__ import annotations


class BuildError(Exception):
    """One sentence that says what was wrong and what to do. A failed program's output may follow on further lines."""
