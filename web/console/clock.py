"""Times on the screen, in the chosen time zone. The browser knows all zones."""

import js
from pyscript.ffi import to_js

from . import moments
from .types import Any

_formats: dict[str, Any] = {}


def browsers_zone() -> str:
    """The browser's time zone."""
    return js.Intl.DateTimeFormat.new().resolvedOptions().timeZone or "UTC"


def zones() -> list[str]:
    """The names of all time zones that the browser knows."""
    return [str(name) for name in js.Intl.supportedValuesOf("timeZone")]


def is_zone(name: str) -> bool:
    """True for a time zone that the browser knows, also by an old name, such as `Asia/Calcutta`."""
    return bool(js.tresta.isZone(name))


def now() -> float:
    """Seconds since 1970."""
    # MicroPython would cut the number of milliseconds to 32 bits.
    return moments.seconds(js.Date.new().toISOString())


def date(moment: float) -> Any:
    """A JavaScript Date. Python hands over a float whole, but cuts an integer to 32 bits."""
    return js.Date.new(float(moment) * 1000.0)


def day(moment: float, zone: str) -> str:
    return _format(moment, zone, {"day": "numeric", "month": "short"})


def minute(moment: float, zone: str) -> str:
    return _format(moment, zone, {"hour": "2-digit", "minute": "2-digit"})


def second(moment: float, zone: str) -> str:
    return _format(moment, zone, {"hour": "2-digit", "minute": "2-digit", "second": "2-digit"})


def day_and_minute(moment: float, zone: str) -> str:
    """`24 Nov 2026, 15:00`."""
    options = {"day": "numeric", "month": "short", "year": "numeric", "hour": "2-digit", "minute": "2-digit"}
    return _format(moment, zone, options)


def midnight(date_text: str, zone: str) -> float:
    """The start of a local day, such as `2026-11-24`, in seconds since 1970."""
    utc = moments.seconds(f"{date_text}T00:00:00Z")
    moment = utc
    for _ in range(2):  # the second time with the offset of the first result: the clock may be put back that day
        moment = utc - (moments.seconds(local(moment, zone)) - moment)
    return moment


def local(moment: float, zone: str) -> str:
    """The local date and time as `2026-11-24T15:00:00`."""
    options = {"day": "2-digit", "month": "2-digit", "year": "numeric"}
    options["hour"] = options["minute"] = options["second"] = "2-digit"
    day_text, _, time_text = _format(moment, zone, options).partition(", ")
    day, month, year = day_text.split("/")
    return f"{year}-{month}-{day}T{time_text}"


def start_of(moment: float, zone: str, step_s: float) -> str:
    """The start of a chart's point; with seconds if points are less than a minute apart."""
    return f"{day(moment, zone)}, {second(moment, zone)}" if step_s < 60 else day_and_minute(moment, zone)


def _format(moment: float, zone: str, options: dict[str, str]) -> str:
    key = f"{zone} {' '.join(sorted(options))}"
    if key not in _formats:
        options = dict(options)
        options["timeZone"] = zone
        options["hourCycle"] = "h23"
        _formats[key] = js.Intl.DateTimeFormat.new("en-GB", to_js(options))
    text: str = _formats[key].format(date(moment))
    return text
