"""The content API's answer: a widget's content, and a drawing of it by the same code that runs in the page.

The loader shows the drawing at once. If Python starts in the page, it takes over the drawing unchanged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache

from widget.content import Content
from widget.design import NAMES, Design, parse_design
from widget.version import VERSION
from widget.view import draw, state_of, stylesheet

MAX_CHOICE = 256  # characters; every valid value is shorter
CACHE_SIZE = 256  # answers, of about 10 KB each; the tags of a site use few different designs


@dataclass(frozen=True)
class Answer:
    """The JSON text and the ETag of its bytes."""

    body: bytes
    etag: str


def chosen_design(query: Mapping[str, str], base: Design) -> Design:
    """The widget's own design, changed by a tag's attributes. In the query their names have no `data-`.

    As in the page, wrong values and unknown names are ignored.
    """
    values = {name: query.get(name.replace("_", "-")) for name in NAMES}
    choices = {name: value for name, value in values.items() if value is not None and len(value) <= MAX_CHOICE}
    return parse_design(choices, base)[0]


@lru_cache(CACHE_SIZE)
def answer(content: Content, design: Design) -> Answer:
    """The content, and in `drawn` the HTML and CSS of the drawing with the version that made it.

    `state` is the widget's state until Python runs in the page.
    """
    drawing = {
        "version": VERSION,
        "still": True,  # for a cached loader of before: it starts Python for a widget that needs Python to move
        "state": state_of(content, design),
        "html": draw(content, design),
        "css": stylesheet(design),
    }
    text = json.dumps({**asdict(content), "drawn": drawing}, ensure_ascii=False, separators=(",", ":"))
    body = text.encode()
    return Answer(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
