"""A widget in several designs side by side, as the server draws it for visitors. No visitor is counted for it."""

import json

import js
from pyscript.ffi import to_js

from .. import experiments
from ..api import Api, ApiError
from ..dom import h
from ..route import quote
from ..types import Element, Json


async def draw(api: Api, widget: str, designs: list[Json]) -> list[Element]:
    """The widget in each design, or why it cannot be drawn."""
    previews = []
    for number, design in enumerate(designs):  # MicroPython has no `await` in a comprehension
        preview = await _preview(api, widget, experiments.LETTERS[number], design)
        previews.append(preview)
    return previews


async def _preview(api: Api, widget: str, letter: str, design: Json) -> Element:
    title = f"{letter}: {experiments.words(design)}"
    options = "".join(f"&{name.replace('_', '-')}={quote(str(design[name]))}" for name in sorted(design))
    try:
        # Beside /api/v1: the address that pages ask.
        answer = json.loads(await api.text(f"/../widgets/{quote(widget)}/public?preview=true{options}"))
        drawing = _shadow(answer["drawn"])
    except ApiError as error:
        drawing = h("p", {"class": "problem"}, error.sentence)
    box = h("div", {"class": "preview", "tabindex": "0", "role": "region", "aria-label": f"Variant {title}"}, drawing)
    return h("figure", None, h("figcaption", {"class": "small"}, title), box)


def _shadow(drawn: Json) -> Element:
    """The drawing in a shadow root, without its pictures, which are of other sites, and without anything to press."""
    host = h("div", {"inert": True})
    sheet = js.CSSStyleSheet.new()
    sheet.replaceSync(drawn["css"])
    template = js.document.createElement("template")
    template.innerHTML = drawn["html"]  # nothing of it loads or runs before it is in the page
    picture = template.content.querySelector("img")
    while picture:
        picture.remove()
        picture = template.content.querySelector("img")
    root = host.attachShadow(to_js({"mode": "open"}))
    root.adoptedStyleSheets = to_js([sheet])
    root.append(template.content)
    return host
