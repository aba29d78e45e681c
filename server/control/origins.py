"""The origins whose pages may show a widget and report to it. A widget without any is open to all origins."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlsplit

from ..errors import SettingError, UnknownWidgetError
from .audit import record
from .database import ControlDatabase

MAX_ORIGINS = 50  # of one widget
# As browsers write it in the header Origin (https://www.rfc-editor.org/rfc/rfc6454#section-6.2): no path, no default
# port, names of other scripts in punycode. An origin is thus compared as text.
_ORIGIN = re.compile(r"https?://(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[1-9][0-9]{0,4})?")
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Origins:
    """The origins of all widgets. `actor` names the author of a change in the audit trail."""

    def __init__(self, database: ControlDatabase) -> None:
        self._database = database

    def of(self, widget: str) -> list[str]:
        """The widget's origins, sorted."""
        sql = "SELECT origin FROM origins WHERE widget = ? ORDER BY origin"
        return [row["origin"] for row in self._database.read(sql, widget)]

    def by_widget(self) -> dict[str, frozenset[str]]:
        """The origins of each widget that has any."""
        widgets: dict[str, set[str]] = defaultdict(set)
        for widget, origin in self._database.read("SELECT widget, origin FROM origins"):
            widgets[widget].add(origin)
        return {widget: frozenset(origins) for widget, origins in widgets.items()}

    def set(self, widget: str, origins: Sequence[str], *, account: str | None = None, actor: str) -> list[str]:
        """Replace the widget's origins by these; none means all. Returns them sorted.

        Raises UnknownWidgetError, also if the widget is not one of `account`, and SettingError.
        """
        after = sorted({normal(origin) for origin in origins})
        if len(after) > MAX_ORIGINS:
            raise SettingError(f"A widget may have at most {MAX_ORIGINS} origins.")
        with self._database.change() as connection:
            row = connection.execute("SELECT account FROM widgets WHERE id = ?", (widget,)).fetchone()
            if row is None or account not in (None, row["account"]):
                raise UnknownWidgetError(widget)
            sql = "SELECT origin FROM origins WHERE widget = ? ORDER BY origin"
            before = [each["origin"] for each in connection.execute(sql, (widget,))]
            if after != before:
                connection.execute("DELETE FROM origins WHERE widget = ?", (widget,))
                for origin in after:
                    connection.execute("INSERT INTO origins VALUES (?, ?)", (widget, origin))
                detail = f"{widget}: {in_words(before)} -> {in_words(after)}"
                record(connection, actor, row["account"], "origins.set", detail)
        return after


def is_origin(text: str) -> bool:
    """True if it is an origin as browsers write it."""
    return _ORIGIN.fullmatch(text) is not None


def normal(text: str) -> str:
    """The origin as browsers write it, without a slash at the end and a default port. Raises SettingError."""
    origin = text.strip().lower().removesuffix("/")
    origin = origin.removesuffix(_DEFAULT_PORTS.get(origin.partition(":")[0], ""))
    if not is_origin(origin):
        raise SettingError("An origin must be as in a browser's address bar, without a path: https://shop.example.")
    return origin


def origin_of_url(url: str) -> str:
    """The origin of a URL, as browsers write it; an empty text if it has none, such as for a host in other scripts."""
    parts = urlsplit(url)
    with contextlib.suppress(SettingError):
        return normal(f"{parts.scheme}://{parts.netloc}")
    return ""


def in_words(origins: Sequence[str]) -> str:
    """The origins as a phrase: `all origins`, or the list."""
    return ", ".join(origins) or "all origins"
