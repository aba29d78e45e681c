"""What the content API answers: a widget's content, and the widget drawn from it by the code that runs in the page.

The loader shows the drawing at once, and the page's Python, where it starts at all, takes it over as it stands.
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
from widget.view import draw, is_still, state_of, stylesheet

MAX_CHOICE = 256  # characters; no right value is longer
KEPT_ANSWERS = 256  # one has some ten kilobytes, and a tag's choices are one of few


@dataclass(frozen=True)
class Answer:
    """The JSON text, and what its bytes are known by."""

    body: bytes
    etag: str


def chosen_design(query: Mapping[str, str], base: Design) -> Design:
    """The widget's own design with a tag's choices on top: its attributes without `data-`, as query parameters.

    As in the page, wrong values and unknown names change nothing.
    """
    given = {name: query.get(name.replace("_", "-")) for name in NAMES}
    choices = {name: value for name, value in given.items() if value is not None and len(value) <= MAX_CHOICE}
    return parse_design(choices, base)[0]


@lru_cache(KEPT_ANSWERS)
def answer(content: Content, design: Design) -> Answer:
    """The content as it was published, and `drawn`: by which version, what it shows, its HTML and CSS.

    `still` says that nothing of it needs Python, `state` is what the page tells of it as long as Python is not there.
    """
    drawn = {
        "version": VERSION,
        "still": is_still(content, design),
        "state": state_of(content, design),
        "html": draw(content, design),
        "css": stylesheet(design),
    }
    text = json.dumps({**asdict(content), "drawn": drawn}, ensure_ascii=False, separators=(",", ":"))
    body = text.encode()
    return Answer(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
