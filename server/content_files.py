"""The widgets' content, one JSON file each, checked when it is read and read again when it changes."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from widget.content import Content, parse_content
from widget.errors import INVALID_CONTENT, ContentError
from widget.telemetry.schema import is_widget_id

from . import COMMAND, public_content
from .errors import BrokenContentError, UnknownWidgetError

SHOP = "{{SHOP}}"  # stands in a file for the origin of the shop, such as that of its avatars
OF_THE_ACCOUNT = ("account", "telemetry")  # no file decides who measures, or how much

log = logging.getLogger(__name__)


class ContentFiles:
    """A directory of `{widget}.json`, each with the widget's `id`, `design` and `testimonials`."""

    def __init__(self, directory: Path, shop_origin: str = "") -> None:
        """Reads every file once, so that a broken one shows in the log at the start."""
        self._directory = directory
        self._shop_origin = shop_origin.rstrip("/")
        self._read: dict[str, tuple[tuple[int, int], Content | None]] = {}
        for path in sorted(directory.glob("*.json")):
            if is_widget_id(path.stem):
                self._fresh(path.stem)
            else:
                log.error("%s is not served: its name, without .json, is no widget id.", path)

    def widgets(self) -> list[str]:
        """The ids that there were files for when they were last asked for."""
        return list(self._read)

    def get(self, widget: str) -> Content:
        """The widget's content as its file is now; raises UnknownWidgetError and BrokenContentError.

        Its `telemetry` is the default: the widget's account has the setting.
        """
        if not is_widget_id(widget):  # also keeps paths out: an id has no dot and no slash
            raise UnknownWidgetError
        try:
            content = self._fresh(widget)
        except FileNotFoundError:
            self._read.pop(widget, None)
            raise UnknownWidgetError from None
        if content is None:
            raise BrokenContentError
        return content

    def _fresh(self, widget: str) -> Content | None:
        path = self._directory / f"{widget}.json"
        stat = path.stat()
        state = (stat.st_mtime_ns, stat.st_size)
        known = self._read.get(widget)
        if known and known[0] == state:
            return known[1]
        try:
            content = self._publish(widget, path.read_text(encoding="utf-8"))
        except (ContentError, UnicodeError, OSError) as error:
            log.error("%s is not served: %s", path, error)
            content = None
        self._read[widget] = (state, content)
        return content

    def _publish(self, widget: str, text: str) -> Content:
        text = text.replace(SHOP, self._shop_origin)
        content = parse_content(text)
        if content.id != widget:
            raise ContentError(INVALID_CONTENT, f"id must be {widget}, as the file is named.")
        for name in OF_THE_ACCOUNT:
            if name in json.loads(text):
                what_to_do = f"take it out; `{COMMAND} widget` and `account` set it"
                raise ContentError(INVALID_CONTENT, f"{name} is no part of a content file: {what_to_do}.")
        public_content.answer(content, content.design)  # what cannot be sent, such as half a letter, is said now
        return content
