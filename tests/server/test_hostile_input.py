"""Input made by machine: whatever it is, the answer is a value or the documented error."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from string import printable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile import TEXTS, URLS
from widget.config import embed_config
from widget.content import Content, Testimonial, parse_content
from widget.design import NAMES, Design, parse_design
from widget.errors import ConfigError, ContentError, EventRejected
from widget.telemetry.parser import parse
from widget.telemetry.schema import (
    DIGEST,
    LAYOUTS,
    MAX_COUNT,
    MAX_LOAD_MS,
    MIN_RATE,
    REGIONS,
    Load,
    WidgetReport,
    encode,
)
from widget.view import draw

CHECKS = list(HealthCheck)
MANY = settings(max_examples=200, deadline=None, suppress_health_check=CHECKS, database=None, derandomize=True)

words = st.one_of(st.text(max_size=40), st.sampled_from((*TEXTS, *URLS, *LAYOUTS, "w1", "0.1.0", "API_ERROR")))
plain = st.none() | st.booleans() | st.integers() | st.floats() | words
anything = st.recursive(plain, lambda child: st.lists(child, max_size=4) | st.dictionaries(words, child, max_size=4))

report = st.fixed_dictionaries(
    {
        "widget": words,
        "version": words,
        "rate": st.floats() | st.integers(-1, 2),
        "loads": st.lists(st.fixed_dictionaries({"layout": words, "load_ms": st.integers() | st.floats()}), max_size=3),
        "errors": st.dictionaries(words, st.integers(), max_size=3),
        "interactions": st.dictionaries(words, st.integers(), max_size=3),
    },
    optional={"variant": words, "region": words | st.sampled_from(REGIONS), "truth": st.floats()},
)
counts = st.integers(1, MAX_COUNT)
valid_report = st.builds(
    WidgetReport,
    widget=st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    version=st.sampled_from(["0.1.0", "12.3.4-rc.1"]),
    rate=st.floats(MIN_RATE, 0.5),
    loads=st.lists(st.builds(Load, st.sampled_from(LAYOUTS), st.integers(0, MAX_LOAD_MS)), min_size=1, max_size=3),
    errors=st.dictionaries(st.from_regex(r"[A-Z][A-Z0-9_]{0,47}", fullmatch=True), counts, max_size=3),
    interactions=st.dictionaries(st.sampled_from(LAYOUTS), counts, max_size=3),
    variant=st.from_regex(r"(e[1-9][0-9]{0,8}-[a-d])?", fullmatch=True),
    region=st.sampled_from(REGIONS),
    truth=st.just(1.0) | st.floats(0.05, 0.99),
)
batch = st.fixed_dictionaries({"schema": st.sampled_from([1, 2, 2, 2]), "widgets": st.lists(report, max_size=3)})


@MANY
@given(st.one_of(anything.map(json.dumps), st.text(), st.binary()))
def test_any_body_is_a_batch_or_rejected(body):
    try:
        assert parse(body)
    except EventRejected as error:
        assert error.reason.replace("_", "").isalpha()


@MANY
@given(batch)
def test_any_fields_of_a_batch_are_taken_or_rejected(fields):
    try:
        assert parse(json.dumps(fields | ({"digest": DIGEST} if fields["schema"] == 2 else {})))
    except EventRejected as error:
        assert error.reason.replace("_", "").isalpha()


@MANY
@given(st.lists(valid_report, min_size=1, max_size=3))
def test_a_batch_says_after_parsing_what_it_said_before(reports):
    assert parse(encode(reports)) == reports


@MANY
@given(anything)
def test_any_content_is_content_or_one_sentence(value):
    for text in (json.dumps(value), json.dumps({"id": "w1", "testimonials": value}), str(value)):
        try:
            assert isinstance(parse_content(text), Content)
        except ContentError as error:
            assert str(error).endswith(".")


@MANY
@given(st.dictionaries(st.sampled_from(NAMES) | words, plain, max_size=6))
def test_any_design_is_valid_in_the_end(values):
    design, problems = parse_design(values)
    again, none = parse_design(vars(design))
    assert (again, none) == (design, [])
    assert all(problem.endswith(".") for problem in problems)


@MANY
@given(st.dictionaries(words, plain, max_size=6), words, words)
def test_any_attributes_are_a_config_or_one_sentence(values, widget_id, api_url):
    try:
        config = embed_config({**values, "widgetId": widget_id, "apiUrl": api_url})
        assert config.content_url("").startswith("http")
    except ConfigError as error:
        assert str(error).endswith(".")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.problems: list[str] = []

    def handle_starttag(self, tag, attrs) -> None:
        allowed = {"a", "bdi", "blockquote", "button", "figcaption", "figure", "p", "span", "time", "div", "img", "li"}
        if tag not in allowed | {"path", "section", "svg", "ul"}:
            self.problems.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.problems.append(name)
            if name in ("href", "src") and not (value or "").lower().startswith(("https://", "http://")):
                self.problems.append(f"{name}={value}")


@MANY
@given(st.lists(st.tuples(words, words, words, st.integers(0, 5)), min_size=1, max_size=4), st.sampled_from(LAYOUTS))
def test_any_text_stays_text_in_the_drawing(items, layout):
    testimonials = [
        {"id": f"t{n}", "author": author + ".", "text": text + ".", "url": url, "avatar": url, "rating": rating}
        for n, (author, text, url, rating) in enumerate(items)
    ]
    content = parse_content(json.dumps({"id": "w1", "testimonials": testimonials}))
    assert all(isinstance(testimonial, Testimonial) for testimonial in content.testimonials)
    tags = Tags()
    html = draw(content, Design(layout=layout))
    tags.feed(html)
    assert tags.problems == []
    html.encode()  # no half of a surrogate pair
    assert set(printable[-2:]) & set(html) == set()  # no vertical tab, no form feed
