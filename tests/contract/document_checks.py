"""Checks of a Place in a real document: styles, sizes, focus and keys."""

from __future__ import annotations

from typing import Any

from .checks import in_a_page
from .place_checks import ROW, ROW_CSS

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
async def only_the_widgets_own_keys_are_kept_from_the_browser(harness: Any) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    pressed: list[str] = []
    cancel = place.on_key(".row", ("Home", "ArrowLeft"), pressed.append)
    assert harness.press("Home", ".row") is True
    assert harness.press("ArrowLeft", ".row i") is True
    assert harness.press("a", ".row") is False
    assert harness.press("Home", "button") is False  # outside the row
    for modifier in ("ctrlKey", "altKey", "metaKey"):
        assert harness.press("ArrowLeft", ".row", **{modifier: True}) is False
    assert pressed == ["Home", "ArrowLeft"]
    cancel()
    assert harness.press("Home", ".row") is False


@in_a_page
async def on_scroll_fires_at_the_browsers_scrollend(harness: Any) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    indexes: list[int] = []
    cancel = place.on_scroll(".row", indexes.append)
    harness.visitor.move(".row")
    await harness.bridge.sleep(300)  # without a scrollend event
    assert indexes == []
    harness.scroll(".row", 2)
    await harness.until(lambda: indexes)
    assert indexes == [2]
    cancel()


@in_a_page
async def without_scrollend_on_scroll_fires_once_after_the_last_movement(harness: Any) -> None:
    harness.visitor.remove_scrollend()
    place = harness.place()
    place.show(ROW, ROW_CSS)
    before = harness.visitor.resource_count()
    indexes: list[int] = []
    cancel = place.on_scroll(".row", indexes.append)
    listening = harness.visitor.resource_count()
    for _ in range(5):
        harness.visitor.move(".row")
    await harness.until(lambda: indexes)
    assert indexes == [0]
    assert harness.visitor.resource_count() == listening > before  # no timer is left
    harness.visitor.move(".row")
    cancel()
    assert harness.visitor.resource_count() == before  # the running timer has stopped


@in_a_page
async def attention_stays_while_the_focus_moves_inside(harness: Any) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    calls: list[bool] = []
    cancel = place.on_attention(calls.append)
    harness.visitor.move_focus("focusin", ".row", None)
    harness.visitor.move_focus("focusout", ".row", "button")
    harness.visitor.move_focus("focusin", "button", ".row")
    assert calls == [True]
    harness.enter()
    harness.visitor.move_focus("focusout", "button", None)
    assert calls == [True]  # the pointer is still inside
    harness.exit()
    assert calls == [True, False]
    cancel()


@in_a_page
async def on_resize_fires_only_for_the_width_and_may_change_the_height(harness: Any) -> None:
    place, here = harness.place(), harness.visitor.here()
    place.show(ROW, ROW_CSS)
    calls: list[float] = []

    def resized() -> None:
        calls.append(here.clientWidth)
        here.style.height = f"{100 + len(calls) * 10}px"  # browsers call this a ResizeObserver loop

    cancel = place.on_resize(resized)
    here.style.height = "90px"
    await harness.bridge.wait_for_paint()
    await harness.bridge.wait_for_paint()
    assert calls == []
    here.style.width = "300px"
    await harness.until(lambda: calls)
    await harness.bridge.wait_for_paint()
    await harness.bridge.wait_for_paint()
    assert calls == [300]
    here.style.width = "200px"
    cancel()
    await harness.bridge.wait_for_paint()
    await harness.bridge.wait_for_paint()
    assert calls == [300]


@in_a_page
async def on_resize_does_not_fire_after_its_cancel(harness: Any) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    calls: list[str] = []
    cancel = place.on_resize(lambda: calls.append("resized"))
    is_cancelled = harness.at_next_observation(cancel)
    harness.resize()
    await harness.until(is_cancelled)
    await harness.bridge.wait_for_paint()
    assert calls == []


@in_a_page
async def visible_items_is_how_many_fit_side_by_side(harness: Any) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS + ".row { gap: 20px }")
    row = harness.visitor.find(".row")
    for width, count in ((60, 1), (100, 1), (215, 1), (220, 2), (330, 2), (339.5, 3), (460, 4)):
        row.style.width = f"{width}px"
        assert place.visible_items(".row") == count, width


@in_a_page
async def scrolling_to_a_child_does_not_scroll_the_host_page(harness: Any) -> None:
    harness.prefer_less_motion(True)
    harness.visitor.here().style.marginTop = "3000px"
    place = harness.place()
    place.show(ROW, ROW_CSS)
    place.scroll_to(".row", 2)
    await harness.until(lambda: harness.scrolled_to(".row") == 2)
    assert harness.visitor.here().ownerDocument.scrollingElement.scrollTop == 0


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
    assert here.outerHTML != before
    place.remove()
    place.fit()  # too late, so it does nothing
    assert (here.outerHTML, harness.visitor.height()) == (before, height)
    assert here.firstChild.assignedSlot  # the slot shows it
    assert harness.visitor.style(here, "borderTopWidth") == "0px"
