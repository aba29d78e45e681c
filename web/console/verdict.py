"""What the figures mean: is it good, is it better or worse than before, and what is the worst that is going on."""

from . import figures
from .types import Json

GOOD_MS, POOR_MS = 2500, 4000  # web.dev's bounds for the largest contentful paint, which are about the p75
BANDS = (("good", "Good"), ("needs_work", "Needs work"), ("poor", "Poor"))
_BAND_NAMES = dict(BANDS)
_WORSE = ("ms", "fraction")  # kinds of which more is worse
_FAILING = 0.05  # errors per load, above which a widget fails
_NAMES = {"loads": "Loads", figures.ERROR_RATE[0]: "Errors per load", "p75": "Load time (p75)"}


def band(ms: float) -> str:
    """The band of a load time, one of BANDS."""
    return "good" if ms < GOOD_MS else ("needs_work" if ms < POOR_MS else "poor")


def band_in_words(figure: Json) -> str:
    """`Good`, or `Good, or needs work` if the interval reaches into another band."""
    name = band(figure["value"])
    ends = [figure["low"], POOR_MS if figure["high"] is None else figure["high"]]
    others = [band(end) for end in ends if end is not None and band(end) != name]
    return _BAND_NAMES[name] + (f", or {_BAND_NAMES[others[-1]].lower()}" if others else "")


def change(share: float) -> str:
    """A relative change: `+12%`, `\u22123.4%`, `no change`."""
    percent = abs(share) * 100
    if percent < 0.05:
        return "no change"
    digits = f"{percent:.1f}" if percent < 10 else f"{round(percent):,}"
    return f"{'+' if share > 0 else chr(0x2212)}{digits}%"


def judge_change(each: Json, kind: str) -> str:
    """`better`, `worse`, `changed` for a count, or `chance`."""
    if not each["is_beyond_chance"] or not each["share"]:
        return "chance"
    if kind not in _WORSE:
        return "changed"
    return "worse" if each["share"] > 0 else "better"


def of(answer: Json, period: str) -> tuple[str, str]:
    """The worst that is going on in a dashboard's answer: a kind, `good`, `warn`, `bad` or `none`, and a sentence.

    `period` names the period before, such as `the 7 days before`.
    """
    summary = answer["summary"]
    if summary["loads"]["too_few"]:
        return "none", "Too few page views in this time for a verdict: it takes 20 in the sample."
    for find in (_errors_rose, _failing_widget, _slow_version, _slow, _load_time_rose, _loads_fell, _needs_work):
        worst = find(answer, period)
        if worst:
            return worst
    return "good", _all_well(answer, period)


def _errors_rose(answer: Json, period: str) -> tuple[str, str] | None:
    name = figures.ERROR_RATE[0]
    each = _change_of(answer, name)
    if each is None or judge_change(each, "fraction") != "worse":
        return None
    now = figures.fraction(answer["summary"][name]["value"])
    codes = [error["code"] for error in answer["errors"] if figures.has_value(error["count"])]
    most = f", most of them {codes[0]}" if codes else ""
    kind = "bad" if answer["summary"][name]["value"] >= 0.01 else "warn"
    return kind, f"Errors are up: {now} per load{most}, against {figures.fraction(each['before'])} in {period}."


def _failing_widget(answer: Json, period: str) -> tuple[str, str] | None:
    name = figures.ERROR_RATE[0]
    failing = [item for item in answer["by_widget"] if (item[name]["low"] or 0) > _FAILING]
    if not failing:
        return None
    worst = max(failing, key=lambda item: item[name]["low"])
    return "bad", f"The widget {worst['name']} fails often: {figures.fraction(worst[name]['value'])} errors per load."


def _slow_version(answer: Json, period: str) -> tuple[str, str] | None:
    """The newest version, if its load times are clearly above those of another."""
    items = [item for item in answer["by_version"] if figures.has_value(item["p75"]) and item["name"] != "other"]
    if len(items) < 2:
        return None
    newest = max(items, key=lambda item: _version(item["name"]))
    rest = [item["loads"]["value"] for item in answer["by_version"] if item["name"] == "other"]
    if rest and (rest[0] or 0) > (newest["loads"]["value"] or 0):
        return None  # a newer one may be among the others
    for other in items:
        low, high = newest["p75"]["low"], other["p75"]["high"]
        if other is not newest and low is not None and high is not None and low > high:
            now, before = newest["p75"]["value"], other["p75"]["value"]
            if now > 1.2 * before:
                times = f"{figures.milliseconds(now)} against {figures.milliseconds(before)} at p75"
                return "warn", f"Version {newest['name']} loads slower than {other['name']}: {times}."
    return None


def _slow(answer: Json, period: str) -> tuple[str, str] | None:
    figure = answer["summary"]["p75"]
    if figure["low"] is None or band(figure["low"]) != "poor":
        return None
    return "bad", f"The widget is slow: every fourth visitor waits {figures.milliseconds(figure['value'])} or longer."


def _load_time_rose(answer: Json, period: str) -> tuple[str, str] | None:
    each = _change_of(answer, "p75")
    if each is None or judge_change(each, "ms") != "worse" or each["share"] < 0.1:
        return None
    now, before = figures.milliseconds(answer["summary"]["p75"]["value"]), figures.milliseconds(each["before"])
    return "warn", f"The widget loads slower than in {period}: {now} against {before} at p75."


def _loads_fell(answer: Json, period: str) -> tuple[str, str] | None:
    each = _change_of(answer, "loads")
    if each is None or judge_change(each, "count") == "chance" or each["share"] > -0.3:
        return None
    return "warn", f"The widget is shown less than in {period}: {change(each['share'])} loads."


def _needs_work(answer: Json, period: str) -> tuple[str, str] | None:
    figure = answer["summary"]["p75"]
    if not figures.has_value(figure) or band(figure["value"]) == "good":
        return None
    return (
        "warn",
        f"Load times need work: every fourth visitor waits {figures.milliseconds(figure['value'])} or longer.",
    )


def _all_well(answer: Json, period: str) -> str:
    figure, errors = answer["summary"]["p75"], answer["summary"][figures.ERROR_RATE[0]]
    text = f"All is well: three of four visitors see the widget within {figures.milliseconds(figure['value'])}"
    if not figures.has_value(errors):
        text += "."
    elif errors["value"]:
        text += f", with {figures.fraction(errors['value'])} errors per load."
    else:
        text += f", and none of the {figures.page_views(errors)} had an error."
    better = [
        _NAMES[name]
        for name, kind in ((figures.ERROR_RATE[0], "fraction"), ("p75", "ms"))
        if _change_of(answer, name) and judge_change(_change_of(answer, name) or {}, kind) == "better"
    ]
    return f"{text} Better than in {period}: {' and '.join(better).lower()}." if better else text


def _change_of(answer: Json, name: str) -> Json | None:
    each: Json | None = (answer["changes"] or {}).get(name)
    return each if each and each["share"] is not None else None


def _version(name: str) -> list[int]:
    numbers = name.split("-")[0].split(".")
    return [int(number) for number in numbers if number.isdigit()]
