"""What every Place does, on the fake page and on the real one."""

from __future__ import annotations

from .checks import everywhere
from .stand import Stand

ROW = """<div class="tresta"><div class="row" tabindex="0"
  ><i></i><i></i><i></i><i></i></div><button data-action="go" data-index="2">3</button><button data-action="next"
  ><b class="inner">Next</b></button><p class="said"></p></div>"""
ROW_CSS = """:host { display: block } .row { display: flex; overflow-x: auto; width: 200px }
.row i { flex: 0 0 100px; height: 20px }"""


@everywhere
async def show_replaces_what_was_shown(stand: Stand) -> None:
    place = stand.place()
    place.show("<p>one</p>", "p { color: red }")
    assert stand.html() == "<p>one</p>"
    place.show("<p>two</p>", "")
    assert stand.html() == "<p>two</p>"


@everywhere
async def attributes_are_set_and_removed_and_texts_replaced(stand: Stand) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    place.set_attribute("button", "aria-pressed", "true")
    assert stand.attribute("button", "aria-pressed") == "true"
    place.set_attribute("button", "aria-pressed", None)
    assert stand.attribute("button", "aria-pressed") is None
    place.set_text(".said", "<b>Slide</b> 1 of 4")
    assert stand.text(".said") == "<b>Slide</b> 1 of 4"
    place.set_attribute(".unknown", "hidden", "")
    place.set_text(".unknown", "nobody")


@everywhere
async def a_toggle_says_what_it_has_come_to(stand: Stand) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    assert place.toggle("button", "data-open") is True
    assert stand.attribute("button", "data-open") == ""
    assert place.toggle("button", "data-open") is False
    assert stand.attribute("button", "data-open") is None


@everywhere
async def an_action_is_its_word_and_its_index(stand: Stand) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    acts: list[tuple[str, int]] = []
    cancel = place.on_action(lambda word, index: acts.append((word, index)))
    stand.click("go", 2)
    stand.click("next", -1)
    assert acts == [("go", 2), ("next", -1)]
    cancel()
    stand.click("go", 2)
    assert len(acts) == 2


@everywhere
async def a_key_is_heard_when_it_was_asked_for(stand: Stand) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    pressed: list[str] = []
    cancel = place.on_key(".row", ("Home", "End"), pressed.append)
    for key in ("Home", "a", "ArrowLeft", "End"):
        stand.press(key, ".row")
    assert pressed == ["Home", "End"]
    cancel()
    stand.press("Home", ".row")
    assert pressed == ["Home", "End"]


@everywhere
async def a_scroller_at_rest_tells_the_child_at_its_start(stand: Stand) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    rests: list[int] = []
    cancel = place.on_scroll(".row", rests.append)
    assert place.item_at_start(".row") == 0
    stand.scroll(".row", 1)
    await stand.until(lambda: rests)
    assert place.item_at_start(".row") == 1
    stand.scroll(".row", 2)
    await stand.until(lambda: len(rests) == 2)
    assert rests == [1, 2]
    cancel()
    stand.scroll(".row", 0)
    second: list[int] = []
    cancel = place.on_scroll(".row", second.append)
    stand.scroll(".row", 1)
    await stand.until(lambda: second)
    cancel()
    assert rests == [1, 2]


@everywhere
async def a_scroller_is_sent_to_a_child(stand: Stand) -> None:
    stand.prefer_less_motion(True)
    place = stand.place()
    place.show(ROW, ROW_CSS)
    for index in (2, 0, 1):
        place.scroll_to(".row", index)
        await stand.until(lambda index=index: stand.scrolled_to(".row") == index)


@everywhere
async def attention_is_pointer_or_focus_inside(stand: Stand) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    told: list[bool] = []
    cancel = place.on_attention(told.append)
    stand.enter()
    stand.exit()
    assert told == [True, False]
    cancel()
    stand.enter()
    assert told == [True, False]


@everywhere
async def another_width_is_told(stand: Stand) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    told: list[str] = []
    cancel = place.on_resize(lambda: told.append("resized"))
    stand.resize()
    await stand.until(lambda: told)
    cancel()
    second: list[str] = []
    cancel = place.on_resize(lambda: second.append("resized"))
    stand.resize()
    await stand.until(lambda: second)
    cancel()
    assert told == ["resized"]


@everywhere
async def a_removed_place_is_empty_and_can_be_used_again(stand: Stand) -> None:
    place = stand.place()
    place.show(ROW, ROW_CSS)
    place.remove()
    assert stand.text(".tresta") == ""
    again = stand.place()
    again.show("<p>again</p>", "")
    assert stand.html() == "<p>again</p>"
    again.remove()


@everywhere
async def a_handler_of_a_place_that_raises_is_a_debug_line(stand: Stand) -> None:
    assert stand.debugged() == []
    place = stand.place()
    place.show(ROW, ROW_CSS)

    def fail(*_: object) -> None:
        raise ValueError("a bug of ours")

    cancels = [
        place.on_action(fail),
        place.on_key(".row", ["Home"], fail),
        place.on_scroll(".row", fail),
        place.on_attention(fail),
        place.on_resize(fail),
    ]
    stand.click("go", 2)
    stand.press("Home", ".row")
    stand.enter()
    stand.scroll(".row", 1)
    stand.resize()
    await stand.until(lambda: len(stand.debugged()) == 5)
    for cancel in cancels:
        cancel()
    assert {line.splitlines()[0] for line in stand.debugged()} == {"ValueError: a bug of ours"}
