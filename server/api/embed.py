"""The embed code: two lines of HTML that put a widget into a page."""

from __future__ import annotations

from html import escape

DEFAULT_API = "https://api.tresta.app"  # what embed.js uses if the tag has no data-api-url; see docs/embed.md


def embed(widget: str, cdn_url: str, public_url: str) -> str:
    """The widget's container, with its space reserved, and the script tag.

    The tag loads embed.js from `cdn_url`. The widget requests its content from `public_url` and reports to it.
    """
    attributes = {"src": f"{cdn_url.rstrip('/')}/embed.js", "data-widget-id": widget, "data-telemetry": "true"}
    if public_url != DEFAULT_API:
        attributes["data-api-url"] = public_url
    tag = " ".join(["<script async", *(f'{name}="{escape(value)}"' for name, value in attributes.items())])
    return f'<div id="tresta-widget-{widget}" style="min-height: 360px"></div>\n{tag}></script>'
