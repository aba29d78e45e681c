"""The server's state for a monitor, in the format of OpenMetrics.

No figure is about an account, a widget or a visitor. The only texts are the server's own words for refusals.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from widget.version import VERSION

from .api.services import Services
from .errors import ControlError, StoreError
from .store.retention import age_range, size

MEDIA_TYPE = CONTENT_TYPE_LATEST


class Metrics(Collector):
    """Reads the running server. Each reading asks the store for the number of its rows, which takes milliseconds."""

    def __init__(self, services: Services, data: Path) -> None:
        """`data` is the directory whose disk is watched."""
        self._services, self._data = services, data
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All figures. It blocks: do not call it on the event loop."""
        text: bytes = generate_latest(self._registry)  # type: ignore[no-untyped-call]
        return text

    def listen(self, address: str, port: int) -> WSGIServer:
        """Answer on an address of its own, in a thread, to whoever reaches it. Raises OSError."""
        server, _ = start_http_server(port, address, self._registry)
        return server

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("tresta_build", "The version of the server.", value={"version": VERSION})
        yield from self._ingest()
        yield from self._store()

    def describe(self) -> list[Any]:
        return []  # so that registering does not read the store

    def _ingest(self) -> Iterator[Metric]:
        counters, writer = self._services.counters, self._services.writer
        yield CounterMetricFamily("tresta_batches", "Batches that arrived, accepted or not.", counters.requests)
        yield CounterMetricFamily("tresta_rows_stored", "Rows committed to the store.", writer.written_rows)
        refused = CounterMetricFamily("tresta_refused", "Batches and reports not stored, by reason.", labels=["reason"])
        for reason, count in sorted(counters.reasons.copy().items()):
            refused.add_metric([reason], count)
        yield refused
        yield GaugeMetricFamily("tresta_queue_rows", "Rows that wait to be stored.", writer.queued_rows)
        yield GaugeMetricFamily("tresta_queue_capacity_rows", "Rows that may wait at most.", writer.capacity)
        state = GaugeMetricFamily("tresta_status", "1 for the present state of the store.", labels=["status"])
        for status in ("ok", "disk_full", "store_failing"):
            state.add_metric([status], float(writer.status == status))
        yield state

    def _store(self) -> Iterator[Metric]:
        try:
            yield GaugeMetricFamily("tresta_disk_free_bytes", "Free on the disk.", shutil.disk_usage(self._data).free)
            figures, (oldest, _) = size(self._services.store), age_range(self._services.store)
            yield GaugeMetricFamily("tresta_stored_rows", "Rows in the store.", figures["rows"])
            yield GaugeMetricFamily("tresta_stored_bytes", "Bytes of the store on the disk.", figures["bytes"])
            age = (datetime.now(UTC) - oldest).total_seconds() if oldest else 0
            yield GaugeMetricFamily("tresta_oldest_row_age_seconds", "The age of the oldest row.", age)
            accounts = len(self._services.accounts.all())
            yield GaugeMetricFamily("tresta_accounts", "Accounts.", accounts)
        except (StoreError, ControlError, OSError):
            pass  # what cannot be read is absent; `tresta_status` says why
