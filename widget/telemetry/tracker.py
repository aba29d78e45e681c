"""The tracker: it counts the events of one widget if the page is in the sample and nobody refuses."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..errors import ConfigError, describe
from ..page.bridge import Bridge, current_page
from . import counts
from .config import TelemetryConfig, telemetry_config
from .consent import Consent
from .exposure import Exposure
from .receipt import Receipt
from .sampler import TelemetrySampler
from .schema import MAX_LOAD_MS, MAX_LOADS, MIN_RATE, Load, WidgetReport, is_version, is_widget_id
from .stages import PageStart
from .transport import Outbox, outbox_of, sample

MAX_RATES = 8  # different sampling rates waiting at once

Method = TypeVar("Method", bound=Callable[..., Any])


def never_raises(method: Method) -> Method:
    """Turns any exception of the method into a debug line and returns None: telemetry must not break a page."""

    @functools.wraps(method)
    def guarded(self: TelemetryTracker, *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - bugs of this package must not reach the caller
            self._debug(f"telemetry: {describe(error)}")
            return None

    return guarded  # type: ignore[return-value]


class TelemetryTracker:
    """Counts loads, errors and interactions of one widget; the page's outbox sends them.

    `widget_id` is 1-64 of A-Z a-z 0-9 _ -, `version` three numbers such as "1.0.0", `config` a TelemetryConfig or a
    mapping as in config.py. Raises ConfigError for anything else. Outside a page the tracker does nothing. Only the
    constructor and `set_sampling_rate` raise.
    """

    def __init__(
        self,
        widget_id: str,
        version: str,
        config: Mapping[str, object] | TelemetryConfig | None = None,
        *,
        bridge: Bridge | None = None,
    ) -> None:
        if not is_widget_id(widget_id):
            raise ConfigError("The widget id must be 1 to 64 letters, digits, - or _.")
        if not is_version(version):
            raise ConfigError('The version must be three numbers, such as "1.0.0".')
        settings = telemetry_config(config)
        self.widget_id = widget_id
        self.version = version
        self.endpoint = settings.endpoint
        self._bridge = bridge or current_page()
        self._sampler = TelemetrySampler(settings.sampling_rate)
        self._consent = Consent(self._bridge, widget_id, enabled=settings.enabled)
        self._rate_on_error, self._exposure = settings.sampling_rate_on_error, Exposure(widget_id)
        self._region, self._truth = "", 1.0
        self._started_ms: float | None = None
        self._page_start: PageStart | None = None
        self._waiting: dict[tuple[float, float, str], WidgetReport] = {}  # by the rates and the variant of the event

    @never_raises
    def note_page_start(self, content_url: str) -> None:
        """The loader has handed the widget over, so its load tells the stages of Python's start. See stages.py."""
        if self._bridge is not None:
            self._page_start = PageStart(self._bridge, content_url)

    @never_raises
    def start_load_tracking(self, *, at_ms: float | None = None) -> None:
        """Starts the load's clock now, or at `at_ms` of the page's clock."""
        self._started_ms = None
        if self._bridge is not None and self._consent.refused_by() is None:
            self._started_ms = self._bridge.now_ms() if at_ms is None else at_ms

    @never_raises
    def track_load(self, layout: str, *, at_ms: float | None = None) -> None:
        """Counts a load: the content is on the screen. Ignored without a start, and if the load time is invalid."""
        started, self._started_ms = self._started_ms, None
        if self._bridge is None or started is None:
            return
        load_ms = (self._bridge.now_ms() if at_ms is None else at_ms) - started
        if not 0 <= load_ms <= MAX_LOAD_MS:  # also for NaN
            self._debug("telemetry: the clock gave an impossible load time; this load is not counted.")
            return
        outbox = outbox_of(self._bridge)
        report = self._report("loads")
        if report is not None and len(report.loads) >= MAX_LOADS:
            outbox.flush()  # the report is full: send it now
            report = self._report("loads")
        if report is not None:
            load = Load(counts.layout_name(layout), round(load_ms), ready_ms=0)
            if self._page_start is not None:
                self._page_start.tell(load, started)
            report.loads.append(load)
            if self._sampler.includes(outbox.draw):  # else only errors will be sent, together
                outbox.flush_when_idle()

    @never_raises
    def track_error(self, code: str, *, at_first_rate: bool = False) -> None:
        """Counts an error under its code; a malformed one is INVALID_CODE. `at_first_rate`: not at that of errors."""
        report = self._report("errors", at_first_rate=at_first_rate)
        if report is not None:
            counts.count(report.errors, counts.code_name(code, report.errors))

    @never_raises
    def track_interaction(self, layout: str) -> None:
        """Counts one use of a control by the visitor."""
        report = self._report("interactions")
        if report is not None:
            counts.count(report.interactions, counts.layout_name(layout))

    @never_raises
    def flush(self) -> None:
        """Sends the waiting reports of all trackers of the page now. Synchronous."""
        if self._bridge is not None:
            outbox_of(self._bridge).flush()

    @never_raises
    def disable(self) -> None:
        """Stops counting, and discards the waiting reports."""
        self._consent.disabled = True
        self._started_ms = None
        self._discard()

    @never_raises
    def enable(self) -> None:
        """Undoes `disable()`. Does not override any other refusal."""
        self._consent.disabled = False

    def is_enabled(self) -> bool:
        """Whether nobody refuses at present. Does not say whether the page is in the sample."""
        return self._consent.refused_by() is None

    def set_sampling_rate(self, rate: float) -> None:
        """Sets the rate of later events, clamped to 0..1. Raises ConfigError for NaN, infinity and non-numbers."""
        self._sampler.set_sampling_rate(rate)

    def get_telemetry_data(self) -> dict[str, object]:
        """The waiting reports of this widget, as they would be sent but for `report_ms`, and who refuses, if any."""
        refused_by = self._consent.refused_by()
        if refused_by is not None:
            self._discard()
        reports = list(self._waiting.values())
        batches = sample(reports, outbox_of(self._bridge).draw) if self._bridge and reports else []
        return {
            "enabled": refused_by is None,
            "refused_by": refused_by,
            "rate": self._sampler.get_sampling_rate(),
            "widgets": [report.as_json() for batch in batches for report in batch],
        }

    def receipt(self) -> Receipt:
        """What a visitor may know about this widget. Needs a page."""
        assert self._bridge is not None
        outbox = outbox_of(self._bridge)
        is_in_sample = outbox.draw < self._sampler.get_sampling_rate()
        return Receipt(self._consent.answers(), is_in_sample, self._may_be_in_sample(outbox), outbox.sent())

    @never_raises
    def stop_page(self) -> None:
        """The visitor's no, for all trackers of the page."""
        if self._bridge is not None:
            outbox_of(self._bridge).stop()

    @never_raises
    def apply_account(self, mode: str, rate: float, rate_on_error: float = 0.0) -> None:
        """Applies the account's setting: mode `off` is a refusal, and the rates replace the default."""
        self._consent.set_account_off(mode == "off")
        self._sampler.set_sampling_rate(rate)
        self._rate_on_error = rate_on_error
        if mode == "off":
            self._discard()

    @never_raises
    def set_variant(self, code: str) -> None:
        """Names the variant of an experiment, such as e7-b, in the reports of later events. See exposure.py."""
        self._exposure.show(code, self._bridge.sent_by_loader() if self._bridge else ())

    def is_counting(self) -> bool:
        """Whether the page is in the sample, or would be with an error, and nobody refuses."""
        if self._bridge is None or self._consent.refused_by() is not None:
            return False
        return self._may_be_in_sample(outbox_of(self._bridge))

    @never_raises
    def set_region(self, region: str, truth: float) -> None:
        """Names the region in the waiting reports and in those of later events. See regions.py."""
        self._region, self._truth = region, truth
        for report in self._waiting.values():
            report.region, report.truth = region, truth

    def drain(self) -> list[WidgetReport]:
        """Removes and returns the waiting reports, for the outbox. Returns none if anyone refuses by now."""
        may_send = self._consent.refused_by(search_page=False) is None  # the outbox has just searched the page
        reports = list(self._waiting.values()) if may_send else []
        self._discard()
        self._exposure.leave(reports)
        self._tell_first_report(reports)
        return reports

    @never_raises
    def _tell_first_report(self, reports: list[WidgetReport]) -> None:
        if self._bridge is not None and self._page_start is not None and not outbox_of(self._bridge).sent():
            self._page_start.tell_report(load for report in reports for load in report.loads)

    def _report(self, kind: str, *, at_first_rate: bool = False) -> WidgetReport | None:
        """The report to count in, or None: the page is not in the sample, whatever happens, or somebody refuses."""
        if self._bridge is None:
            return None
        outbox, rate = outbox_of(self._bridge), self._sampler.get_sampling_rate()
        if not self._may_be_in_sample(outbox):
            return None
        if self._consent.refused_by(search_page=False) is not None:
            self._discard()
            return None
        key = rate, 0.0 if at_first_rate else self._rate_on_error, self._exposure.of(kind)
        report = self._waiting.get(key)
        if report is None:
            if len(self._waiting) >= MAX_RATES:
                outbox.flush()  # all rates are in use: send now
            report = self._waiting[key] = WidgetReport(self.widget_id, self.version, rate, variant=key[2])
            report.region, report.truth, report.rate_on_error = self._region, self._truth, key[1]
            outbox.add(self)
        return report

    def _may_be_in_sample(self, outbox: Outbox) -> bool:
        rate = self._sampler.get_sampling_rate()
        return rate >= MIN_RATE and outbox.draw < max(rate, self._rate_on_error)

    def _discard(self) -> None:
        self._waiting = {}

    def _debug(self, message: str) -> None:
        try:
            if self._bridge is not None:
                self._bridge.debug(message)
        except Exception:  # noqa: BLE001 - the page's console may be broken too
            pass
