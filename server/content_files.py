"""The widgets' content, one JSON file each, checked when it is read and read again when it changes."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from widget.content import Content, parse_content
from widget.errors import ContentError
from widget.telemetry.schema import is_widget_id

from . import public_content
from .errors import BrokenContentError, UnknownWidgetError

SHOP = "{{SHOP}}"  # stands in a file for the origin of the shop, such as that of its avatars
DEFAULT_ACCOUNT = "default"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PublishedContent:
    """A widget's content, and whose it is."""

    account: str
    content: Content

    @property
    def collects(self) -> bool:
        """False where the account has switched telemetry off."""
        return self.content.telemetry.mode != "off"


class ContentFiles:
    """A directory of `{widget}.json`: what the content API answers, and an optional `account`."""

    def __init__(self, directory: Path, shop_origin: str = "") -> None:
        """Reads every file once, so that a broken one shows in the log at the start."""
        self._directory = directory
        self._shop_origin = shop_origin.rstrip("/")
        self._read: dict[str, tuple[tuple[int, int], PublishedContent | None]] = {}
        for path in sorted(directory.glob("*.json")):
            if is_widget_id(path.stem):
                self._fresh(path.stem)
            else:
                log.error("%s is not served: its name, without .json, is no widget id.", path)

    def __len__(self) -> int:
        """How many widgets are served."""
        return sum(content is not None for _, content in self._read.values())

    def get(self, widget: str) -> PublishedContent:
        """The widget's content as its file is now; raises UnknownWidgetError and BrokenContentError."""
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

    def _fresh(self, widget: str) -> PublishedContent | None:
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

    def _publish(self, widget: str, text: str) -> PublishedContent:
        text = text.replace(SHOP, self._shop_origin)
        content = parse_content(text)
        if content.id != widget:
            raise ContentError("INVALID_CONTENT", f"id must be {widget}, as the file is named.")
        account = json.loads(text).get("account", DEFAULT_ACCOUNT)
        if not is_widget_id(account):
            raise ContentError("INVALID_CONTENT", "account must be 1-64 of A-Z a-z 0-9 _ -.")
        public_content.answer(content, content.design)  # what cannot be sent, such as half a letter, is said now
        return PublishedContent(account, content)
