"""Times as the API writes them, ISO 8601 in UTC, and as seconds since 1970."""

DAY_S = 86400
_UNITS = ((DAY_S, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def seconds(iso: str) -> float:
    """Seconds since 1970 of `2026-11-24T15:00:00Z`. Reads fractions of a second and `+00:00`, too."""
    date, _, clock = iso.partition("T")
    year, month, day = (int(part) for part in date.split("-"))
    clock = clock.replace("Z", "").replace("+00:00", "") or "0:0:0"
    parts = clock.split(":")
    hour, minute = int(parts[0]), int(parts[1])
    second = float(parts[2]) if len(parts) > 2 else 0.0
    return float(_days(year, month, day) * DAY_S + hour * 3600 + minute * 60) + second


def iso(moment: float) -> str:
    """The API's text of a time in seconds since 1970, to the second."""
    days, rest = divmod(int(moment), DAY_S)
    year, month, day = _date(days)
    return f"{year:04}-{month:02}-{day:02}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"


def step(length_s: float) -> str:
    """The length of a chart's point: `5 minutes`, `day`."""
    for unit_s, name in _UNITS:
        if length_s >= unit_s and length_s % unit_s == 0:
            number = int(length_s // unit_s)
            return name if number == 1 else f"{number} {name}s"
    return f"{length_s} seconds"


def span(length_s: float) -> str:
    """A duration in the largest unit that it holds twice: `7 days`, `90 minutes`, `1 second`."""
    unit_s, name = next(unit for unit in _UNITS if length_s >= 2 * unit[0] or unit[0] == 1)
    number = round(length_s / unit_s)
    return f"1 {name}" if number == 1 else f"{number} {name}s"


# The days of the proleptic Gregorian calendar, counted from 1970-01-01:
# https://howardhinnant.github.io/date_algorithms.html
def _days(year: int, month: int, day: int) -> int:
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


def _date(days: int) -> tuple[int, int, int]:
    days += 719468
    era = days // 146097
    of_era = days - era * 146097
    year = (of_era - of_era // 1460 + of_era // 36524 - of_era // 146096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    month += 3 if month < 10 else -9
    return year + era * 400 + (month <= 2), month, day
