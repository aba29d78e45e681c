"""What a Place does in a real document: styles, sizes, focus and keys."""

from __future__ import annotations

from typing import Any

from .checks import in_a_page
from .place_checks import ROW, ROW_CSS

CLAMPING = ":host { display: block } .tresta[data-clamped] { max-height: var(--tresta-height); overflow: hidden }"


def _box(height: int) -> str:
    return f'<div class="tresta"><div style="height: {height}px"></div></div>'


@in_a_page
async def styles_stay_on_their_side(stand: Any) -> None:
    host = stand.visitor.put("p", "a host's paragraph", class_="ours")
    stand.place().show('<p class="foreign">ours</p>', "p { color: rgb(9, 8, 7) } .ours { color: red }")
    ours = stand.visitor.find("p")
    assert stand.visitor.style(ours, "color") == "rgb(9, 8, 7)"
    assert stand.visitor.style(ours, "position") == "static"
    assert stand.visitor.style(ours, "fontStyle") == "normal"
    assert stand.visitor.style(host, "color") == "rgb(1, 2, 3)"
    assert stand.visitor.style(host, "fontStyle") == "italic"


@in_a_page
async def a_key_is_kept_from_the_browser_only_where_it_is_ours(stand: Any) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    pressed: list[str] = []
    cancel = place.on_key(".row", ("Home", "ArrowLeft"), pressed.append)
    assert stand.press("Home", ".row") is True
    assert stand.press("ArrowLeft", ".row i") is True
    assert stand.press("a", ".row") is False
    assert stand.press("Home", "button") is False  # outside of the row
    for modifier in ("ctrlKey", "altKey", "metaKey"):
        assert stand.press("ArrowLeft", ".row", **{modifier: True}) is False
    assert pressed == ["Home", "ArrowLeft"]
    cancel()
    assert stand.press("Home", ".row") is False


@in_a_page
async def a_scroller_rests_when_the_browser_says_so(stand: Any) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    rests: list[int] = []
    cancel = place.on_scroll(".row", rests.append)
    stand.visitor.move(".row")
    await stand.bridge.sleep(300)  # however long it takes to come there
    assert rests == []
    stand.scroll(".row", 2)
    await stand.until(lambda: rests)
    assert rests == [2]
    cancel()


@in_a_page
async def where_the_browser_does_not_say_so_a_scroller_rests_once_however_often_it_moved(stand: Any) -> None:
    stand.visitor.forget_scrollend()
    place = stand.place()
    place.show(ROW, ROW_CSS)
    held = stand.visitor.held()
    rests: list[int] = []
    cancel = place.on_scroll(".row", rests.append)
    listening = stand.visitor.held()
    for _ in range(5):
        stand.visitor.move(".row")
    await stand.until(lambda: rests)
    assert rests == [0]
    assert stand.visitor.held() == listening > held  # no timer is left
    stand.visitor.move(".row")
    cancel()
    assert stand.visitor.held() == held  # the one that ran is stopped


@in_a_page
async def attention_stays_while_the_focus_moves_within(stand: Any) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    told: list[bool] = []
    cancel = place.on_attention(told.append)
    stand.visitor.move_focus("focusin", ".row", None)
    stand.visitor.move_focus("focusout", ".row", "button")
    stand.visitor.move_focus("focusin", "button", ".row")
    assert told == [True]
    stand.enter()
    stand.visitor.move_focus("focusout", "button", None)
    assert told == [True]  # the pointer is still there
    stand.exit()
    assert told == [True, False]
    cancel()


@in_a_page
async def only_another_width_is_told_and_may_change_the_height(stand: Any) -> None:
    place, here = stand.place(), stand.visitor.here()
    place.show(ROW, ROW_CSS)
    told: list[float] = []

    def resized() -> None:
        told.append(here.clientWidth)
        here.style.height = f"{100 + len(told) * 10}px"  # what a browser calls a ResizeObserver loop

    cancel = place.on_resize(resized)
    here.style.height = "90px"
    await stand.bridge.painted()
    await stand.bridge.painted()
    assert told == []
    here.style.width = "300px"
    await stand.until(lambda: told)
    await stand.bridge.painted()
    await stand.bridge.painted()
    assert told == [300]
    here.style.width = "200px"
    cancel()
    await stand.bridge.painted()
    await stand.bridge.painted()
    assert told == [300]


@in_a_page
async def a_width_told_too_late_is_not_told(stand: Any) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    told: list[str] = []
    cancel = place.on_resize(lambda: told.append("resized"))
    cancelled = stand.at_next_observation(cancel)
    stand.resize()
    await stand.until(cancelled)
    await stand.bridge.painted()
    assert told == []


@in_a_page
async def as_many_items_are_visible_as_fit_side_by_side(stand: Any) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS + ".row { gap: 20px }")
    row = stand.visitor.find(".row")
    for width, fitting in ((60, 1), (100, 1), (215, 1), (220, 2), (330, 2), (339.5, 3), (460, 4)):
        row.style.width = f"{width}px"
        assert place.visible_items(".row") == fitting, width


@in_a_page
async def scrolling_to_a_child_leaves_the_hosts_page_alone(stand: Any) -> None:
    stand.prefer_less_motion(True)
    stand.visitor.here().style.marginTop = "3000px"
    place = stand.place()
    place.show(ROW, ROW_CSS)
    place.scroll_to(".row", 2)
    await stand.until(lambda: stand.scrolled_to(".row") == 2)
    assert stand.visitor.here().ownerDocument.scrollingElement.scrollTop == 0


@in_a_page
async def the_place_keeps_its_height_where_a_change_would_move_what_is_seen(stand: Any) -> None:
    place, here = stand.place(), stand.visitor.here()
    here.style.cssText = "min-height: 200px; padding: 15px; box-sizing: border-box"
    below = stand.visitor.put("p", "what the visitor reads")
    top = below.getBoundingClientRect().top
    place.show(_box(900), CLAMPING)
    assert stand.visitor.height() == 200 and below.getBoundingClientRect().top == top
    place.fit()
    assert stand.attribute(".tresta", "data-clamped") == ""
    assert stand.visitor.height() == 200 and below.getBoundingClientRect().top == top
    place.show(_box(150), CLAMPING)
    assert stand.visitor.height() == 200
    place.fit()  # what fits is not cut
    assert stand.attribute(".tresta", "data-clamped") is None and stand.visitor.height() == 200


@in_a_page
async def a_place_with_nothing_in_view_below_takes_the_height_it_needs(stand: Any) -> None:
    window_height = stand.visitor.here().ownerDocument.defaultView.innerHeight
    for margin, min_height in ((0, window_height + 50), (window_height + 10, 200)):
        stand.visitor.reset()
        here = stand.visitor.here()
        here.style.cssText = f"margin-top: {margin}px; min-height: {min_height}px"
        stand.visitor.put("p", "below the fold")
        place = stand.place()
        place.show(_box(2000), CLAMPING)
        place.fit()
        assert stand.attribute(".tresta", "data-clamped") is None
        assert stand.visitor.height() == 2000


@in_a_page
async def an_element_that_is_hardly_there_is_no_place_kept(stand: Any) -> None:
    place, here = stand.place(), stand.visitor.here()
    here.style.padding = "20px"
    stand.visitor.put("p", "what the visitor reads")
    place.show(_box(500), CLAMPING)
    place.fit()
    assert stand.attribute(".tresta", "data-clamped") is None and stand.visitor.height() == 540


@in_a_page
async def a_removed_place_is_the_hosts_again(stand: Any) -> None:
    here = stand.visitor.here()
    here.textContent = "the host's own"
    here.style.cssText = "color: red; min-height: 240px"
    before, height = here.outerHTML, stand.visitor.height()
    place = stand.place()
    place.show(_box(500), CLAMPING + ":host { border: 9px solid }")
    assert here.outerHTML != before
    place.remove()
    place.fit()  # which has come too late
    assert (here.outerHTML, stand.visitor.height()) == (before, height)
    assert here.firstChild.assignedSlot  # drawn, where the host's style puts it
    assert stand.visitor.style(here, "borderTopWidth") == "0px"
