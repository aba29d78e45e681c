"""The states without testimonials: loading, empty and error."""

from __future__ import annotations

from ..design import Design
from ..words import Words, say
from .icons import icon
from .markup import Element, Node, element

_GHOSTS = {"list": 3, "carousel": 3, "marquee": 4}  # other layouts: 6

STATES = """
.ghosts {
  display: grid;
  gap: var(--t-gap);
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 17em), 1fr));
}
[data-layout=list] .ghosts { grid-template-columns: 1fr }
[data-layout=carousel] .ghosts, [data-layout=marquee] .ghosts {
  grid-template-rows: auto;
  grid-auto-rows: 0;
  row-gap: 0;
  overflow: hidden;
  padding: 4px;
}
.ghost { min-height: 13em }
.ghost .bar {
  height: .8em;
  border-radius: .4em;
  background: var(--t-line);
  animation: tresta-wait 1.6s ease-in-out infinite;
}
.ghost .bar:nth-child(1) { width: 40% }
.ghost .bar:nth-child(4) { width: 70% }
.ghost .bar:last-child { width: 50%; margin-top: auto }
@keyframes tresta-wait {
  50% { opacity: .4 }
}
.note {
  display: flex;
  flex-direction: column;
  align-items: center;
  gap: 1em;
  padding: 2.5em 1.5em;
  text-align: center;
  border-radius: var(--t-radius);
  border: 1px solid var(--t-line);
  background: var(--t-surface);
  color: var(--t-quiet);
}
.note .icon { width: 2em; height: 2em; color: var(--t-control) }
"""


def loading(design: Design, words: Words) -> Element:
    """Cards without text, of about the size of the real ones."""
    count = min(design.max, _GHOSTS.get(design.layout, 6))
    ghost = element("div", *(element("div", class_="bar") for _ in range(5)), class_="card ghost")
    return element(
        "div",
        element("p", say(words, "The testimonials are loading."), class_="unseen", role="status"),
        element("div", *(ghost for _ in range(count)), class_="ghosts", aria_hidden="true"),
        class_="body",
    )


def empty(words: Words) -> Element:
    """The note that there are no testimonials yet."""
    return _note(say(words, "There are no testimonials here yet. Please come back later."))


def error(words: Words, retry: bool) -> Element:
    """The note that the testimonials cannot be shown; `retry` adds a button to try again."""
    if not retry:
        return _note(say(words, "The testimonials cannot be shown right now. Please come back later."))
    text = say(words, "The testimonials cannot be shown right now.")
    button = element("button", say(words, "Try again"), type="button", class_="pill worded", data_action="retry")
    return _note(text, button)


def _note(text: str, button: Node = None) -> Element:
    return element("div", icon("quote"), element("p", text, role="status"), button, class_="body note")
