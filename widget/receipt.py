"""Serves the receipt behind the button in a widget: what was sent from this page, who says no, and an off switch."""

from __future__ import annotations

from .content import Content
from .page.bridge import Cancel, Place, cancel_all
from .telemetry.tracker import TelemetryTracker
from .view.receipt import draw_receipt


def serve_receipt(place: Place, content: Content, tracker: TelemetryTracker, api_url: str) -> Cancel:
    """Fills the receipt each time the visitor opens it, and obeys its off switch, until the cancel.

    The visitor may have opened it before Python was up: then it is filled at once.
    """
    link = f"{api_url}/privacy/{content.account}" if content.account else ""

    def fill() -> None:
        place.show_receipt(draw_receipt(tracker.receipt(), content.words, link))

    def stop() -> None:
        tracker.stop_page()
        fill()

    cancel = cancel_all(place.on_action("receipt", fill), place.on_action("stop", stop), place.return_focus())
    if place.is_receipt_open():
        fill()
    return cancel
