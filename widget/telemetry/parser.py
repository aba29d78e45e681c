"""Reads a batch: checks everything that a sender may have made up. Only the server needs it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from ..errors import EventRejected
from .schema import (
    DIGESTS,
    MAX_BYTES,
    MAX_CODES,
    MAX_LOAD_MS,
    MAX_LOADS,
    MAX_SENT_COUNT,
    MAX_WIDGETS,
    MIN_RATE,
    OLD_SCHEMA,
    OTHER_CODE,
    REGIONS,
    SCHEMA,
    STAGES,
    Load,
    WidgetReport,
    is_code,
    is_layout,
    is_truth,
    is_variant,
    is_version,
    is_widget_id,
)

_OLD_BATCH = ("schema", "widgets")
_BATCH = ("schema", "digest", "widgets")
_REPORT = ("widget", "version", "rate", "loads", "errors", "interactions")
_LOAD = ("layout", "load_ms")
# Sets, made once: a server reads thousands of batches a second.
_OF_OLD_BATCH, _OF_BATCH, _OF_OLD_REPORT, _OF_OLD_LOAD = map(frozenset, (_OLD_BATCH, _BATCH, _REPORT, _LOAD))
_OF_REPORT = _OF_OLD_REPORT | {"variant", "region", "truth"}
_OF_LOAD = _OF_OLD_LOAD.union(STAGES)
_BEFORE_STAGES = ("f0264b5e", "6cd6d031")  # digests of tables without STAGES


def parse(text: str | bytes) -> list[WidgetReport]:
    """The reports of one batch. Raises EventRejected with a reason, which repeats no part of the text.

    Reasons: too_large, not_json, wrong_type, unknown_field, missing_field, unknown_schema, unknown_digest,
    invalid_widget, invalid_version, invalid_layout, invalid_code, invalid_variant, invalid_region,
    out_of_range, too_many, empty.
    """
    if len(text if isinstance(text, bytes) else text.encode()) > MAX_BYTES:
        raise EventRejected("too_large")
    try:
        body = _DECODER.decode(text.decode() if isinstance(text, bytes) else text)
    except (ValueError, RecursionError):  # the body may nest deeper than Python's limit
        raise EventRejected("not_json") from None
    is_old = _schema(body) == OLD_SCHEMA
    fields = _fields(body, _OLD_BATCH, _OF_OLD_BATCH) if is_old else _fields(body, _BATCH, _OF_BATCH)
    if not is_old and fields["digest"] not in DIGESTS:
        raise EventRejected("unknown_digest", "digest")
    read = _old_report if is_old else _report
    has_stages = not is_old and fields["digest"] not in _BEFORE_STAGES
    reports = [read(item) for item in _list(fields["widgets"], "widgets", MAX_WIDGETS)]
    if not reports or any(map(WidgetReport.is_empty, reports)):
        raise EventRejected("empty", "widgets")
    codes = {code for report in reports for code in report.errors}
    if len(codes - {OTHER_CODE}) > MAX_CODES:
        raise EventRejected("too_many", "errors")
    for report in reports:
        report.has_stages = has_stages
    return reports


def _schema(body: object) -> int:
    if not isinstance(body, dict):
        raise EventRejected("wrong_type")
    if "schema" not in body:
        raise EventRejected("missing_field", "schema")
    if type(body["schema"]) is not int or body["schema"] not in (OLD_SCHEMA, SCHEMA):
        raise EventRejected("unknown_schema", "schema")
    return int(body["schema"])


def _report(item: object) -> WidgetReport:
    fields = _fields(item, _REPORT, _OF_REPORT)
    report = _counts_of(fields, _load)
    if "variant" in fields:
        report.variant = _text(fields["variant"], is_variant, "variant")
    if "region" in fields:
        report.region = _text(fields["region"], REGIONS.__contains__, "region")
    if "truth" in fields:
        report.truth = _truth(fields["truth"], "truth")
        if not report.region:
            raise EventRejected("missing_field", "region")
    return report


def _old_report(item: object) -> WidgetReport:
    return _counts_of(_fields(item, _REPORT, _OF_OLD_REPORT), _old_load)


def _counts_of(fields: Mapping[str, object], read_load: Callable[[object], Load]) -> WidgetReport:
    loads = [read_load(load) for load in _list(fields["loads"], "loads", MAX_LOADS)]
    return WidgetReport(
        widget=_text(fields["widget"], is_widget_id, "widget"),
        version=_text(fields["version"], is_version, "version"),
        rate=_rate(fields["rate"], "rate"),
        loads=loads,
        errors=_counts(fields["errors"], is_code, "code"),
        interactions=_counts(fields["interactions"], is_layout, "layout"),
    )


def _load(item: object) -> Load:
    fields = _fields(item, _LOAD, _OF_LOAD)
    load = _load_of(fields)
    for name in STAGES:
        if name in fields:
            setattr(load, name, _whole(fields[name], 0, MAX_LOAD_MS, name))
            if "ready_ms" not in fields:
                raise EventRejected("missing_field", "ready_ms")
    return load


def _old_load(item: object) -> Load:
    return _load_of(_fields(item, _LOAD, _OF_OLD_LOAD))


def _load_of(fields: Mapping[str, object]) -> Load:
    layout = _text(fields["layout"], is_layout, "layout")
    return Load(layout, _whole(fields["load_ms"], 0, MAX_LOAD_MS, "load_ms"))


def _fields(item: object, needed: tuple[str, ...], allowed: frozenset[str]) -> Mapping[str, object]:
    if not isinstance(item, dict):
        raise EventRejected("wrong_type")
    if not item.keys() <= allowed:
        raise EventRejected("unknown_field")  # without its name, which is the sender's text
    for name in needed:
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


def _rate(value: object, name: str) -> float:
    if type(value) not in (int, float) or not isinstance(value, int | float):
        raise EventRejected("wrong_type", name)
    if not MIN_RATE <= value <= 1:  # also for NaN
        raise EventRejected("out_of_range", name)
    return float(value)


def _truth(value: object, name: str) -> float:
    if type(value) not in (int, float):
        raise EventRejected("wrong_type", name)
    if not is_truth(value):
        raise EventRejected("out_of_range", name)
    return float(value)  # type: ignore[arg-type]


def _counts(value: object, is_valid: Callable[[object], bool], name: str) -> dict[str, int]:
    if not isinstance(value, dict):
        raise EventRejected("wrong_type", name)
    return {_text(key, is_valid, name): _whole(count, 1, MAX_SENT_COUNT, name) for key, count in value.items()}


def _reject_constant(_: str) -> float:
    raise ValueError("NaN and Infinity are not JSON")


_DECODER = json.JSONDecoder(parse_constant=_reject_constant)  # `json.loads` would create one for each batch
