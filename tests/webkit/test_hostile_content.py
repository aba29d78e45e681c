"""HTML drawn from hostile testimonials, as WebKit's parser understands it."""

from __future__ import annotations

from tests.hostile import CHECK, drawings


def test_no_text_becomes_an_element_a_handler_or_an_address_of_its_own(visit):
    visit.open("<p>A page</p>")
    for html in drawings():
        visit.run(f"window.bad = ({CHECK})(html)", html)
        assert visit.get("window.bad") == []
    assert visit.get("window.hurt === undefined") is True
