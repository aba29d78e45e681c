"""The dashboard as a CSV file for a spreadsheet."""

from .figures import ALL
from .types import Json

_PARTS = ("value", "low", "high", "page_views")
_GROUPS = (
    ("over_time", "at"),
    ("by_widget", "name"),
    ("by_layout", "name"),
    ("by_version", "name"),
    ("by_region", "name"),
)


def as_csv(dashboard: Json) -> str:
    """One line per figure of each group or point: its value, the ends of its 95% interval, and its page views.

    Values are the API's: times in UTC, durations in milliseconds, the error rate as a fraction.
    """
    head: list[object] = ["group", "name", "figure"]
    lines = [head + list(_PARTS)] + _lines("summary", "", dashboard["summary"])
    for group, key in _GROUPS:
        for item in dashboard[group]:
            lines += _lines(group, item[key], item)
    for error in dashboard["errors"]:
        lines.append(["errors", error["code"], "count"] + [error["count"][part] for part in _PARTS])
    return "\r\n".join(",".join(_cell(cell) for cell in line) for line in lines) + "\r\n"


def _lines(group: str, name: str, item: Json) -> list[list[object]]:
    return [[group, name, figure] + [item[figure][part] for part in _PARTS] for figure, _, _ in ALL]


def _cell(value: object) -> str:
    """A cell as in RFC 4180. An apostrophe keeps a spreadsheet from taking a text for a formula."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        text = f"'{text}"
    if any(character in text for character in ',"\r\n'):
        text = '"' + text.replace('"', '""') + '"'
    return text
