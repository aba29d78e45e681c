"""Times on the screen, in the chosen time zone; the browser knows all of them."""

import js
from pyscript.ffi import to_js

from . import moments

_formats = {}


def browsers_zone() -> str:
    """The time zone that the browser is in."""
    return js.Intl.DateTimeFormat.new().resolvedOptions().timeZone or "UTC"


def zones() -> list:
    """The names of all time zones that the browser knows."""
    return [str(name) for name in js.Intl.supportedValuesOf("timeZone")]


def is_zone(name: str) -> bool:
    try:
        js.Intl.DateTimeFormat.new("en-GB", to_js({"timeZone": name}))
    except Exception:  # noqa: BLE001 - a RangeError of JavaScript, which has no class of its own here
        return False
    return True


def now() -> float:
    """Seconds since 1970."""
    return moments.seconds(js.Date.new().toISOString())  # as a number, it would be cut to 32 bits on the way


def date(moment: float):
    """A JavaScript Date. A float crosses whole; a whole number above 2^31 would not."""
    return js.Date.new(float(moment) * 1000.0)


def day(moment: float, zone: str) -> str:
    return _written(moment, zone, {"day": "numeric", "month": "short"})


def minute(moment: float, zone: str) -> str:
    return _written(moment, zone, {"hour": "2-digit", "minute": "2-digit"})


def second(moment: float, zone: str) -> str:
    return _written(moment, zone, {"hour": "2-digit", "minute": "2-digit", "second": "2-digit"})


def whole(moment: float, zone: str) -> str:
    """Day and minute: `24 Nov 2026, 15:00`."""
    options = {"day": "numeric", "month": "short", "year": "numeric", "hour": "2-digit", "minute": "2-digit"}
    return _written(moment, zone, options)


def of_step(moment: float, zone: str, step_s: float) -> str:
    """The time of a point that stands for so many seconds: with its seconds where they tell it from the next."""
    return f"{day(moment, zone)}, {second(moment, zone)}" if step_s < 60 else whole(moment, zone)


def _written(moment: float, zone: str, options: dict) -> str:
    key = f"{zone} {' '.join(sorted(options))}"
    if key not in _formats:
        given = dict(options)
        given["timeZone"] = zone
        given["hourCycle"] = "h23"
        _formats[key] = js.Intl.DateTimeFormat.new("en-GB", to_js(given))
    return _formats[key].format(date(moment))
