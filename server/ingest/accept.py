"""From a request's body to stored rows; of what is refused, only the reason is counted."""

from __future__ import annotations

from collections.abc import AsyncIterable, Mapping

from widget.errors import EventRejected
from widget.telemetry import schema

from ..content_files import ContentFiles
from ..errors import UnknownWidgetError
from .refusals import Refusals
from .rows import Row, rows_of
from .writer import Writer

NO_CONSENT = "no_consent"  # the visitor's browser says no to tracking
UNKNOWN_WIDGET = "unknown_widget"
ACCOUNT_OFF = "account_off"  # the widget's account collects nothing


class Ingest:
    """Takes batches in, and counts what it refuses."""

    def __init__(self, content: ContentFiles, writer: Writer, refusals: Refusals) -> None:
        self._content = content
        self._writer = writer
        self._refusals = refusals

    async def accept(self, headers: Mapping[str, str], body: AsyncIterable[bytes]) -> None:
        """Returns when the batch is stored, or is not to be stored and its sender need not know.

        Raises EventRejected, BrokenContentError, QueueFullError and StoreError.
        """
        self._refusals.request()
        # A page of ours does not send under either signal; whoever does is answered, and not even read.
        if headers.get("sec-gpc") == "1" or headers.get("dnt") == "1":
            self._refusals.add(NO_CONSENT)
            return
        reports = schema.parse(await _read(body))
        rows = self._rows(reports)
        if rows:
            await self._writer.write(rows)

    def _rows(self, reports: list[schema.WidgetReport]) -> list[Row]:
        """Raises EventRejected where no widget is known; one mistyped tag does not cost its neighbours their rows."""
        rows: list[Row] = []
        unknown = 0
        for report in reports:
            try:
                content = self._content.get(report.widget)
            except UnknownWidgetError:
                unknown += 1
                continue
            if content.collects:
                rows += rows_of(report, content.account)
            else:
                self._refusals.add(ACCOUNT_OFF)
        if unknown == len(reports):
            raise EventRejected(UNKNOWN_WIDGET, "widget")
        if unknown:
            self._refusals.add(UNKNOWN_WIDGET, unknown)
        return rows


async def _read(body: AsyncIterable[bytes]) -> bytes:
    """The whole body; raises EventRejected as soon as it is too large, and reads no further."""
    read = b""
    async for chunk in body:
        read += chunk
        if len(read) > schema.MAX_BYTES:
            raise EventRejected("too_large")
    return read
