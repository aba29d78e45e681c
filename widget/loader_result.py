"""The loader's work before Python was up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LoaderResult:
    """The loader's request to the API, and the drawn widget if the loader could show one."""

    url: str  # of the request: the content's address with the design that the server was to draw
    text: str = ""  # the content as JSON; empty: the API gave no usable answer
    is_copy: bool = False  # the content is the browser's copy of an earlier visit, not confirmed by the API
    drawn_by: str = ""  # the version that drew the HTML in the place; empty: the loader showed nothing
    shown_at_ms: float | None = None  # when the frame was on the screen; None: the page was hidden before
