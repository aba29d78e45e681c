"""The manifest: in JSON types, every field that may leave a page, and the rules around it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from widget.telemetry.fields import FIELDS
from widget.telemetry.schema import DIGEST, MAX_BYTES, SCHEMA

from ..control.accounts import Account
from ..control.regions import RegionSetting
from ..retention_period import RETENTION_DAYS
from .tables import versions

NOT_COLLECTED = (
    "names, e-mail addresses and other texts of the page",
    "IP addresses and what they would tell",
    "identifiers of a visitor, a device or a visit",
    "cookies and anything else stored in the browser",
    "addresses and titles of pages, and referrers",
    "the browser's name and version",
    "the visitor's clock and time zone; where a region is collected, the page itself makes it of the time zone",
)
REFUSALS = (
    "Do Not Track or Global Privacy Control in the visitor's browser",
    'data-telemetry="false" on the script tag or on the widget\'s element',
    "the account's mode off",
    "tracker.disable() in a script of the page",
    "the button in the receipt of a widget, if its account has one: it holds until the page is loaded again",
)


def manifest() -> dict[str, Any]:
    """The manifest of all accounts."""
    return {
        "schema": SCHEMA,
        "digest": DIGEST,
        "fields": [asdict(field) for field in FIELDS],
        "max_bytes": MAX_BYTES,
        "retention_days": RETENTION_DAYS,
        "not_collected": NOT_COLLECTED,
        "refused_by": REFUSALS,
        "changes": versions(),
    }


def account_manifest(account: Account, regions: RegionSetting, *, has_experiment: bool) -> dict[str, Any]:
    """The manifest of one account: its own fields and its sampling."""
    is_sent = {"variant": has_experiment, "region": regions.is_on, "truth": regions.epsilon is not None}
    fields = [field for field in FIELDS if is_sent.get(field.name, True)]
    return {
        **manifest(),
        "account": account.id,
        "mode": account.telemetry.mode,
        "rate": account.telemetry.rate if account.collects else None,
        "rate_on_error": account.telemetry.rate_on_error or None,  # `off` has none
        "region_truth": regions.truth if account.collects and regions.is_on else None,
        "fields": [asdict(field) for field in fields] if account.collects else [],
    }
