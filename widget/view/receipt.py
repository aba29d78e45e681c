"""The receipt: a small button in the widget, and a sheet behind it that tells the visitor what is sent.

The browser opens and closes the sheet by itself (https://html.spec.whatwg.org/multipage/popover.html), with Escape too.
It is empty but for a line until Python fills it. Without popovers (Chromium before 114,
Firefox before 125, Safari before 17) it stands below the button once it is filled.
"""

from __future__ import annotations

from ..telemetry.receipt import Receipt
from ..words import Words, say
from .icons import icon
from .markup import Element, element, render

_SHEET = "tresta-receipt"  # its id in the shadow root

CSS = """
.receipt { display: flex; flex-wrap: wrap; margin-block: .75em }
.receipt:first-child { margin-top: 0 }
.receipt:last-child { margin-bottom: 0 }
.tresta .mark {
  display: inline-flex;
  align-items: center;
  gap: .4em;
  min-height: 2em;
  padding: 0 .6em;
  font-size: .875em;
  border-radius: 1em;
  color: var(--t-quiet);
  background: var(--t-surface);
  border: 1px solid var(--t-line);
  text-align: start;
}
.tresta .mark:hover { color: var(--t-control); border-color: currentColor }
.tresta[data-clamped]:not([data-clamped=few]) .body~.receipt {
  position: absolute;
  inset-block-end: .75em;
  inset-inline-start: .75em;
  margin: 0;
}
.tresta[data-clamped]:not([data-clamped=few]) .mark, [data-layout=badge] .mark { gap: 0; padding: 0 .4em }
.tresta[data-clamped]:not([data-clamped=few]) .mark span, [data-layout=badge] .mark span { font-size: 0 }
.tresta[data-layout=badge] { display: flex; align-items: center; gap: .4em }
[data-layout=badge] .receipt { margin: 0 }
.sheet {
  inset: 0;
  margin: auto;
  width: min(34em, 100vw - 2em);
  max-height: min(40em, 100vh - 2em);
  overflow: auto;
  padding: 1.25em;
  border: 1px solid var(--t-line);
  border-radius: var(--t-radius);
  color: var(--t-quiet);
  background: var(--t-surface);
  box-shadow: 0 8px 32px var(--t-shadow);
  white-space: normal;
  text-align: start;
}
.lines { display: flex; flex-direction: column; align-items: flex-start; gap: .75em }
.lines .title { font-weight: 600; color: var(--t-control) }
.lines ul { align-self: stretch }
.lines li {
  display: flex;
  flex-wrap: wrap;
  justify-content: space-between;
  gap: 0 1.5em;
  padding: .35em 0;
  border-bottom: 1px solid var(--t-line);
}
.lines .no { font-weight: 600 }
.lines .bytes {
  align-self: stretch;
  padding: .75em;
  font-family: ui-monospace, monospace;
  font-size: .875em;
  overflow-wrap: anywhere;
  border: 1px solid var(--t-line);
  border-radius: .5em;
}
.lines a { color: var(--t-control); text-underline-offset: .2em }
@supports not selector(:popover-open) {
  .sheet { width: 100%; max-height: none; margin: .5em 0 0; padding: 0; border: 0; box-shadow: none }
  .lines { padding: 1.25em }
  .sheet>p, .lines .close { display: none }
}
@media print {
  .receipt { display: none }
}
"""


def draw_mark(words: Words) -> Element:
    """The button, and the sheet before Python fills it."""
    name = say(words, "About this widget's data")
    mark = element(
        "button",
        icon("info"),
        element("span", name),
        type="button",
        class_="mark",
        popovertarget=_SHEET,
        data_action="receipt",
    )
    wait = element("p", say(words, "One moment, please."), role="status")
    sheet = element("div", wait, id=_SHEET, class_="sheet", popover=True, role="group", aria_label=name, tabindex="-1")
    return element("div", mark, sheet, class_="receipt")


def draw_receipt(receipt: Receipt, words: Words, link: str) -> str:
    """The HTML of the filled sheet. `link` leads to the account's documents; empty: there are none."""
    refusal = say(words, "Someone says no, so nothing is sent.")
    lines = element(
        "div",
        element("p", say(words, "About this widget's data"), class_="title"),
        element("p", _sample(receipt, words)),
        element("p", refusal) if receipt.is_refused and not receipt.is_stopped else None,
        element("p", say(words, "Who allows that something is sent:")),
        _answers(receipt, words),
        _stopped(words) if receipt.is_stopped else _stop(words),
        *_sent(receipt, words),
        _link(words, link) if link else None,
        _close(words),
        class_="lines",
    )
    return render(lines)


def _sample(receipt: Receipt, words: Words) -> str:
    if receipt.is_in_sample:
        return say(words, "This page view is in the sample that is counted.")
    if receipt.is_in_sample_on_error:
        return say(words, "This page view is counted only if an error happens.")
    return say(words, "This page view is not in the sample that is counted.")


def _answers(receipt: Receipt, words: Words) -> Element:
    who = {
        "do_not_track": say(words, "Do Not Track in your browser"),
        "global_privacy_control": say(words, "Global Privacy Control in your browser"),
        "page": say(words, "This page"),
        "account": say(words, "The owner of the widget"),
        "visitor": say(words, "You, here"),
    }
    what = {"yes": say(words, "Yes"), "no": say(words, "No"), "": say(words, "No answer")}
    lines = [(name, receipt.answers[key]) for key, name in who.items()]
    items = (
        element("li", element("span", name), element("span", what[yes], class_=yes or None)) for name, yes in lines
    )
    return element("ul", *items, role="list")


def _sent(receipt: Receipt, words: Words) -> list[Element]:
    if not receipt.sent:
        return [element("p", say(words, "Nothing has been sent from this page."))]
    bodies = [element("p", body, class_="bytes", lang="en", dir="ltr") for body in receipt.sent]
    return [element("p", say(words, "Sent from this page, byte by byte:")), *bodies]


def _stopped(words: Words) -> Element:
    text = say(words, "Stopped. Nothing more is sent from this page until you load it again.")
    return element("p", text, class_="no", role="status", tabindex="-1")


def _link(words: Words, link: str) -> Element:
    text = say(words, "All that is ever sent, and for how long it is kept, in a new tab")
    return element("a", text, href=link, target="_blank", rel="noopener noreferrer")


def _stop(words: Words) -> Element:
    return element("button", say(words, "Stop on this page"), type="button", class_="pill worded", data_action="stop")


def _close(words: Words) -> Element:
    return element(
        "button",
        say(words, "Close"),
        type="button",
        class_="pill worded close",
        popovertarget=_SHEET,
        popovertargetaction="hide",
    )
