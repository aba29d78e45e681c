"""The line of HTML that puts a widget into a page."""

from __future__ import annotations

from html import escape

DEFAULT_API = "https://api.tresta.app"  # what embed.js asks where the tag names no other; README's table says so


def embed(widget: str, cdn_url: str, public_url: str) -> str:
    """The script tag of a widget, whose loader is on `cdn_url` and whose content and telemetry are on `public_url`."""
    attributes = {"src": f"{cdn_url.rstrip('/')}/embed.js", "data-widget-id": widget, "data-telemetry": "true"}
    if public_url != DEFAULT_API:
        attributes["data-api-url"] = public_url
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<script async {written}></script>"
