"""A rule: what an account wants to be told of, and where the messages go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from widget.telemetry.schema import is_code, is_widget_id

from ..errors import SettingError
from ..figures.disclosure import FEWEST_PAGE_VIEWS

LIMIT, USUAL = "limit", "usual"
MAX_EMAILS, MAX_EMAIL, MAX_URL, MAX_MIN_PAGE_VIEWS = 5, 254, 500, 100_000
REPORT, SILENCE = "weekly_report", "silence"


@dataclass(frozen=True)
class Metric:
    """What can be watched. `bounds` are the least and the most that a bound may be, by what it is compared against."""

    name: str  # in words; {} stands for the widget
    unit: str  # ms, fraction or factor
    bounds: Mapping[str, tuple[float, float]]
    is_low_bad: bool = False


def _bounds(**bounds: tuple[float, float]) -> Mapping[str, tuple[float, float]]:
    return MappingProxyType(bounds)


_TIME = _bounds(limit=(1, 600_000), usual=(1.05, 100))
_SHARE = _bounds(limit=(0.001, 0.99), usual=(1.05, 100))
METRICS = {
    "p75": Metric("p75 of load time of {}", "ms", _TIME),
    "p95": Metric("p95 of load time of {}", "ms", _TIME),
    "error_share": Metric("the share of page views of {} with an error", "fraction", _SHARE),
    "code": Metric("the share of page views of {} with", "fraction", _SHARE),
    SILENCE: Metric("silence", "", _bounds()),
    "coverage": Metric(
        "the share of pages with {} that are heard from",
        "fraction",
        _bounds(limit=(0.01, 0.99), usual=(0.05, 0.95)),
        is_low_bad=True,
    ),
    "overcount": Metric(
        "the number of loads for each page with {} that was given out", "factor", _bounds(limit=(1.05, 100))
    ),
    REPORT: Metric("a weekly report", "", _bounds()),
}

_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
EMAIL = rf"[A-Za-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{_LABEL}(\.{_LABEL}){{1,3}}"
# Without a user, a password and a fragment. The host's address is checked at connecting.
WEBHOOK = rf"https://{_LABEL}(\.{_LABEL}){{0,3}}(:[1-9][0-9]{{0,3}}|:[1-5][0-9]{{4}})?([/?][!-\"$-~]{{0,500}})?"


@dataclass(frozen=True)
class Rule:
    """What to tell an account of. Raises SettingError for values that do not go together."""

    account: str
    metric: str
    widget: str | None = None  # None: each widget of the account, by itself
    code: str | None = None
    against: str | None = None
    bound: float | None = None
    min_page_views: int = FEWEST_PAGE_VIEWS
    webhook: str | None = None
    emails: tuple[str, ...] = ()
    muted_until: datetime | None = None
    id: str = ""
    created_at: str = ""

    def __post_init__(self) -> None:
        if self.metric not in METRICS:
            raise SettingError(f"metric must be one of {', '.join(METRICS)}.")
        if self.widget is not None and not is_widget_id(self.widget):
            raise SettingError("widget must be a widget's id, or null for each widget of the account.")
        if (self.metric == "code") != (self.code is not None):
            raise SettingError("code is needed by the metric code, and only by it.")
        if self.code is not None and not is_code(self.code):
            raise SettingError("code must be an error code, such as API_ERROR.")
        self._check_bound()
        if not FEWEST_PAGE_VIEWS <= self.min_page_views <= MAX_MIN_PAGE_VIEWS:
            raise SettingError(
                f"min_page_views must be a whole number from {FEWEST_PAGE_VIEWS} to {MAX_MIN_PAGE_VIEWS}."
            )
        if self.webhook is not None:
            _check_webhook(self.webhook)
        if len(self.emails) > MAX_EMAILS or len(set(self.emails)) < len(self.emails):
            raise SettingError(f"emails must be at most {MAX_EMAILS} different addresses.")
        if any(len(email) > MAX_EMAIL or not re.fullmatch(EMAIL, email) for email in self.emails):
            raise SettingError("emails must be addresses such as maria@example.com.")
        if self.metric == REPORT and (not self.emails or self.webhook):
            raise SettingError("A weekly_report needs emails and takes no webhook.")
        if self.muted_until is not None and self.muted_until.tzinfo is None:
            raise SettingError("muted_until must say its offset from UTC, as in 2026-11-24T15:00:00Z.")

    def _check_bound(self) -> None:
        bounds = METRICS[self.metric].bounds
        if not bounds:
            if self.against is not None or self.bound is not None:
                raise SettingError(f"The metric {self.metric} takes no against and no bound; leave them out.")
            return
        if self.against is None or self.against not in bounds:
            raise SettingError(f"against must be {' or '.join(bounds)} for the metric {self.metric}.")
        least, most = bounds[self.against]
        if self.bound is None or not least <= self.bound <= most:  # False for NaN too
            values = f"a number from {least:g} to {most:g}"
            raise SettingError(f"bound must be {values} for the metric {self.metric} against {self.against}.")

    @property
    def is_judged(self) -> bool:
        """False for a weekly report, which is due by the calendar."""
        return self.metric != REPORT

    def is_muted(self, now: datetime) -> bool:
        return self.muted_until is not None and now < self.muted_until


def _check_webhook(url: str) -> None:
    """Raise SettingError unless this is a plain URL. `http` is for servers whose operator allows it."""
    if len(url) > MAX_URL or not re.fullmatch(WEBHOOK.replace("https", "https?", 1), url):
        form = f"an https URL of at most {MAX_URL} characters, without a user, a password and a #"
        raise SettingError(f"webhook must be {form}.")
