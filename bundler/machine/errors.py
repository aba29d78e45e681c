"""What a person reads when building or serving cannot go on."""

from __future__ import annotations


class BuildError(Exception):
    """One sentence that says what was wrong and what to do; what a failed tool said may follow on its own lines."""
