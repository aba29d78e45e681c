"""What each parameter must be, for the OpenAPI document and for error sentences."""

from __future__ import annotations

_LAYOUT = "grid, carousel, masonry, list, wall, marquee or unknown"
_VERSION = "three numbers, such as 0.1.0"
_WIDGET = "a widget's id: 1 to 64 of A-Z a-z 0-9 _ -"

MUST_BE = {
    "account": "an account's id: 1 to 64 of A-Z a-z 0-9 _ -",
    "before": "the id of an entry",
    "confirmation": "a text of at most 100 characters",
    "id": _WIDGET,
    "from": "a time in ISO 8601, such as 2026-11-24T15:00:00Z",
    "label": "a text of 1 to 64 printable characters",
    "limit": "a whole number from 1 to 1000",
    "layout": _LAYOUT,
    "mode": "off, sampled or opt-in",
    "range": "5m, 1h, 24h, 7d, 30d or 90d",
    "rate": "a fraction from 0.001 to 1",
    "scope": "operator, owner or viewer",
    "time_zone": "a name such as UTC or Europe/Berlin",
    "to": "a time in ISO 8601, such as 2026-11-24T15:00:00Z",
    "not_layout": _LAYOUT,
    "not_version": _VERSION,
    "not_widget": _WIDGET,
    "version": _VERSION,
    "widget": _WIDGET,
    "code": "an error code: 1 to 48 of A-Z 0-9 _, beginning with a letter",
    "expires_in_days": "a whole number from 1 to 90",
}
