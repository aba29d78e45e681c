"""The embed code: two lines of HTML that put a widget into a page."""

from __future__ import annotations

from html import escape

from widget.content import Content

DEFAULT_API = "https://api.tresta.app"  # what embed.js uses if the tag has no data-api-url; see docs/embed.md

USUAL = "min-height: 360px"
LINE = "min-height: 1.5em; display: inline-block"  # a badge stands in a line of text
ONE_CARD = ("carousel", "marquee")  # as high as a card, however many testimonials there are
# Of all other layouts, by the number of testimonials up to which it holds: three stand side by side on a wide screen.
# What is beyond a screen is not reserved: it moves nothing that is in view.
BY_NUMBER = ((3, USUAL), (6, "min-height: 540px"))
HIGHEST = "min-height: 820px"


def place(content: Content | None) -> str:
    """The style that reserves the widget's place, so that nothing moves when it appears. None: no content is known."""
    if content is None or content.design.layout in ONE_CARD:
        return USUAL
    if content.design.layout == "badge":
        return LINE
    shown = min(len(content.testimonials), content.design.max)
    return next((style for most, style in BY_NUMBER if shown <= most), HIGHEST)


def embed(widget: str, cdn_url: str, public_url: str, style: str = USUAL) -> str:
    """The widget's container, with its place reserved by `style`, and the script tag.

    The tag loads embed.js from `cdn_url`. The widget requests its content from `public_url` and reports to it.
    """
    attributes = {"src": f"{cdn_url.rstrip('/')}/embed.js", "data-widget-id": widget, "data-telemetry": "true"}
    if public_url != DEFAULT_API:
        attributes["data-api-url"] = public_url
    tag = " ".join(["<script async", *(f'{name}="{escape(value)}"' for name, value in attributes.items())])
    return f'<div id="tresta-widget-{widget}" style="{style}"></div>\n{tag}></script>'
