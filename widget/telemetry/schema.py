"""The telemetry schema: all data that may leave the page. The page encodes with it, the server parses with it.

A batch is JSON text of at most `MAX_BYTES`:

    {"schema": 1, "widgets": [{"widget": "w1", "version": "0.1.0", "rate": 0.01,
      "loads": [{"layout": "grid", "load_ms": 412}],
      "errors": {"API_ERROR": 2}, "interactions": {"carousel": 3}}]}

There is no other field, and every field has bounds, so a batch cannot contain free text of the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..errors import EventRejected

SCHEMA = 1
MAX_BYTES = 8192
MAX_WIDGETS = 50  # in one batch
MAX_LOADS = 50  # of one widget in one batch
MAX_CODES = 20  # distinct error codes in one batch; the rest are counted as OTHER
MAX_COUNT = 1000  # of one page view; a visit cannot reach more, so the page counts no further
MAX_SENT_COUNT = 100_000  # pages with an older copy of the runtime counted up to this
MAX_LOAD_MS = 600_000  # ten minutes; a visitor does not wait longer
MIN_RATE = 1e-6

LAYOUTS = ("grid", "carousel", "masonry", "list", "wall", "marquee")
UNKNOWN_LAYOUT = "unknown"
OTHER_CODE = "OTHER"
INVALID_CODE = "INVALID_CODE"

WIDGET_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_JSON = json.JSONEncoder(separators=(",", ":"), check_circular=False)
_VERSION = re.compile(r"[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,5}(?:-[a-z]{1,5}\.?[0-9]{1,5})?")
_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,47}")


@dataclass(frozen=True)
class Field:
    """One line of the public table of collected fields."""

    name: str
    bounds: str
    purpose: str


FIELDS = (
    Field("schema", f"the number {SCHEMA}", "lets the server refuse what it does not understand"),
    Field("widget", "1-64 of A-Z a-z 0-9 _ -", "which of the owner's widgets the figures are about"),
    Field("version", "three numbers, such as 0.1.0", "tells a bad release from a bad day"),
    Field("rate", "a fraction above 0, at most 1", "each row stands for 1/rate page views"),
    Field("layout", f"{', '.join(LAYOUTS)} or {UNKNOWN_LAYOUT}", "which layout is slow, which is used"),
    Field("load_ms", f"whole milliseconds, 0-{MAX_LOAD_MS}", "how long the visitor waited for the content"),
    Field("errors", f"code of A-Z 0-9 _ (48 at most): count 1-{MAX_COUNT}", "what fails, and how often"),
    Field("interactions", f"layout: count 1-{MAX_COUNT}", "whether anybody uses the controls"),
)


@dataclass(frozen=True)
class Load:
    """One load of a widget. `load_ms` runs from the script tag's execution to the frame that shows the content."""

    layout: str
    load_ms: int


@dataclass
class WidgetReport:
    """The counts of one widget, of one version, at one sampling rate, in a batch."""

    widget: str
    version: str
    rate: float
    loads: list[Load] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    interactions: dict[str, int] = field(default_factory=dict)

    def is_empty(self) -> bool:
        return not (self.loads or self.errors or self.interactions)

    def as_json(self) -> dict[str, object]:
        """The report as it leaves the page."""
        fields: dict[str, object] = json.loads(encode_report(self))
        return fields


def is_widget_id(value: object) -> bool:
    return isinstance(value, str) and WIDGET_ID.fullmatch(value) is not None


def is_version(value: object) -> bool:
    return isinstance(value, str) and _VERSION.fullmatch(value) is not None


def is_code(value: object) -> bool:
    return isinstance(value, str) and _CODE.fullmatch(value) is not None


def is_layout(value: object) -> bool:
    return isinstance(value, str) and (value in LAYOUTS or value == UNKNOWN_LAYOUT)


def encode(reports: list[WidgetReport]) -> str:
    """The JSON text of one batch."""
    return enclose([encode_report(report) for report in reports])


def encode_report(report: WidgetReport) -> str:
    """The JSON text of one report, in ASCII."""
    text = _JSON.encode
    # By hand, because a visitor who leaves the page waits for it, and creating objects for the JSON encoder would take
    # twice as long. A layout is one of LAYOUTS, so it needs no escaping.
    loads = ",".join([f'{{"layout":"{load.layout}","load_ms":{load.load_ms}}}' for load in report.loads])
    return (
        f'{{"widget":{text(report.widget)},"version":{text(report.version)},"rate":{text(report.rate)},'
        f'"loads":[{loads}],"errors":{text(report.errors)},"interactions":{text(report.interactions)}}}'
    )


def enclose(reports: list[str]) -> str:
    """The JSON text of one batch of encoded reports."""
    return f'{{"schema":{SCHEMA},"widgets":[{",".join(reports)}]}}'


def parse(text: str | bytes) -> list[WidgetReport]:
    """The reports of one batch. Raises EventRejected with a reason, which repeats no part of the text.

    Reasons: too_large, not_json, wrong_type, unknown_field, missing_field, unknown_schema, invalid_widget,
    invalid_version, invalid_layout, invalid_code, out_of_range, too_many, empty.
    """
    if len(text if isinstance(text, bytes) else text.encode()) > MAX_BYTES:
        raise EventRejected("too_large")
    try:
        body = _DECODER.decode(text.decode() if isinstance(text, bytes) else text)
    except (ValueError, RecursionError):  # the body may nest deeper than Python's limit
        raise EventRejected("not_json") from None
    fields = _fields(body, "schema", "widgets")
    if type(fields["schema"]) is not int or fields["schema"] != SCHEMA:
        raise EventRejected("unknown_schema", "schema")
    reports = [_report(item) for item in _list(fields["widgets"], "widgets", MAX_WIDGETS)]
    if not reports or any(report.is_empty() for report in reports):
        raise EventRejected("empty", "widgets")
    codes = {code for report in reports for code in report.errors}
    if len(codes - {OTHER_CODE}) > MAX_CODES:
        raise EventRejected("too_many", "errors")
    return reports


def _report(item: object) -> WidgetReport:
    fields = _fields(item, "widget", "version", "rate", "loads", "errors", "interactions")
    loads = [_load(load) for load in _list(fields["loads"], "loads", MAX_LOADS)]
    return WidgetReport(
        widget=_text(fields["widget"], is_widget_id, "widget"),
        version=_text(fields["version"], is_version, "version"),
        rate=_rate(fields["rate"]),
        loads=loads,
        errors=_counts(fields["errors"], is_code, "code"),
        interactions=_counts(fields["interactions"], is_layout, "layout"),
    )


def _load(item: object) -> Load:
    fields = _fields(item, "layout", "load_ms")
    layout = _text(fields["layout"], is_layout, "layout")
    return Load(layout, _whole(fields["load_ms"], 0, MAX_LOAD_MS, "load_ms"))


def _fields(item: object, *names: str) -> Mapping[str, object]:
    if not isinstance(item, dict):
        raise EventRejected("wrong_type")
    if item.keys() - set(names):
        raise EventRejected("unknown_field")  # without its name, which is the sender's text
    for name in names:
        if name not in item:
            raise EventRejected("missing_field", name)
    return item


def _list(value: object, name: str, most: int) -> list[object]:
    if not isinstance(value, list):
        raise EventRejected("wrong_type", name)
    if len(value) > most:
        raise EventRejected("too_many", name)
    return value


def _text(value: object, is_valid: Callable[[object], bool], name: str) -> str:
    if not isinstance(value, str):
        raise EventRejected("wrong_type", name)
    if not is_valid(value):
        raise EventRejected(f"invalid_{name}", name)
    return value


def _whole(value: object, least: int, most: int, name: str) -> int:
    if type(value) is not int:  # a bool is an int in Python, but not a count
        raise EventRejected("wrong_type", name)
    if not least <= value <= most:
        raise EventRejected("out_of_range", name)
    return value


def _rate(value: object) -> float:
    if type(value) not in (int, float) or not isinstance(value, int | float):
        raise EventRejected("wrong_type", "rate")
    if not MIN_RATE <= value <= 1:  # also for NaN
        raise EventRejected("out_of_range", "rate")
    return float(value)


def _counts(value: object, is_valid: Callable[[object], bool], name: str) -> dict[str, int]:
    if not isinstance(value, dict):
        raise EventRejected("wrong_type", name)
    return {_text(key, is_valid, name): _whole(count, 1, MAX_SENT_COUNT, name) for key, count in value.items()}


def _reject_constant(_: str) -> float:
    raise ValueError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(parse_constant=_reject_constant)  # `json.loads` would create one for each batch
