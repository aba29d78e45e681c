"""An example of each answer, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from ...control.settings import CONFIRMATION
from ..embed import DEFAULT_API, embed
from .alert_examples import ALERTS
from .experiment_examples import EXPERIMENTS
from .stages_example import STAGES

_AT = "2026-11-24T15:00:00Z"
_EMBED = embed("w1", "https://cdn.tresta.app", DEFAULT_API)
_TOKEN = {
    "id": "5d1c0a94b2e7",
    "scope": "viewer",
    "account": "acme",
    "label": "Ada",
    "created_at": "2026-11-24T15:00:00.000Z",
    "revoked_at": None,
    "expires_at": "2026-12-01T15:00:00.000Z",
    "last_used_at": "2026-11-24T15:00:00.000Z",
}
_FIELD_CHANGE = {"field": "digest", "before": "", "after": "8 of 0-9 a-f"}
_ACCOUNTS = [{"id": "acme", "name": "Acme Ltd"}]
_TOO_FEW = {"value": None, "low": None, "high": None, "page_views": None, "too_few": True, "too_uneven": False}


def _figure(value: float, low: float, high: float) -> dict[str, Any]:
    return {"value": value, "low": low, "high": high, "page_views": 423, "too_few": False, "too_uneven": False}


_FIGURES = {
    "loads": _figure(42300.0, 38470.1, 46511.2),
    "error_share": _figure(0.012, 0.005, 0.027),
    "error_rate": _figure(0.031, 0.016, 0.06),
    "interactions": _TOO_FEW,
    "p50": _figure(412.0, 396.2, 430.0),
    "p75": _figure(640.0, 601.8, 689.5),
    "p95": _figure(1210.0, 1120.0, 1340.0),
    "p99": _figure(1980.0, 1700.0, 2610.0),
}

_EXCLUSION = {
    "id": 3,
    "widget": "w1",
    "version": None,
    "from": "2026-11-24T15:00:00Z",
    "to": "2026-11-24T16:00:00Z",
    "created_at": "2026-11-24T17:00:00.000Z",
}
_COVERED = {
    "loads": _figure(42300.0, 38470.1, 46511.2),
    "answers": 59580,
    "share": _figure(0.71, 0.65, 0.78),
    "is_too_many": False,
    "sentence": "Heard from 71 of 100 page views.",
}
_ERRORS = _figure(510.0, 260.4, 998.9)
_RANGE = {"from": "2026-11-24T14:00:00Z", "to": _AT}

# By the schema's name.
EXAMPLES: dict[str, dict[str, Any]] = {
    "Problem": {"error": "limit must be a whole number from 1 to 1000."},
    "Me": {
        "id": "5d1c0a94b2e7",
        "scope": "owner",
        "account": "acme",
        "label": "Maria",
        "expires_at": None,
        "accounts": _ACCOUNTS,
    },
    "AccountNames": {"accounts": _ACCOUNTS},
    "Account": {
        "id": "acme",
        "name": "Acme Ltd",
        "telemetry": {"mode": "sampled", "rate": 0.01, "rate_on_error": 0.1, "receipt": "bottom"},
        "rates": {"declared": [0.05]},
        "regions": {"is_on": True, "epsilon": 2.0, "truth": 0.2514},
        "widgets": [{"id": "w1", "embed": _EMBED}],
        "embed_problem": None,
        "confirmation": CONFIRMATION,
    },
    "WidgetOrigins": {"widget": "w1", "origins": ["https://shop.example"]},
    "OriginsOfWidgets": {
        "widgets": [{"widget": "w1", "origins": [], "seen": [{"origin": "https://shop.example", "requests": 840}]}]
    },
    "Exclusion": _EXCLUSION,
    "Exclusions": {"exclusions": [_EXCLUSION]},
    "Erased": {"rows": 1204, "left": 0},
    "Coverage": {
        "from": "2026-11-24T14:00:00Z",
        "to": _AT,
        "step_s": 3600,
        "has_enough": True,
        "summary": _COVERED,
        "over_time": [{"at": "2026-11-24T14:00:00Z", "whole": True, **_COVERED}],
    },
    "Stages": STAGES,
    "Seen": {"widgets": ["w1"]},
    "AuditEntries": {
        "entries": [
            {
                "id": 7,
                "at": "2026-11-24T15:00:00.000Z",
                "actor": "Maria (3f9a0c12b7de)",
                "account": "acme",
                "action": "telemetry.set",
                "detail": "sampled, rate 0.01 (about 1 in 100 page views) -> off",
            }
        ]
    },
    **ALERTS,
    "Preview": {
        "schema": 2,
        "digest": "1a2b3c4d",
        "fields": [
            {
                "name": "schema",
                "type": "number",
                "bounds": "2",
                "purpose": "names the schema's version",
                "panel": "Health",
            }
        ],
        "example": {"schema": 2, "digest": "1a2b3c4d", "widgets": []},
        "changes": [{"from": 1, "to": 2, "digest": "6cd6d031", "fields": [_FIELD_CHANGE]}],
    },
    **EXPERIMENTS,
    "Tokens": {"tokens": [_TOKEN]},
    "NewToken": {**_TOKEN, "token": "tresta_5d1c0a94b2e7_and_43_letters_that_nobody_guesses"},
    "Events": {
        "events": [
            {
                "ts": "2026-11-24T15:00:00.000Z",
                "account": "acme",
                "kind": "load",
                "widget": "w1",
                "version": "0.1.0",
                "layout": "grid",
                "code": "",
                "variant": "",
                "region": "western-europe",
                "truth": 1,
                "load_ms": 412,
                "content_ms": 300,
                "wanted_ms": 420,
                "ready_ms": 900,
                "report_ms": 960,
                "count": 1,
                "rate": 0.01,
                "weight": 100,
            }
        ]
    },
    "Health": {
        "status": "ok",
        "problem": "",
        "started_at": _AT,
        "minutes": [{"at": _AT, "requests": 1200, "rows": 1834, "refused": 3}],
        "refused": {"unknown_widget": 3},
        "clipped": 0,
        "queue": {"rows": 12, "capacity": 50000},
        "oldest_row": "2026-10-01T00:00:04Z",
        "newest_row": "2026-11-24T15:00:02Z",
        "oldest_days": 54.62,
        "retention_days": 90,
        "store": {"rows": 8200000, "bytes": 65600000},
    },
    "RateProposal": {
        "page_views": 1043,
        "page_views_a_day": 53000.0,
        "rate": 0.02,
        "sentence": "p75 of load time to ±5% within a day needs a sampling rate of 2%.",
    },
    "Dashboard": {
        "from": "2026-11-24T14:00:00Z",
        "to": _AT,
        "time_zone": "UTC",
        "step_s": 30,
        "retention_days": 90,
        "summary": _FIGURES,
        "over_time": [{"at": "2026-11-24T14:00:00Z", "whole": True, **_FIGURES}],
        "by_widget": [{"name": "w1", **_RANGE, **_FIGURES}],
        "by_layout": [{"name": "grid", **_RANGE, **_FIGURES}],
        "by_version": [{"name": "0.1.0", **_RANGE, **_FIGURES}],
        "by_region": [{"name": "western-europe", **_RANGE, **_FIGURES}],
        "regions_by_chance": False,
        "errors": [{"code": "API_ERROR", **_RANGE, "count": _ERRORS}],
        "has_enough": True,
        "enough_in": None,
        "load_times": {
            "bins": [{"from_ms": 250, "to_ms": 315, "share": 0.21}, {"from_ms": 315, "to_ms": None, "share": 0.79}],
            "good": _figure(0.991, 0.976, 0.997),
            "needs_work": _figure(0.006, 0.002, 0.019),
            "poor": _figure(0.003, 0.001, 0.014),
        },
        "before": {"from": "2026-11-24T13:00:00Z", "to": "2026-11-24T14:00:00Z"},
        "changes": {"loads": {"before": 39800.0, "share": 0.063, "is_beyond_chance": False}, "interactions": None},
        "names": {"widget": ["w1"], "layout": ["grid"], "version": ["0.1.0"], "region": ["western-europe"]},
        "marks": [{"at": "2026-11-24T14:20:00Z", "kind": "version", "name": "0.1.0", "detail": ""}],
    },
    "ErrorCode": {
        "code": "API_ERROR",
        **_RANGE,
        "count": _ERRORS,
        "over_time": [{"at": "2026-11-24T14:00:00Z", "count": _ERRORS}],
        "by_widget": [{"name": "w1", "count": _ERRORS}],
        "by_version": [{"name": "0.1.0", "count": _ERRORS}],
    },
}
