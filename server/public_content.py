"""The content API's answer: a widget's content, and a drawing of it by the same code that runs in the page.

The loader shows the drawing at once. If Python starts in the page, it takes over the drawing unchanged.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any

from widget.content import AccountTelemetry, Content
from widget.design import NAMES, Design, parse_design
from widget.version import VERSION
from widget.view import draw, state_of, stylesheet

from . import languages

MAX_CHOICE = 256  # characters; every valid value is shorter
CACHE_SIZE = 256  # answers, of about 10 KB each; the tags of a site use few different designs


@dataclass(frozen=True)
class Answer:
    """The JSON text and the ETag of its bytes."""

    body: bytes
    etag: str


def of_account(content: Content, telemetry: AccountTelemetry, account: str) -> Content:
    """The content with its account's setting, and with the account's id where the receipt leads to its documents."""
    return replace(content, telemetry=telemetry, account="" if telemetry.receipt == "none" else account)


def in_language(content: Content, query: Mapping[str, str]) -> Content:
    """The content with words in the language of the tag, else of the page, else of the widget's own design."""
    tags = (query.get("language", ""), query.get("lang", ""), content.design.language)
    language = languages.choose(*(tag for tag in tags if len(tag) <= MAX_CHOICE))
    return replace(content, words=languages.words(language, receipt=content.telemetry.receipt != "none"))


def chosen_design(query: Mapping[str, str], content: Content) -> Design:
    """The widget's own design, changed by a tag's attributes and then by the variant of an experiment.

    In the query the attributes' names have no `data-`. As in the page, wrong values and unknown names are ignored.
    """
    values = {name: query.get(name.replace("_", "-")) for name in NAMES}
    choices = {name: value for name, value in values.items() if value is not None and len(value) <= MAX_CHOICE}
    design = parse_design(choices, content.design)[0]
    return parse_design(dict(content.variant.design), design)[0] if content.variant else design


@lru_cache(CACHE_SIZE)
def answer(content: Content, design: Design) -> Answer:
    """The content, and in `drawn` the HTML and CSS of the drawing with the version that made it.

    English content has no `words`, and content without a variant or without regions no such field. The language is
    the words', whatever the design says. `state` is the widget's state until Python runs in the page.
    """
    drawing = {
        "version": VERSION,
        "still": True,  # for a cached loader of before: it starts Python for a widget that needs Python to move
        "state": state_of(content, design),
        "html": draw(content, design),
        "css": stylesheet(design, receipt=content.telemetry.receipt != "none"),
    }
    fields: dict[str, Any] = {**asdict(content), "drawn": drawing}
    fields["variant"] = content.variant and {"code": content.variant.code, "design": dict(content.variant.design)}
    if not content.variant:
        del fields["variant"]
    if not content.regions:
        del fields["regions"]
    if not content.words:
        del fields["words"]
    if not content.telemetry.rate_on_error:
        del fields["telemetry"]["rate_on_error"]
    if content.telemetry.receipt == "none":
        del fields["telemetry"]["receipt"], fields["account"]
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    body = text.encode()
    return Answer(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')
