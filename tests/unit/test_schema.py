"""The telemetry schema: everything that the page encodes can be parsed, and nothing else."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import sys

import pytest

from widget.errors import EventRejected
from widget.telemetry import schema
from widget.telemetry.fields import FIELDS, table_text
from widget.telemetry.parser import parse
from widget.telemetry.schema import DIGEST, Load, WidgetReport, encode

OLD = {"widget": "w1", "version": "0.1.0", "rate": 0.5, "loads": [], "errors": {"A": 1}, "interactions": {}}
LOAD = {"layout": "grid", "load_ms": 412}
REPORT = {"widget": "w1", "version": "0.1.0", "rate": 0.5, "loads": [LOAD], "errors": {}, "interactions": {}}
STAGED = {"content_ms": 300, "wanted_ms": 420, "ready_ms": 900, "report_ms": 960}
FULL = WidgetReport(
    "w1", "0.1.0", 0.01, [Load("grid", 412, **STAGED)], {"API_ERROR": 2}, {"carousel": 3},
    variant="e7-b", region="western-europe", truth=0.2514,
)  # fmt: skip
CODES = {f"CODE_{number}": 1 for number in range(20)}


def batch(*reports, **changes):
    return json.dumps({"schema": 2, "digest": DIGEST, "widgets": list(reports)} | changes)


def report(**changes):
    return batch(REPORT | changes)


def load(**changes):
    return report(loads=[LOAD | changes])


def reason_of(text):
    with pytest.raises(EventRejected) as rejection:
        parse(text)
    return rejection.value.reason


def test_parsing_an_encoded_batch_gives_the_same_reports():
    reports = [
        WidgetReport("w1", "0.1.0", 0.01, [Load("grid", 412), Load("unknown", 0)], {"API_ERROR": 2}, {"carousel": 3}),
        WidgetReport("w-2_X", "12.0.3-rc.1", 1.0, errors={"OTHER": 100_000}),
        WidgetReport("w1", "0.1.0", 1.0, errors={"A": 1}, region="unknown"),
        WidgetReport("x" * 64, "0.1.0", 1e-6, interactions={"wall": 1, "marquee": 2}),
        WidgetReport("w1", "0.1.0", 1.0, [Load("grid", 412, ready_ms=0), Load("wall", 9, wanted_ms=1, ready_ms=2)]),
        FULL,
    ]
    assert parse(encode(reports)) == reports
    assert parse(encode(reports).encode()) == reports


def test_an_encoded_batch_has_the_documented_fields_and_no_other():
    body = json.loads(encode([FULL]))
    names = set(body) | set(body["widgets"][0]) | set(body["widgets"][0]["loads"][0])
    assert names - {"widgets", "loads"} == {field.name for field in FIELDS}


def test_a_report_leaves_out_the_fields_that_say_nothing():
    (report,) = json.loads(encode([WidgetReport("w1", "0.1.0", 0.5, errors={"A": 1})]))["widgets"]
    assert set(report) == set(REPORT)
    assert "truth" not in encode([WidgetReport("w1", "0.1.0", 0.5, errors={"A": 1}, truth=0.5)])


def test_no_byte_of_a_batch_is_wasted():
    assert " " not in encode([FULL, WidgetReport("w1", "0.1.0", 0.5, errors={"A": 1, "B": 2})])


def test_the_digest_is_the_start_of_the_hash_of_the_table_of_fields():
    assert hashlib.sha256(table_text().encode()).hexdigest().startswith(DIGEST)
    assert DIGEST in schema.DIGESTS


def test_a_page_with_an_old_copy_of_the_widget_is_understood():
    (report,) = parse(json.dumps({"schema": 1, "widgets": [OLD]}))
    assert report == WidgetReport("w1", "0.1.0", 0.5, errors={"A": 1}, has_stages=False)
    old_load = OLD | {"loads": [LOAD | {"ready_ms": 900}]}
    assert reason_of(json.dumps({"schema": 1, "widgets": [old_load]})) == "unknown_field"
    assert reason_of(json.dumps({"schema": 1, "widgets": [OLD | {"variant": "e1-a"}]})) == "unknown_field"
    assert reason_of(json.dumps({"schema": 1, "widgets": [OLD | {"region": "caribbean"}]})) == "unknown_field"
    assert reason_of(json.dumps({"schema": 1, "digest": DIGEST, "widgets": [OLD]})) == "unknown_field"


@pytest.mark.parametrize("digest", ["6cd6d031", "f0264b5e"], ids=["before regions", "before stages"])
def test_a_page_that_follows_an_older_table_is_understood_by_its_digest(digest):
    (old,), (new,) = parse(batch(REPORT, digest=digest)), parse(batch(REPORT))
    assert (old.has_stages, new.has_stages) == (False, True)
    assert old == dataclasses.replace(new, has_stages=False)


def test_the_example_in_the_docstring_is_a_batch():
    example = schema.__doc__.partition('{"schema"')
    (parsed,) = parse((example[1] + example[2]).partition("\n\n")[0])
    assert parsed == FULL


def test_counts_of_pages_with_an_older_runtime_are_accepted_beyond_what_a_page_counts_now():
    assert schema.MAX_COUNT == 1000
    assert parse(report(errors={"A": 100_000}))
    assert reason_of(report(errors={"A": 100_001})) == "out_of_range"


def test_every_batch_within_the_bounds_is_accepted():
    for text in (
        load(load_ms=0),
        load(load_ms=600_000),
        load(content_ms=0, wanted_ms=0, ready_ms=0, report_ms=0),
        *(load(ready_ms=1, **{name: 600_000}) for name in schema.STAGES if name != "ready_ms"),
        load(ready_ms=600_000),
        *(load(layout=layout) for layout in (*schema.LAYOUTS, "unknown")),
        report(rate=1),
        report(rate=1e-6),
        report(region="caribbean", truth=0.05),
        report(errors=CODES | {"OTHER": 1}),
        report(errors={"A": 1, "B" * 48: 100_000}),
        report(loads=[LOAD] * 50),
        batch(*[REPORT | {"widget": f"w{number}"} for number in range(50)]),
        batch(REPORT, REPORT),  # a widget twice, for example at two rates
        report() + " " * (8192 - len(report())),
    ):
        assert parse(text)


REJECTED = {
    "one byte too many": (report() + " " * (8193 - len(report())), "too_large"),
    "too many bytes in fewer characters": ('"' + "é" * 4096 + '"', "too_large"),
    "nothing": ("", "not_json"),
    "prose": ("hello", "not_json"),
    "an unfinished batch": (report()[:-1], "not_json"),
    "a batch and more": (report() + "{}", "not_json"),
    "bytes that are no text": (b'"\xff\xfe\x80"', "not_json"),
    "lists without end": ("[" * 8000, "not_json"),
    "objects without end": ('{"a":' * 1600, "not_json"),
    "NaN": (report().replace("0.5", "NaN"), "not_json"),
    "Infinity": (report().replace("0.5", "Infinity"), "not_json"),
    "minus Infinity": (report().replace("412", "-Infinity"), "not_json"),
    "a number of 5000 digits": (report().replace("412", "9" * 5000), "not_json"),
    "null": ("null", "wrong_type"),
    "a list": ("[]", "wrong_type"),
    "a number": ("1", "wrong_type"),
    "widgets as an object": (batch(widgets={}), "wrong_type"),
    "a report as text": (batch("w1"), "wrong_type"),
    "a report as null": (batch(None), "wrong_type"),
    "widget as a number": (report(widget=1), "wrong_type"),
    "widget as null": (report(widget=None), "wrong_type"),
    "version as a number": (report(version=1.0), "wrong_type"),
    "rate as text": (report(rate="0.5"), "wrong_type"),
    "rate as true": (report(rate=True), "wrong_type"),
    "rate as null": (report(rate=None), "wrong_type"),
    "loads as an object": (report(loads={}), "wrong_type"),
    "a load as a number": (report(loads=[412]), "wrong_type"),
    "layout as a number": (load(layout=1), "wrong_type"),
    "time as text": (load(load_ms="412"), "wrong_type"),
    "time as true": (load(load_ms=True), "wrong_type"),
    "time as a fraction": (load(load_ms=1.0), "wrong_type"),
    **{
        f"{name} {words}": (load(**{**STAGED, name: value}), reason)
        for name in schema.STAGES
        for words, value, reason in (
            ("as text", "300", "wrong_type"),
            ("as null", None, "wrong_type"),
            ("as true", True, "wrong_type"),
            ("as a fraction", 0.5, "wrong_type"),
            ("below 0", -1, "out_of_range"),
            ("of more than ten minutes", 600_001, "out_of_range"),
        )
    },
    **{
        f"{name} though Python was not up": (load(**{name: 300}), "missing_field")
        for name in schema.STAGES
        if name != "ready_ms"
    },
    "errors as a list": (report(errors=["API_ERROR"]), "wrong_type"),
    "errors counted true": (report(errors={"API_ERROR": True}), "wrong_type"),
    "interactions as null": (report(interactions=None), "wrong_type"),
    "interactions counted in text": (report(interactions={"grid": "3"}), "wrong_type"),
    "a field beside": (batch(REPORT, user="ada@example.org"), "unknown_field"),
    "a field in a report": (report(url="https://shop.example"), "unknown_field"),
    "a field in a load": (load(ts=1), "unknown_field"),
    "no schema": ('{"widgets": []}', "missing_field"),
    "no widgets": ('{"schema": 1}', "missing_field"),
    "an empty load": (report(loads=[{}]), "missing_field"),
    **{f"no {name}": (batch({k: v for k, v in REPORT.items() if k != name}), "missing_field") for name in REPORT},
    "schema 0": (batch(REPORT, schema=0), "unknown_schema"),
    "schema 3": (batch(REPORT, schema=3), "unknown_schema"),
    "another digest": (batch(REPORT, digest="00000000"), "unknown_digest"),
    "a digest as a number": (batch(REPORT, digest=1), "unknown_digest"),
    "no digest": (json.dumps({"schema": 2, "widgets": [REPORT]}), "missing_field"),
    "a variant of words": (report(variant="the blue one"), "invalid_variant"),
    "a variant beyond d": (report(variant="e7-e"), "invalid_variant"),
    "a variant as a number": (report(variant=7), "wrong_type"),
    "a country": (report(region="DE"), "invalid_region"),
    "a time zone": (report(region="Europe/Berlin"), "invalid_region"),
    "no region": (report(region=""), "invalid_region"),
    "a region as null": (report(region=None), "wrong_type"),
    "a truth without a region": (report(truth=0.5), "missing_field"),
    "a truth as text": (report(region="caribbean", truth="0.5"), "wrong_type"),
    "a truth no likelier than any other region": (report(region="caribbean", truth=0.043), "out_of_range"),
    "a truth as likely as any other region": (report(region="caribbean", truth=1 / 23), "out_of_range"),
    "a truth of 1": (report(region="caribbean", truth=1.0), "out_of_range"),
    "schema as text": (batch(REPORT, schema="1"), "unknown_schema"),
    "schema as true": (batch(REPORT, schema=True), "unknown_schema"),
    "schema 1.0": (batch(REPORT, schema=1.0), "unknown_schema"),
    "no widget id": (report(widget=""), "invalid_widget"),
    "a long widget id": (report(widget="w" * 65), "invalid_widget"),
    "a mail address as widget id": (report(widget="ada@example.org"), "invalid_widget"),
    "a line end after the widget id": (report(widget="w1\n"), "invalid_widget"),
    "half a character": (report(widget="\ud800"), "invalid_widget"),
    "letters of other scripts": (report(widget="wé"), "invalid_widget"),
    "version of two numbers": (report(version="1.0"), "invalid_version"),
    "version with a word": (report(version="1.0.0-adalovelace"), "invalid_version"),
    "version in other digits": (report(version="\u0661.\u0660.\u0660"), "invalid_version"),
    "a line end after the version": (report(version="0.1.0\n"), "invalid_version"),
    "unknown layout": (load(layout="modal"), "invalid_layout"),
    "layout in capitals": (load(layout="GRID"), "invalid_layout"),
    "unknown layout of an interaction": (report(interactions={"": 1}), "invalid_layout"),
    "code in small letters": (report(errors={"api_error": 1}), "invalid_code"),
    "code that starts with a digit": (report(errors={"4XX": 1}), "invalid_code"),
    "a long code": (report(errors={"A" * 49: 1}), "invalid_code"),
    "a line end after the code": (report(errors={"A\n": 1}), "invalid_code"),
    "negative time": (load(load_ms=-1), "out_of_range"),
    "more than ten minutes": (load(load_ms=600_001), "out_of_range"),
    "time of 400 digits": (load(load_ms=10**400), "out_of_range"),
    "rate 0": (report(rate=0), "out_of_range"),
    "rate next to 0": (report(rate=9e-7), "out_of_range"),
    "rate above 1": (report(rate=1.000001), "out_of_range"),
    "negative rate": (report(rate=-0.5), "out_of_range"),
    "rate beyond a float": (report().replace("0.5", "1e999"), "out_of_range"),
    "rate of 400 digits": (report(rate=10**400), "out_of_range"),
    "an error counted 0 times": (report(errors={"A": 0}), "out_of_range"),
    "too many errors": (report(errors={"A": 100_001}), "out_of_range"),
    "negative interactions": (report(interactions={"grid": -1}), "out_of_range"),
    "51 loads": (report(loads=[LOAD] * 51), "too_many"),
    "51 widgets": (batch(*[REPORT] * 51), "too_many"),
    "21 codes": (report(errors=CODES | {"LAST": 1}), "too_many"),
    "21 codes in two reports": (batch(REPORT | {"errors": CODES}, REPORT | {"errors": {"LAST": 1}}), "too_many"),
    "no report": (batch(), "empty"),
    "a report of nothing": (report(loads=[]), "empty"),
    "a report of nothing beside a full one": (batch(REPORT, REPORT | {"loads": []}), "empty"),
}


@pytest.mark.parametrize(("text", "reason"), REJECTED.values(), ids=REJECTED)
def test_anything_else_is_rejected_with_a_reason(text, reason):
    if sys.platform == "emscripten" and text[-5:] in ("[[[[[", '{"a":'):
        pytest.skip("only the server parses batches: a page's stack ends before json's own limit does")
    assert reason_of(text) == reason


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('{"widgets": []}', "schema"),
        (batch(REPORT, schema=3), "schema"),
        (batch(REPORT, digest="00000000"), "digest"),
        (batch(widgets={}), "widgets"),
        (batch(), "widgets"),
        (batch({}), "widget"),
        (report(widget=1), "widget"),
        (report(version="1.0"), "version"),
        (report(rate="0.5"), "rate"),
        (report(rate=2), "rate"),
        (report(loads={}), "loads"),
        (load(layout="modal"), "layout"),
        (load(load_ms=-1), "load_ms"),
        (load(content_ms=300), "ready_ms"),
        (report(errors=[]), "code"),
        (report(errors={"A": 0}), "code"),
        (report(errors=CODES | {"LAST": 1}), "errors"),
        (report(interactions={"modal": 1}), "layout"),
        (report(variant="e7-e"), "variant"),
        (report(region="DE"), "region"),
        (report(truth=0.5), "region"),
        (report(region="caribbean", truth="0.5"), "truth"),
        (report(region="caribbean", truth=1.0), "truth"),
        (batch(None), ""),
        (report(url="https://shop.example"), ""),
    ],
)
def test_a_rejection_names_the_field(text, field):
    with pytest.raises(EventRejected) as rejection:
        parse(text)
    assert rejection.value.field == field


def test_the_docstring_lists_all_reasons_that_are_tested():
    reasons = (parse.__doc__ or "").partition("Reasons: ")[2]
    assert set(re.findall(r"[a-z_]+", reasons)) == {reason for _, reason in REJECTED.values()}


def test_a_rejection_repeats_no_part_of_the_text():
    secret = "ada@example.org"
    for text in (
        secret,
        report(widget=secret),
        report(version=secret),
        report(**{secret: 1}),
        report(errors={secret: 1}),
        report(interactions={secret: 1}),
        load(layout=secret),
        load(**{secret: 1}),
        batch(secret),
    ):
        with pytest.raises(EventRejected) as rejection:
            parse(text)
        lines: list[str] = []
        error: BaseException | None = rejection.value
        while error is not None:  # as a traceback would print it, with the causes
            lines.append(f"{error!r} {error}")
            error = None if error.__suppress_context__ else error.__context__
        assert secret not in " ".join(lines)
        assert rejection.value.__cause__ is None


def test_of_a_repeated_key_only_the_last_value_counts():
    text = report(errors={"A": 7, "B": 9}).replace('"B": 9', '"A": 9')
    (parsed,) = parse(text)
    assert parsed.errors == {"A": 9}


@pytest.mark.parametrize("value", [None, 1, True, b"w1", ["w1"], 0.1])
def test_only_text_is_a_valid_id_version_code_or_layout(value):
    for is_valid in (schema.is_widget_id, schema.is_version, schema.is_code, schema.is_layout, schema.is_variant):
        assert is_valid(value) is False
    assert schema.is_truth(value) is (value == 0.1)


def test_a_report_without_counts_is_empty():
    assert WidgetReport("w1", "0.1.0", 1).is_empty()
    assert not WidgetReport("w1", "0.1.0", 1, loads=[Load("grid", 0)]).is_empty()
    assert not WidgetReport("w1", "0.1.0", 1, errors={"A": 1}).is_empty()
    assert not WidgetReport("w1", "0.1.0", 1, interactions={"grid": 1}).is_empty()
