"""The exceptions of this package, and the error codes that a widget counts."""

from __future__ import annotations

# Failures between the script tag and the drawn testimonials, as telemetry counts them.
API_ERROR = "API_ERROR"  # the content API failed, whether an old copy could be shown or not
API_TIMEOUT = "API_TIMEOUT"
NOT_FOUND = "NOT_FOUND"  # 404: no widget has this id
UNAUTHORIZED = "UNAUTHORIZED"  # 401, 403
RATE_LIMITED = "RATE_LIMITED"  # 429
INVALID_CONTENT = "INVALID_CONTENT"  # not JSON, wrong types, or too large
RENDER_ERROR = "RENDER_ERROR"  # a bug in this package while drawing


def describe(error: BaseException) -> str:
    """The exception with its call stack, innermost call last, for the debug log."""
    lines, trace = [f"{type(error).__name__}: {error}"], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return "\n".join(lines)


class ConfigError(ValueError):
    """A mistake of the embedder. The message is one sentence that names the mistake and what to do."""


class EventRejected(ValueError):
    """A telemetry body that breaks the schema. `reason` is the word that the server counts and answers.

    Neither the word nor the message repeats any part of the body.
    """

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(f"{reason}: {field}" if field else reason)
        self.reason = reason
        self.field = field


class ContentError(Exception):
    """The widget's content could not be loaded. `code` is one of the error codes above."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
