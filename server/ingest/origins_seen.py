"""The origins whose pages asked for a widget's content in the last hour, as counts in memory, to suggest to its owner.

The most frequent origins of a sequence are found in bounded memory: a full table counts all of its entries down when a
new one comes (Misra and Gries, Finding repeated elements, 1982). An origin that made more than 1 in KEPT + 1 of the
requests stays, however many others somebody makes up.
"""

from __future__ import annotations

import time
from collections import Counter, OrderedDict
from collections.abc import Callable

from ..control.origins import is_origin

KEPT = 20  # origins of one widget
MAX_WIDGETS = 2_000  # with origins; beyond it the widget that was asked for the longest ago is forgotten
HALF_S = 1800.0  # counts are of this half hour and the one before it
FEWEST = 20  # an origin of fewer requests is not shown, as no figure of so few page views is


class OriginsSeen:
    """Counts the origins of each widget. Call it on one thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now` returns seconds from any fixed start."""
        self._now = now
        self._half = 0
        self._current: OrderedDict[str, Counter[str]] = OrderedDict()  # by widget
        self._previous: OrderedDict[str, Counter[str]] = OrderedDict()

    def count(self, widget: str, origin: str) -> None:
        """Count a request. `widget` is a registered id, `origin` the sender's text."""
        if not is_origin(origin):  # so it has a bounded length too
            return
        self._turn()
        counts = self._current.setdefault(widget, Counter())
        self._current.move_to_end(widget)
        if len(self._current) > MAX_WIDGETS:
            self._current.popitem(last=False)
        if origin in counts or len(counts) < KEPT:
            counts[origin] += 1
        else:
            for each in list(counts):
                counts[each] -= 1
                if not counts[each]:
                    del counts[each]

    def of(self, widget: str) -> list[tuple[str, int]]:
        """The widget's most frequent origins of about the last hour with at least so many requests, most first."""
        self._turn()
        counts = self._current.get(widget, Counter()) + self._previous.get(widget, Counter())
        return [(origin, count) for origin, count in counts.most_common(KEPT) if count >= FEWEST]

    def _turn(self) -> None:
        half = int(self._now() // HALF_S)
        if half != self._half:
            self._previous = self._current if half == self._half + 1 else OrderedDict()
            self._current, self._half = OrderedDict(), half
