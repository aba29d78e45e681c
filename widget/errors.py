"""The exceptions of this package, and the error codes a widget counts."""

from __future__ import annotations

# What can go wrong between the tag and the drawn testimonials, as the page counts it.
API_ERROR = "API_ERROR"  # the content API failed and no copy, or only a stale one, could be shown
API_TIMEOUT = "API_TIMEOUT"
NOT_FOUND = "NOT_FOUND"  # 404: no widget of that id
UNAUTHORIZED = "UNAUTHORIZED"  # 401, 403
RATE_LIMITED = "RATE_LIMITED"  # 429
INVALID_CONTENT = "INVALID_CONTENT"  # not JSON, wrong types, or too large
RENDER_ERROR = "RENDER_ERROR"  # a bug of ours while drawing


def described(bug: BaseException) -> str:
    """What went wrong, and the calls that led to it, the last one last: for who asked to be told."""
    lines, trace = [f"{type(bug).__name__}: {bug}"], bug.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join(lines)


class ConfigError(ValueError):
    """The embedder's mistake: one sentence that names what was wrong and what to do."""


class EventRejected(ValueError):
    """A telemetry body that breaks the schema. `reason` is the one word counted and answered.

    Neither the word nor the message repeats anything of the body.
    """

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(f"{reason}: {field}" if field else reason)
        self.reason = reason
        self.field = field


class ContentError(Exception):
    """The widget's content could not be had. `code` is one of the error codes above."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
