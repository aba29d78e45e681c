"""The two lines of HTML that put a widget into a page."""

from __future__ import annotations

from html import escape

DEFAULT_API = "https://api.tresta.app"  # what embed.js asks where the tag names no other; README's table says so


def embed(widget: str, cdn_url: str, public_url: str) -> str:
    """A widget's place, kept free until it comes, and its script tag.

    The loader is on `cdn_url`, and what the widget asks for and reports goes to `public_url`.
    """
    attributes = {"src": f"{cdn_url.rstrip('/')}/embed.js", "data-widget-id": widget, "data-telemetry": "true"}
    if public_url != DEFAULT_API:
        attributes["data-api-url"] = public_url
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f'<div id="tresta-widget-{widget}" style="min-height: 360px"></div>\n<script async {written}></script>'
