"""A strange host page with a widget whose account counts each page view."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.servers import Answer
from tests.browser.test_before_python import drawn_answer

# Lines of Firefox's own about requests that failed, and about XHTML that is no XML, which Python then draws.
FIREFOX_LINES = ("The Same Origin Policy disallows", "None of the", "not well-formed")
PLACE = '<div id="tresta-widget-w1" style="min-height: 360px"></div>'  # as README has it
CARD = "#tresta-widget-w1 .card"


@pytest.fixture
def tag(origins, faulty_api) -> Callable[..., str]:
    """`tag(layout="carousel")`: the tag of `w1`, whose API gives the server's drawing in this layout."""

    def make(*, layout: str = "grid", widget: str = "w1", mode: str = "opt-in", **attributes: str) -> str:
        faulty_api.answers(widget, Answer(drawn_answer(widget, layout=layout, mode=mode)))
        html: str = origins.tag(widget, **{"api_url": faulty_api.url, **attributes})
        return html

    return make


@pytest.fixture
def quiet(record):
    """After the test: nothing of the widget has reached the page's console or its error handlers."""
    yield
    assert [error for error in record.errors if not error.startswith(FIREFOX_LINES)] == []
    assert [line for line in record.console if "tresta" in line.lower()] == []
