"""A widget's content from the API: testimonials, design and the account's telemetry setting."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .design import Design, parse_design
from .errors import INVALID_CONTENT, ContentError
from .nesting import is_deeper_than
from .telemetry.sampler import DEFAULT_RATE, clamp_rate
from .telemetry.schema import is_truth, is_variant, is_widget_id
from .words import Words

MAX_BYTES = 1_000_000
MAX_DEPTH = 32  # the content nests four levels; newer versions may nest deeper
MODES = ("off", "sampled", "opt-in")
RECEIPTS = ("none", "top", "bottom")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")  # a cheap pattern: see nesting.py
# Browsers ignore control characters and blanks inside a scheme, so a URL must not contain any.
_URL = re.compile(r"https?://[^\s\x00-\x20\x7f\"'<>\\]+", re.IGNORECASE)
# The most characters of each text. A longer text is an error and is not cut.
_LENGTHS = {"id": 64, "author": 120, "role": 120, "company": 120, "text": 5000, "avatar": 2000, "url": 2000}


@dataclass(frozen=True)
class Testimonial:
    """One customer's testimonial. All fields are plain text, not markup."""

    id: str
    author: str
    text: str
    role: str = ""
    company: str = ""
    avatar: str = ""  # an https or http URL, or empty
    url: str = ""  # the original testimonial: an https or http URL, or empty
    date: str = ""  # YYYY-MM-DD, or empty
    rating: int = 0  # 1 to 5 stars; 0: no rating
    verified: bool = False


@dataclass(frozen=True)
class AccountTelemetry:
    """The account's setting: `off`, `sampled` or `opt-in`, and the sampling rate as a fraction.

    `receipt` is where the widget has the button of the receipt, which tells a visitor what is sent: one of RECEIPTS.
    `rate_on_error` is the sampling rate of errors, if it is the higher one; 0: there is none.
    """

    mode: str = "sampled"
    rate: float = DEFAULT_RATE
    receipt: str = "none"
    rate_on_error: float = 0.0


@dataclass(frozen=True)
class Variant:
    """The variant of a running experiment that this page view shows. Its options go before those of the tag."""

    code: str  # such as e7-b: the experiment and its variant
    design: tuple[tuple[str, object], ...]


@dataclass(frozen=True)
class Regions:
    """The account wants the region of its page views. `truth` is the probability with which a page names its own."""

    truth: float = 1.0


@dataclass(frozen=True)
class Content:
    """The answer to `GET /api/widgets/{id}/public`."""

    id: str
    design: Design
    telemetry: AccountTelemetry
    testimonials: tuple[Testimonial, ...]
    variant: Variant | None = None
    regions: Regions | None = None  # None: the page tells no region
    words: Words = field(default_factory=dict, hash=False)  # empty: English
    account: str = ""  # whose documents the receipt links to; empty without a receipt


def parse_content(text: str) -> Content:
    """The content of a JSON text. Raises ContentError(INVALID_CONTENT), which names the first invalid field."""
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
        variant=_variant(body.get("variant")),
        regions=_regions(body.get("regions")),
        words=_mapping(body.get("words", {}), "words"),
        account=_account(body.get("account", "")),
    )


def _account(value: object) -> str:
    if value != "" and not is_widget_id(value):  # the ids of accounts have the same form
        raise _invalid("account must be an account's id.")
    return str(value)


def _variant(value: object) -> Variant | None:
    if value is None:
        return None
    fields = _mapping(value, "variant")
    if not is_variant(fields.get("code")):
        raise _invalid("variant.code must be an experiment and a letter, such as e7-b.")
    design = [*_mapping(fields.get("design", {}), "variant.design").items()]
    return Variant(str(fields["code"]), (*design,))  # not `tuple(...)`: it is not in the code that runs at every visit


def _regions(value: object) -> Regions | None:
    if value is None:
        return None
    truth = _mapping(value, "regions").get("truth", 1)
    if truth != 1 and not is_truth(truth):
        raise _invalid("regions.truth must be a probability, more than that of any other region.")
    return Regions(float(truth))  # type: ignore[arg-type]


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
    """The URL if it is absolute http or https, else an empty string: other schemes can run scripts."""
    return url if url and _URL.fullmatch(url) else ""


def _telemetry(fields: Mapping[str, object]) -> AccountTelemetry:
    mode, rate = fields.get("mode", "sampled"), fields.get("rate", DEFAULT_RATE)
    receipt, rate_on_error = fields.get("receipt", "none"), fields.get("rate_on_error", 0)
    if not isinstance(mode, str) or mode not in MODES:
        raise _invalid(f"telemetry.mode must be one of {', '.join(MODES)}.")
    if not isinstance(receipt, str) or receipt not in RECEIPTS:
        raise _invalid(f"telemetry.receipt must be one of {', '.join(RECEIPTS)}.")
    try:
        return AccountTelemetry(mode, clamp_rate(rate), receipt, clamp_rate(rate_on_error))
    except ValueError:
        raise _invalid("telemetry's rates must be fractions from 0 to 1.") from None


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
