"""Checks of every Place, on the fake page and in a browser."""

from __future__ import annotations

from .checks import everywhere
from .harness import Harness

CONTROLS = """<section class="tresta"><figure class="card" data-index="2"><button type="button" class="more"
data-action="more" data-index="2" data-other="Less" aria-expanded="false">More</button></figure
><button data-action="retry"><b>Try again</b></button></section>"""
RECEIPT = """<section class="tresta"><button type="button" class="mark" data-action="receipt"
popovertarget="sheet">?</button><div id="sheet" class="sheet" popover=""><p>One moment</p></div></section>"""


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
async def each_use_of_a_control_calls_back_until_the_cancel(harness: Harness) -> None:
    place = harness.place()
    place.show(CONTROLS, "")
    uses: list[str] = []
    cancel = place.control(lambda: uses.append("use"))
    harness.use("more")
    harness.use("more")
    assert len(uses) == 2
    cancel()
    cancel()  # a second call does nothing
    harness.use("more")
    assert len(uses) == 2


@everywhere
async def try_again_calls_back_until_the_cancel(harness: Harness) -> None:
    place = harness.place()
    place.show(CONTROLS, "")
    retries: list[str] = []
    cancel = place.on_action("retry", lambda: retries.append("retry"))
    harness.use("retry")
    assert len(retries) == 1
    cancel()
    harness.use("retry")
    assert len(retries) == 1


@everywhere
async def the_receipts_button_calls_back_until_the_cancel(harness: Harness) -> None:
    place = harness.place()
    place.show(RECEIPT, "")
    presses: list[str] = []
    cancel = place.on_action("receipt", lambda: presses.append("press"))
    assert not place.is_receipt_open()
    place.show_receipt("<p>Filled</p>")
    harness.use("receipt")
    assert len(presses) == 1
    cancel()
    harness.use("receipt")
    assert len(presses) == 1


@everywhere
async def a_removed_place_is_empty_and_can_be_used_again(harness: Harness) -> None:
    place = harness.place()
    place.show(CONTROLS, "")
    place.remove()
    assert "tresta" not in harness.html()
    again = harness.place()
    again.show("<p>again</p>", "")
    assert harness.html() == "<p>again</p>"
    again.remove()


@everywhere
async def an_exception_of_a_places_callback_is_a_debug_line(harness: Harness) -> None:
    assert harness.debug_lines() == []
    place = harness.place()
    place.show(CONTROLS, "")

    def fail(*_: object) -> None:
        raise ValueError("a bug in the package")

    cancels = [place.control(fail), place.on_action("retry", fail)]
    harness.use("more")
    harness.use("retry")
    assert [line.splitlines()[0] for line in harness.debug_lines()] == ["ValueError: a bug in the package"] * 2
    for cancel in cancels:
        cancel()
