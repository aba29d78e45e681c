"""The dashboard as files: CSV for a spreadsheet, and what the API answered as JSON."""

from .figures import ALL

_PARTS = ("value", "low", "high", "rows")
_GROUPS = (("over_time", "at"), ("by_widget", "name"), ("by_layout", "name"), ("by_version", "name"))


def as_csv(dashboard: dict) -> str:
    """One line for each group or point and figure: its value, the ends of its 95% interval, and the rows behind it.

    Values are as in the API: times in UTC, milliseconds, and the error rate as a fraction.
    """
    lines = [["group", "name", "figure"] + list(_PARTS)]
    lines += _lines("summary", "", dashboard["summary"])
    for group, key in _GROUPS:
        for item in dashboard[group]:
            lines += _lines(group, item[key], item)
    for error in dashboard["errors"]:
        lines.append(["errors", error["code"], "count"] + [error["count"][part] for part in _PARTS])
    return "\r\n".join(",".join(_cell(cell) for cell in line) for line in lines) + "\r\n"


def _lines(group: str, name: str, item: dict) -> list:
    return [[group, name, figure] + [item[figure][part] for part in _PARTS] for figure, _, _ in ALL]


def _cell(value: object) -> str:
    """RFC 4180; a text that a spreadsheet would take for a formula is told apart by an apostrophe."""
    if value is None:
        return ""
    text = str(value)
    if isinstance(value, str) and text[:1] in ("=", "+", "-", "@", "\t", "\r"):
        text = f"'{text}"
    if any(sign in text for sign in ',"\r\n'):
        text = '"' + text.replace('"', '""') + '"'
    return text
