"""What an account's figures leave out, as a condition of SQL."""

from __future__ import annotations

from collections.abc import Sequence

from widget.telemetry.schema import is_version, is_widget_id

from ..control.exclusions import Exclusion


def condition(exclusions: Sequence[Exclusion], time: str = "ts") -> str:
    """`AND NOT (...)` for the rows to leave out, or an empty text. `time` is the expression of a row's time.

    All texts are checked, so they are safe in SQL. Raises ValueError if one is not.
    """
    parts = [_part(each, time) for each in exclusions]
    return f"AND NOT ({' OR '.join(parts)})" if parts else ""


def _part(exclusion: Exclusion, time: str) -> str:
    terms = []
    if exclusion.widget is not None:
        if not is_widget_id(exclusion.widget):
            raise ValueError("not a widget's id")
        terms.append(f"widget = '{exclusion.widget}'")
    if exclusion.version is not None:
        if not is_version(exclusion.version):
            raise ValueError("not a version")
        terms.append(f"version = '{exclusion.version}'")
    if exclusion.start is not None and exclusion.stop is not None:
        for sign, at in ((">=", exclusion.start), ("<", exclusion.stop)):
            terms.append(f"{time} {sign} fromUnixTimestamp64Milli({int(at.timestamp() * 1000)})")
    return f"({' AND '.join(terms)})"
