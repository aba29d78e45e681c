"""What each parameter must be, for the OpenAPI document and for error sentences."""

from __future__ import annotations

_LAYOUT = "grid, carousel, masonry, list, wall, marquee, badge or unknown"
_REGION = "a region such as western-europe, or unknown"
_VERSION = "three numbers, such as 0.1.0"
_WIDGET = "a widget's id: 1 to 64 of A-Z a-z 0-9 _ -"

MUST_BE = {
    "against": "limit or usual",
    "bound": "a number",
    "emails": "a list of at most 5 addresses such as maria@example.com",
    "metric": "p75, p95, error_share, code, silence, coverage, overcount or weekly_report",
    "min_page_views": "a whole number from 20 to 100000",
    "muted_until": "a time in ISO 8601, such as 2026-11-24T15:00:00Z",
    "webhook": "an https URL",
    "account": "an account's id: 1 to 64 of A-Z a-z 0-9 _ -",
    "before": "the id of an entry",
    "declared": "a list of at most 8 fractions from 0.001 to 1",
    "confirmation": "a text of at most 100 characters",
    "id": _WIDGET,
    "from": "a time in ISO 8601, such as 2026-11-24T15:00:00Z",
    "label": "a text of 1 to 64 printable characters",
    "limit": "a whole number from 1 to 1000",
    "layout": _LAYOUT,
    "name": "a text of 1 to 100 printable characters",
    "origins": "a list of at most 50 origins, such as https://shop.example",
    "mode": "off, sampled or opt-in",
    "range": "5m, 1h, 24h, 7d, 30d or 90d",
    "receipt": "none, top or bottom",
    "rate": "a fraction from 0.001 to 1",
    "rate_on_error": "a fraction from 0.001 to 1, or 0 for none",
    "scope": "operator, owner or viewer",
    "time_zone": "a name such as UTC or Europe/Berlin",
    "to": "a time in ISO 8601, such as 2026-11-24T15:00:00Z",
    "not_layout": _LAYOUT,
    "not_region": _REGION,
    "region": _REGION,
    "not_version": _VERSION,
    "not_widget": _WIDGET,
    "version": _VERSION,
    "widget": _WIDGET,
    "is_on": "true or false",
    "epsilon": "a number from 0.5 to 8, or null",
    "code": "an error code: 1 to 48 of A-Z 0-9 _, beginning with a letter",
    "expires_in_days": "a whole number from 1 to 90",
    "figure": "interaction_rate, error_share, p50 or p75",
    "variants": "a list of 2 to 4 variants",
    "share": "a fraction from 0.05 to 1",
    "shares": "a list of 2 to 4 fractions from 0.05 to 1",
    "change": "a number from -0.9 to 10, such as 0.2 for 20%",
    "starts_at": "a time in ISO 8601, such as 2026-11-24T15:00:00Z",
    "ends_at": "a time in ISO 8601, such as 2026-11-24T15:00:00Z",
    "winner": "a, b, c or d, or null",
}
