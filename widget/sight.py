"""What a visitor sees before Python is up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FirstSight:
    """What the loader has done before Python was up: it asked the API, and may have shown what came."""

    url: str  # where it asked: the content's address, with the design that the server was to draw
    text: str = ""  # the content, as JSON; empty: the API gave none of use
    is_copy: bool = False  # it is the browser's, of an earlier visit, and the API did not confirm it
    drawn_by: str = ""  # the version of the view that drew what stands in the place; empty: nothing stands there
    shown_at_ms: float | None = None  # when it was on the screen; None: the page was hidden before
