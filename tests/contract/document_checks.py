"""Checks of a Place in a real document: styles and sizes."""

from __future__ import annotations

from typing import Any

from .checks import in_a_page

CLAMPING = ":host { display: block } .tresta[data-clamped] { max-height: var(--tresta-height); overflow: hidden }"


def _box(height: int) -> str:
    return f'<div class="tresta"><div style="height: {height}px"></div></div>'


@in_a_page
async def the_styles_of_page_and_widget_do_not_affect_each_other(harness: Any) -> None:
    host = harness.visitor.put("p", "a host's paragraph", class_="ours")
    harness.place().show('<p class="foreign">ours</p>', "p { color: rgb(9, 8, 7) } .ours { color: red }")
    ours = harness.visitor.find("p")
    assert harness.visitor.style(ours, "color") == "rgb(9, 8, 7)"
    assert harness.visitor.style(ours, "position") == "static"
    assert harness.visitor.style(ours, "fontStyle") == "normal"
    assert harness.visitor.style(host, "color") == "rgb(1, 2, 3)"
    assert harness.visitor.style(host, "fontStyle") == "italic"


@in_a_page
async def the_place_keeps_its_height_if_a_change_would_move_visible_content(harness: Any) -> None:
    place, here = harness.place(), harness.visitor.here()
    here.style.cssText = "min-height: 200px; padding: 15px; box-sizing: border-box"
    below = harness.visitor.put("p", "what the visitor reads")
    top = below.getBoundingClientRect().top
    place.show(_box(900), CLAMPING)
    assert harness.visitor.height() == 200 and below.getBoundingClientRect().top == top
    place.fit()
    assert harness.attribute(".tresta", "data-clamped") == ""
    assert harness.visitor.height() == 200 and below.getBoundingClientRect().top == top
    place.show(_box(150), CLAMPING)
    assert harness.visitor.height() == 200
    place.fit()  # this fits, so it is not cut
    assert harness.attribute(".tresta", "data-clamped") is None and harness.visitor.height() == 200


@in_a_page
async def a_place_with_no_visible_content_below_grows(harness: Any) -> None:
    window_height = harness.visitor.here().ownerDocument.defaultView.innerHeight
    for margin, min_height in ((0, window_height + 50), (window_height + 10, 200)):
        harness.visitor.reset()
        here = harness.visitor.here()
        here.style.cssText = f"margin-top: {margin}px; min-height: {min_height}px"
        harness.visitor.put("p", "below the fold")
        place = harness.place()
        place.show(_box(2000), CLAMPING)
        place.fit()
        assert harness.attribute(".tresta", "data-clamped") is None
        assert harness.visitor.height() == 2000


@in_a_page
async def a_low_element_does_not_keep_its_height(harness: Any) -> None:
    place, here = harness.place(), harness.visitor.here()
    here.style.padding = "20px"
    harness.visitor.put("p", "what the visitor reads")
    place.show(_box(500), CLAMPING)
    place.fit()
    assert harness.attribute(".tresta", "data-clamped") is None and harness.visitor.height() == 540


@in_a_page
async def a_removed_place_shows_the_hosts_own_content_again(harness: Any) -> None:
    here = harness.visitor.here()
    here.textContent = "the host's own"
    here.style.cssText = "color: red; min-height: 240px"
    before, height = here.outerHTML, harness.visitor.height()
    place = harness.place()
    place.show(_box(500), CLAMPING + ":host { border: 9px solid }")
    assert here.outerHTML == before and harness.visitor.style(here, "borderTopWidth") == "9px"
    place.remove()
    place.fit()  # too late, so it does nothing
    assert (here.outerHTML, harness.visitor.height()) == (before, height)
    assert here.firstChild.assignedSlot  # the slot shows it
    assert harness.visitor.style(here, "borderTopWidth") == "0px"
