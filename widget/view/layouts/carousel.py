"""Carousel: a row that snaps from card to card, by swipe, arrows, dots, keys or autoplay.

Without a script it is a row to scroll; web/loader/carousel.js adds the behaviour. If the place is too low for the
tallest card, the cards' texts scroll and the place is not cut off, so that arrows and dots stay visible.
"""

from __future__ import annotations

from collections.abc import Sequence

from ...content import Testimonial
from ...design import Design
from ...words import Words, say
from ..card import cards
from ..icons import icon
from ..markup import Element, element

_MANY = 6  # dots; a narrow place shows a counter instead of more
_DOZENS = 20  # dots; any place shows a counter instead of more

CSS = """
.slides {
  display: flex;
  gap: var(--t-gap);
  padding: 4px 4px 24px;
  scroll-padding-inline: 4px;
  overflow-x: auto;
  overscroll-behavior-x: contain;
  scroll-snap-type: x mandatory;
  scrollbar-width: none;
  border-radius: var(--t-radius);
}
.slides::-webkit-scrollbar { display: none }
.slide { flex: 0 0 100%; min-width: 0; scroll-snap-align: start }
.steer { display: flex; align-items: center; justify-content: center; gap: .5em }
.dots { display: flex; justify-content: center; min-width: 0 }
.tresta .dot {
  flex: 0 1 1.75em;
  min-width: 1.5em;
  height: 2.75em;
  display: inline-flex;
  align-items: center;
  justify-content: center;
}
.dot::before {
  content: "";
  width: .6em;
  height: .6em;
  border-radius: .3em;
  border: 2px solid var(--t-quiet);
  background: var(--t-surface);
  transition: width .2s;
}
.dot[aria-current]::before {
  width: 1.4em;
  background: var(--t-control);
  border-color: var(--t-control);
}
.dot:hover::before { border-color: var(--t-control) }
.place {
  display: none;
  min-width: 5em;
  text-align: center;
  font-size: .875em;
  font-variant-numeric: tabular-nums;
  padding: .45em .8em;
  border-radius: 1.4em;
  background: var(--t-surface);
  color: var(--t-quiet);
}
.pause .play, .pause[aria-pressed=true] .pause { display: none }
.pause[aria-pressed=true] .play { display: block }
.steer:dir(rtl) .prev .icon, .steer:dir(rtl) .next .icon { transform: scaleX(-1) }
@container (max-width:33.99em) {
  [data-many] .dots { display: none }
  [data-many] .place { display: block }
}
[data-many=dozens] .dots { display: none }
[data-many=dozens] .place { display: block }
@container (min-width:44em) {
  .slide { flex-basis: calc((100% - var(--t-gap))/2) }
}
@container (min-width:68em) {
  .slide { flex-basis: calc((100% - 2*var(--t-gap))/3) }
}
.tresta[data-clamped] {
  height: max(var(--tresta-height), 20em);
  max-height: none;
}
.tresta[data-clamped] .body {
  height: 100%;
  max-height: none;
  -webkit-mask-image: none;
  mask-image: none;
}
.tresta[data-clamped] .expand { display: none }
[data-clamped] .carousel { display: flex; flex-direction: column; height: 100% }
[data-clamped] .slides { flex: 1; min-height: 0 }
[data-clamped] .quote { overflow-y: auto }
@media (prefers-reduced-motion:reduce) {
  .tresta .pause { display: none }
}
@media print {
  .slides {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 15em), 1fr));
    overflow: visible;
    padding: 0;
  }
  .slide { break-inside: avoid }
  .tresta .steer { display: none }
}
@media (forced-colors:active) {
  .dot::before { border-color: CanvasText }
  .dot[aria-current]::before { background: Highlight; border-color: Highlight; forced-color-adjust: none }
}
"""


def draw(testimonials: Sequence[Testimonial], design: Design, words: Words) -> Element:
    count = len(testimonials)
    slides = (
        element(
            "div",
            card,
            class_="slide",
            role="group",
            aria_roledescription=say(words, "slide"),
            aria_label=say(words, "{n} of {count}", n=index + 1, count=count),
        )
        for index, card in enumerate(cards(testimonials, design, words))
    )
    return element(
        "div",
        element(
            "div",
            *slides,
            class_="slides",
            tabindex="0",
            role="group",
            aria_label=say(words, "Testimonials, a row to scroll"),
        ),
        _steer(count, words, design.autoplay > 0) if count > 1 else None,
        element(
            "p",
            class_="unseen said",
            aria_live="polite",
            aria_atomic="true",
            # What a step of the visitor says, with the slide's number in place of the sign.
            data_text=say(words, "Testimonial {n} of {count}", n="#", count=count),
        ),
        class_="carousel",
        role="group",
        aria_roledescription=say(words, "carousel"),
        aria_label=say(words, "Testimonials"),
        data_many="dozens" if count > _DOZENS else count > _MANY,
        data_autoplay=design.autoplay or None,  # seconds
    )


def _steer(count: int, words: Words, autoplay: bool) -> Element:
    pause = _button("pause", say(words, "Pause the rotation"), icon("pause"), icon("play"))
    pause = pause.with_attributes(aria_pressed="false")
    return element(
        "div",
        pause if autoplay else None,
        _button("prev", say(words, "Previous testimonial"), icon("prev")),
        element(
            "div",
            *(_dot(index, words) for index in range(count)),
            class_="dots",
            role="group",
            aria_label=say(words, "Choose one"),
        ),
        element("span", f"1 / {count}", class_="place", aria_hidden="true"),
        _button("next", say(words, "Next testimonial"), icon("next")),
        class_="steer",
    )


def _button(action: str, label: str, *icons: Element) -> Element:
    return element("button", *icons, type="button", class_=f"pill {action}", data_action=action, aria_label=label)


def _dot(index: int, words: Words) -> Element:
    return element(
        "button",
        type="button",
        class_="dot",
        data_action="go",
        data_index=index,
        aria_label=say(words, "Testimonial {n}", n=index + 1),
        aria_current="true" if index == 0 else None,
    )
