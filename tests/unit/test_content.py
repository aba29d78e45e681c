import json
import re
import sys

import pytest

from widget.config import embed_config
from widget.content import AccountTelemetry, parse_content
from widget.errors import INVALID_CONTENT, ContentError
from widget.view import draw, stylesheet
from widget.view.layouts import LAYOUTS

ONE = {"id": "t1", "author": "Ada", "text": "Lovely."}


def content(**changes):
    return {"id": "w1", "testimonials": [ONE], **changes}


def test_the_smallest_valid_content():
    parsed = parse_content(json.dumps(content()))
    assert (parsed.id, len(parsed.testimonials), parsed.testimonials[0].author) == ("w1", 1, "Ada")
    assert parsed.telemetry == AccountTelemetry("sampled", 0.01)


def test_content_with_all_fields():
    full = {**ONE, "role": "Engineer", "company": "Analytical", "avatar": "https://a.example/a.png", "rating": 5}
    full |= {"url": "http://a.example/review", "date": "2026-10-02", "verified": True}
    parsed = parse_content(
        json.dumps(
            content(
                testimonials=[full],
                design={"layout": "wall", "max": 3},
                telemetry={"mode": "opt-in", "rate": 1},
            )
        )
    )
    assert (parsed.design.layout, parsed.design.max, parsed.telemetry) == ("wall", 3, AccountTelemetry("opt-in", 1.0))
    assert parsed.testimonials[0].url == "http://a.example/review"


def test_unknown_fields_are_ignored():
    assert parse_content(json.dumps(content(newer=1))).id == "w1"


def test_brackets_in_a_text_do_not_count_as_nesting():
    text = '[{"' * 100 + '\\" \\'
    (testimonial,) = parse_content(json.dumps(content(testimonials=[{**ONE, "text": text}]))).testimonials
    assert testimonial.text == text


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//evil.example",
        "/relative",
        'https://a.example/"onload="x',
        "https://a.example/<b>",
        "blob:https://a.example/1",
        "https:alert(1)",
    ],
)
def test_a_link_that_could_run_a_script_is_dropped_without_its_testimonial(url):
    (testimonial,) = parse_content(json.dumps(content(testimonials=[{**ONE, "url": url, "avatar": url}]))).testimonials
    assert (testimonial.url, testimonial.avatar, testimonial.text) == ("", "", "Lovely.")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!doctype html><p>Not found",
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"id": "w1", "testimonials": ' + "[" * 33 + "]" * 33 + "}",
        "null",
        "[]",
        json.dumps({"testimonials": []}),
        json.dumps(content(id="a b")),
        json.dumps(content(testimonials=None)),
        json.dumps(content(testimonials=["hello"])),
        json.dumps(content(testimonials=[{**ONE, "author": ""}])),
        json.dumps(content(testimonials=[{**ONE, "text": 5}])),
        json.dumps(content(testimonials=[{**ONE, "text": "x" * 5001}])),
        json.dumps(content(testimonials=[{**ONE, "rating": 6}])),
        json.dumps(content(testimonials=[{**ONE, "rating": True}])),
        json.dumps(content(testimonials=[{**ONE, "rating": 4.5}])),
        json.dumps(content(testimonials=[{**ONE, "verified": "yes"}])),
        *(
            json.dumps(content(testimonials=[{**ONE, "date": date}]))
            for date in ("02.10.2026", "2026-00-10", "2026-13-10", "2026-10-00", "2026-10-32", "2026-1-1", "²026-10-10")
        ),
        json.dumps(content(design={"layout": "spiral"})),
        json.dumps(content(design={"primary_color": "red; background: url(//evil.example)"})),
        json.dumps(content(design={"font": "x} body{display:none"})),
        json.dumps(content(telemetry={"mode": "always"})),
        json.dumps(content(telemetry={"rate": "all"})),
    ],
)
def test_invalid_content_is_rejected_with_its_code(text):
    with pytest.raises(ContentError) as rejection:
        parse_content(text)
    assert rejection.value.code == INVALID_CONTENT


def test_no_pattern_is_compiled_while_a_visitor_waits(monkeypatch):
    """A page starts from a snapshot without `re`'s cache, and compiling a pattern there takes milliseconds."""
    patterns = []
    compiler = sys.modules["re._compiler"]
    compile_pattern = compiler.compile

    def record_and_compile(pattern, flags=0):
        patterns.append(pattern)
        return compile_pattern(pattern, flags)

    monkeypatch.setattr(compiler, "compile", record_and_compile)
    re.purge()
    for layout in LAYOUTS:
        options = {"widgetId": "w1", "layout": layout, "font": "Inter, serif", "primaryColor": "#123456", "max": "9"}
        config = embed_config({"widget_id": "w1", **options})
        full = {**ONE, "url": "https://a.example/", "text": "<b> " * 100, "date": "2026-10-02"}
        parsed = parse_content(json.dumps(content(testimonials=[full])))
        design, _ = config.design(parsed.design)
        assert "tresta" in draw(parsed, design) and stylesheet(design)
    assert patterns == []
