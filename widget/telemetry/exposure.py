"""The variant of an experiment that a page view shows, as the reports of one widget name it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from .schema import WidgetReport, is_variant

KINDS = ("loads", "errors", "interactions")  # fields of a report

_decode = json.JSONDecoder().raw_decode  # json.loads is not in the code that runs at every visit


class Exposure:
    """Each kind of event names the variant in the first batch that has such events, and never again.

    A page that is hidden, seen again and used again sends a second batch. The experiment counts batches, and so page
    views, because the events of the second one are of no variant.
    """

    def __init__(self, widget_id: str) -> None:
        self._widget_id = widget_id
        self._code = ""
        self._told: list[str] = []  # made anew each time: to extend a list is not in the code that runs at every visit

    def show(self, code: str, sent_by_loader: Iterable[str]) -> None:
        """Names the variant, such as e7-b, of later events. The loader may have reported some already."""
        self._code = code if is_variant(code) else ""
        for body in sent_by_loader:
            for report in _decode(body)[0]["widgets"]:
                if report["widget"] == self._widget_id and "variant" in report:
                    self._told = [*self._told, *[kind for kind in KINDS if report[kind]]]

    def of(self, kind: str) -> str:
        """The variant to name with an event of one of KINDS; empty: none."""
        return "" if kind in self._told else self._code

    def leave(self, reports: Iterable[WidgetReport]) -> None:
        """These reports leave the page, if it is in the sample."""
        for report in reports:
            if report.variant:
                self._told = [*self._told, *[kind for kind in KINDS if getattr(report, kind)]]
