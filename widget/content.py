"""A widget's content as the API gives it: testimonials, design and the account's telemetry setting."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from .design import Design, parse_design
from .errors import INVALID_CONTENT, ContentError
from .nesting import is_deeper_than
from .telemetry.sampler import DEFAULT_RATE, checked_rate
from .telemetry.schema import is_widget_id

MAX_BYTES = 1_000_000
MAX_DEPTH = 32  # ours has four; newer versions may have more
MODES = ("off", "sampled", "opt-in")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # as few steps as it can have: see nesting.py
# Browsers skip control characters and blanks inside a scheme, so none is let through at all.
_URL = re.compile(r"https?://[^\s\x00-\x20\x7f\"'<>\\]+", re.IGNORECASE)
# How many characters of each text are taken; a longer one is wrong content, not cut silently.
_LENGTHS = {"id": 64, "author": 120, "role": 120, "company": 120, "text": 5000, "avatar": 2000, "url": 2000}


@dataclass(frozen=True)
class Testimonial:
    """One customer's words. All of it is text: nothing here is markup."""

    id: str
    author: str
    text: str
    role: str = ""
    company: str = ""
    avatar: str = ""  # an https or http URL, or empty
    url: str = ""  # where the words were first said: an https or http URL, or empty
    date: str = ""  # YYYY-MM-DD, or empty
    rating: int = 0  # 1 to 5 stars; 0: none given
    verified: bool = False


@dataclass(frozen=True)
class AccountTelemetry:
    """The account's setting: `off`, `sampled` or `opt-in`, and the sampling rate as a fraction."""

    mode: str = "sampled"
    rate: float = DEFAULT_RATE


@dataclass(frozen=True)
class Content:
    """What `GET /api/widgets/{id}/public` answers."""

    id: str
    design: Design
    telemetry: AccountTelemetry
    testimonials: tuple[Testimonial, ...]


def parse_content(text: str) -> Content:
    """The content in a JSON text; raises ContentError(INVALID_CONTENT) that names the first wrong field."""
    if is_deeper_than(MAX_DEPTH, text):
        raise _invalid("The content nests too deeply.")
    try:
        body = json.loads(text)
    except ValueError:
        raise _invalid("The content is not JSON.") from None
    body = _mapping(body, "content")
    if not is_widget_id(body.get("id")):
        raise _invalid("id must be the widget's id.")
    design, problems = parse_design(_mapping(body.get("design", {}), "design"))
    if problems:
        raise _invalid(problems[0])
    testimonials = body.get("testimonials")
    if not isinstance(testimonials, list):
        raise _invalid("testimonials must be a list.")
    return Content(
        id=str(body["id"]),
        design=design,
        telemetry=_telemetry(_mapping(body.get("telemetry", {}), "telemetry")),
        testimonials=tuple(_testimonial(item) for item in testimonials),
    )


def _testimonial(item: object) -> Testimonial:
    fields = _mapping(item, "testimonial")
    texts = {name: _text(fields.get(name, ""), name) for name in _LENGTHS}
    if not (texts["id"] and texts["author"] and texts["text"]):
        raise _invalid("A testimonial needs an id, an author and a text.")
    rating, verified, date = fields.get("rating", 0), fields.get("verified", False), fields.get("date", "")
    if type(rating) is not int or not 0 <= rating <= 5:
        raise _invalid("rating must be a whole number from 1 to 5, or 0 for none.")
    if not isinstance(verified, bool):
        raise _invalid("verified must be true or false.")
    if not isinstance(date, str) or not (date == "" or _is_date(date)):
        raise _invalid("date must be YYYY-MM-DD.")
    links = {name: safe_url(texts.pop(name)) for name in ("avatar", "url")}
    return Testimonial(**texts, **links, date=date, rating=rating, verified=verified)


def _is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and 1 <= int(text[5:7]) <= 12 and 1 <= int(text[8:]) <= 31


def safe_url(url: str) -> str:
    """The URL when it is an absolute http or https one, else an empty string: a link that could run is dropped."""
    return url if url and _URL.fullmatch(url) else ""


def _telemetry(fields: Mapping[str, object]) -> AccountTelemetry:
    mode, rate = fields.get("mode", "sampled"), fields.get("rate", DEFAULT_RATE)
    if not isinstance(mode, str) or mode not in MODES:
        raise _invalid(f"telemetry.mode must be one of {', '.join(MODES)}.")
    try:
        return AccountTelemetry(mode, checked_rate(rate))
    except ValueError:
        raise _invalid("telemetry.rate must be a fraction from 0 to 1.") from None


def _mapping(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _invalid(f"{name} must be an object.")
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or len(value) > _LENGTHS[name]:
        raise _invalid(f"{name} must be a text of at most {_LENGTHS[name]} characters.")
    return value.strip()


def _invalid(message: str) -> ContentError:
    return ContentError(INVALID_CONTENT, message)
