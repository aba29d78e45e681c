"""What the commands print. A fault of the output is told from faults of the data, which are OSErrors too."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator

from .errors import OutputError


class _Output(io.TextIOWrapper):
    def write(self, text: str) -> int:
        with _named():
            return super().write(text)

    def flush(self) -> None:
        with _named():
            super().flush()


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Let what the block prints reach stdout, or raise OutputError, or BrokenPipeError if nobody reads any more.

    At the end of a process Python would only print "Exception ignored", long after the command believes to be done.
    """
    if sys.stdout is not sys.__stdout__ or sys.stdout is None:  # captured by a test, or closed
        yield
        return
    plain = sys.stdout
    plain.flush()
    sys.stdout = _Output(plain.buffer, plain.encoding, plain.errors, line_buffering=plain.line_buffering)
    try:
        yield
        sys.stdout.flush()
    except (OutputError, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), plain.fileno())  # what is left goes nowhere, without a complaint
        raise
    finally:
        with contextlib.suppress(OSError, OutputError):
            sys.stdout.detach()  # else it would close the buffer of `plain`
        sys.stdout = plain


@contextlib.contextmanager
def _named() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"The output cannot be written: {error.strerror}.") from error
