"""An example of each answer, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from ...control.settings import CONFIRMATION
from ..embed import DEFAULT_API, embed

_AT = "2026-11-24T15:00:00Z"
_EMBED = embed("w1", "https://cdn.tresta.app", DEFAULT_API)
_TOKEN = {
    "id": "5d1c0a94b2e7",
    "scope": "viewer",
    "account": "acme",
    "label": "Ada",
    "created_at": "2026-11-24T15:00:00.000Z",
    "revoked_at": None,
}
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

_RANGE = {"from": "2026-11-24T14:00:00Z", "to": _AT}

# By the schema's name.
EXAMPLES: dict[str, dict[str, Any]] = {
    "Problem": {"error": "limit must be a whole number from 1 to 1000."},
    "Me": {"scope": "owner", "account": "acme", "label": "Maria", "accounts": _ACCOUNTS},
    "AccountNames": {"accounts": _ACCOUNTS},
    "Account": {
        "id": "acme",
        "name": "Acme Ltd",
        "telemetry": {"mode": "sampled", "rate": 0.01},
        "widgets": [{"id": "w1", "embed": _EMBED}],
        "embed_problem": None,
        "confirmation": CONFIRMATION,
    },
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
    "Preview": {
        "fields": [{"name": "schema", "bounds": "the number 1", "purpose": "names the schema's version"}],
        "example": {"schema": 1, "widgets": []},
    },
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
                "load_ms": 412,
                "count": 1,
                "rate": 0.01,
                "weight": 100,
            }
        ]
    },
    "Health": {
        "status": "ok",
        "started_at": _AT,
        "minutes": [{"at": _AT, "requests": 1200, "rows": 1834, "refused": 3}],
        "refused": {"unknown_widget": 3},
        "queue": {"rows": 12, "capacity": 50000},
        "oldest_row": "2026-10-01T00:00:04Z",
        "oldest_days": 54.62,
        "retention_days": 90,
        "store": {"rows": 8200000, "bytes": 65600000},
    },
    "Dashboard": {
        "from": "2026-11-24T14:00:00Z",
        "to": _AT,
        "time_zone": "UTC",
        "step_s": 30,
        "retention_days": 90,
        "summary": _FIGURES,
        "over_time": [{"at": "2026-11-24T14:00:00Z", **_FIGURES}],
        "by_widget": [{"name": "w1", **_RANGE, **_FIGURES}],
        "by_layout": [{"name": "grid", **_RANGE, **_FIGURES}],
        "by_version": [{"name": "0.1.0", **_RANGE, **_FIGURES}],
        "errors": [{"code": "API_ERROR", **_RANGE, "count": _figure(510.0, 260.4, 998.9)}],
    },
}
