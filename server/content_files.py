"""Reads the widgets' content files, one JSON file each, and reads a file again when it changes."""

from __future__ import annotations

import json
import logging
from pathlib import Path

from widget.content import Content, parse_content
from widget.errors import INVALID_CONTENT, ContentError
from widget.telemetry.schema import is_widget_id

from . import COMMAND, public_content
from .errors import BrokenContentError, UnknownWidgetError

SHOP = "{{SHOP}}"  # a file's placeholder for the shop's origin, for example in the addresses of avatars
EXAMPLE = Path(__file__).parent / "example" / "example.json"
ACCOUNT_FIELDS = ("account", "telemetry")  # the control database has these; a file must not set them

log = logging.getLogger(__name__)


class ContentFiles:
    """A directory of files `{widget}.json`, each with the widget's `id`, `design` and `testimonials`."""

    def __init__(self, directory: Path, shop_origin: str = "") -> None:
        """Read each file once, so that the log names broken files at the start."""
        self._directory = directory
        self._shop_origin = shop_origin.rstrip("/")
        self._cache: dict[str, tuple[tuple[int, int], Content | None]] = {}  # by id: the file's time and size, content
        for path in sorted(directory.glob("*.json")):
            if is_widget_id(path.stem):
                self._load(path.stem)
            else:
                log.error("%s is not served: its name without .json must be a widget id.", path)

    def widgets(self) -> list[str]:
        """The ids of the widgets with a content file, as of the last request for each."""
        return list(self._cache)

    def add_example(self, widget: str) -> None:
        """Give the widget an example as its content file, unless it has a file. Raises OSError."""
        text = EXAMPLE.read_text(encoding="utf-8").replace('"id": "example"', f'"id": "{widget}"', 1)
        path = self._directory / f"{widget}.json"
        draft = self._directory / f".{widget}.new"
        draft.write_text(text, encoding="utf-8")
        try:
            path.hardlink_to(draft)  # whole at once, and never over a file
        except FileExistsError:
            pass
        finally:
            draft.unlink()

    def get(self, widget: str) -> Content:
        """The current content of the widget's file. Raises UnknownWidgetError and BrokenContentError.

        Its `telemetry` is the default, because the setting belongs to the widget's account.
        """
        if not is_widget_id(widget):  # this also refuses paths: an id has no dot and no slash
            raise UnknownWidgetError
        try:
            content = self._load(widget)
        except FileNotFoundError:
            self._cache.pop(widget, None)
            raise UnknownWidgetError from None
        if content is None:
            raise BrokenContentError
        return content

    def _load(self, widget: str) -> Content | None:
        """The content, read again if the file has changed; None if it is broken. Raises FileNotFoundError."""
        path = self._directory / f"{widget}.json"
        stat = path.stat()
        state = (stat.st_mtime_ns, stat.st_size)
        entry = self._cache.get(widget)
        if entry and entry[0] == state:
            return entry[1]
        try:
            content = self._parse(widget, path.read_text(encoding="utf-8"))
        except (ContentError, UnicodeError, OSError) as error:
            log.error("%s is not served: %s", path, error)
            content = None
        self._cache[widget] = (state, content)
        return content

    def _parse(self, widget: str, text: str) -> Content:
        text = text.replace(SHOP, self._shop_origin)
        content = parse_content(text)
        if content.id != widget:
            raise ContentError(INVALID_CONTENT, f"id must be {widget}, like the file's name.")
        for name in ACCOUNT_FIELDS:
            if name in json.loads(text):
                advice = f"remove it, and use `{COMMAND} widget` and `account` to set it"
                raise ContentError(INVALID_CONTENT, f"{name} must not be in a content file: {advice}.")
        public_content.answer(content, content.design)  # raises here if the text cannot be encoded
        return content
