"""Checks of every Place, on the fake page and in a browser."""

from __future__ import annotations

from functools import partial

from .checks import everywhere
from .harness import Harness

ROW = """<div class="tresta"><div class="row" tabindex="0"
  ><i></i><i></i><i></i><i></i></div><button data-action="go" data-index="2">3</button><button data-action="next"
  ><b class="inner">Next</b></button><p class="said"></p></div>"""
ROW_CSS = """:host { display: block } .row { display: flex; overflow-x: auto; width: 200px }
.row i { flex: 0 0 100px; height: 20px }"""


@everywhere
async def the_language_is_that_around_the_place(harness: Harness) -> None:
    place = harness.place()
    harness.speak("de-AT")
    assert place.language() == "de-AT"


@everywhere
async def show_replaces_the_content(harness: Harness) -> None:
    place = harness.place()
    place.show("<p>one</p>", "p { color: red }")
    assert harness.html() == "<p>one</p>"
    place.show("<p>two</p>", "")
    assert harness.html() == "<p>two</p>"


@everywhere
async def attributes_are_set_and_removed_and_texts_replaced(harness: Harness) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    place.set_attribute("button", "aria-pressed", "true")
    assert harness.attribute("button", "aria-pressed") == "true"
    place.set_attribute("button", "aria-pressed", None)
    assert harness.attribute("button", "aria-pressed") is None
    place.set_text(".said", "<b>Slide</b> 1 of 4")
    assert harness.text(".said") == "<b>Slide</b> 1 of 4"
    place.set_attribute(".unknown", "hidden", "")
    place.set_text(".unknown", "nobody")


@everywhere
async def toggle_returns_whether_the_attribute_is_set(harness: Harness) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    assert place.toggle("button", "data-open") is True
    assert harness.attribute("button", "data-open") == ""
    assert place.toggle("button", "data-open") is False
    assert harness.attribute("button", "data-open") is None


@everywhere
async def an_action_has_its_name_and_its_index(harness: Harness) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    actions: list[tuple[str, int]] = []
    cancel = place.on_action(lambda name, index: actions.append((name, index)))
    harness.click("go", 2)
    harness.click("next", -1)
    assert actions == [("go", 2), ("next", -1)]
    cancel()
    harness.click("go", 2)
    assert len(actions) == 2


@everywhere
async def on_key_fires_only_for_its_keys(harness: Harness) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    pressed: list[str] = []
    cancel = place.on_key(".row", ("Home", "End"), pressed.append)
    for key in ("Home", "a", "ArrowLeft", "End"):
        harness.press(key, ".row")
    assert pressed == ["Home", "End"]
    cancel()
    harness.press("Home", ".row")
    assert pressed == ["Home", "End"]


@everywhere
async def on_scroll_gives_the_child_at_the_start(harness: Harness) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    indexes: list[int] = []
    cancel = place.on_scroll(".row", indexes.append)
    assert place.item_at_start(".row") == 0
    harness.scroll(".row", 1)
    await harness.until(lambda: indexes)
    assert place.item_at_start(".row") == 1
    harness.scroll(".row", 2)
    await harness.until(lambda: len(indexes) == 2)
    assert indexes == [1, 2]
    cancel()
    harness.scroll(".row", 0)
    second: list[int] = []
    cancel = place.on_scroll(".row", second.append)
    harness.scroll(".row", 1)
    await harness.until(lambda: second)
    cancel()
    assert indexes == [1, 2]


def _is_scrolled_to(harness: Harness, index: int) -> bool:
    return harness.scrolled_to(".row") == index


@everywhere
async def scroll_to_scrolls_to_a_child(harness: Harness) -> None:
    harness.prefer_less_motion(True)
    place = harness.place()
    place.show(ROW, ROW_CSS)
    for index in (2, 0, 1):
        place.scroll_to(".row", index)
        await harness.until(partial(_is_scrolled_to, harness, index))


@everywhere
async def attention_is_pointer_or_focus_inside(harness: Harness) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    calls: list[bool] = []
    cancel = place.on_attention(calls.append)
    harness.enter()
    harness.exit()
    assert calls == [True, False]
    cancel()
    harness.enter()
    assert calls == [True, False]


@everywhere
async def on_resize_fires_for_another_width(harness: Harness) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    calls: list[str] = []
    cancel = place.on_resize(lambda: calls.append("resized"))
    harness.resize()
    await harness.until(lambda: calls)
    cancel()
    second: list[str] = []
    cancel = place.on_resize(lambda: second.append("resized"))
    harness.resize()
    await harness.until(lambda: second)
    cancel()
    assert calls == ["resized"]


@everywhere
async def a_removed_place_is_empty_and_can_be_used_again(harness: Harness) -> None:
    place = harness.place()
    place.show(ROW, ROW_CSS)
    place.remove()
    assert harness.text(".tresta") == ""
    again = harness.place()
    again.show("<p>again</p>", "")
    assert harness.html() == "<p>again</p>"
    again.remove()


@everywhere
async def an_exception_of_a_places_callback_is_a_debug_line(harness: Harness) -> None:
    assert harness.debug_lines() == []
    place = harness.place()
    place.show(ROW, ROW_CSS)

    def fail(*_: object) -> None:
        raise ValueError("a bug in the package")

    cancels = [
        place.on_action(fail),
        place.on_key(".row", ["Home"], fail),
        place.on_scroll(".row", fail),
        place.on_attention(fail),
        place.on_resize(fail),
    ]
    harness.click("go", 2)
    harness.press("Home", ".row")
    harness.enter()
    harness.scroll(".row", 1)
    harness.resize()
    await harness.until(lambda: len(harness.debug_lines()) == 5)
    for cancel in cancels:
        cancel()
    assert {line.splitlines()[0] for line in harness.debug_lines()} == {"ValueError: a bug in the package"}
