"""What an alert rule can wait for: its choices in plain words, and its numbers as people write them.

The API has milliseconds and fractions; people write seconds and percent.
"""

from .types import Json

# The metric, its words before the number, its unit, its first number against a limit, and against the usual (a factor).
ALL = (
    ("p75", "p75 of load time is above", "s", 2.5, 1.5),
    ("p95", "p95 of load time is above", "s", 4, 1.5),
    ("error_share", "page views with an error are above", "%", 2, 2),
    ("code", "page views with one error code are above", "%", 1, 2),
    ("silence", "it used to load and no longer does", "", None, None),
    ("coverage", "the share of pages heard from is below", "%", 50, 0.5),
    ("overcount", "it loads more often than it was given out, by a factor above", "times", 1.5, None),
    ("weekly_report", "a week is over: a report every Monday", "", None, None),
)
USUAL_UNIT = "times the usual of these hours"
REPORT = "weekly_report"
_FACTORS = {"s": 1000.0, "%": 0.01, "times": 1.0}


def of(metric: str) -> tuple[str, str, str, float | None, float | None]:
    """The choice with this metric."""
    return next(each for each in ALL if each[0] == metric)


def new() -> Json:
    """A rule as the form starts with it. `number` is the bound as a text, in the metric's unit."""
    return {
        "metric": "p75",
        "widget": "",
        "code": "",
        "against": "limit",
        "number": "2.5",
        "emails": "",
        "webhook": "",
        "min_page_views": "20",
    }


def with_metric(draft: Json, metric: str, against: str) -> Json:
    """The draft with another metric or comparison, and the number that is a good start for it."""
    _, _, _, limit, usual = of(metric)
    against = "" if limit is None else ("limit" if usual is None else against or "limit")
    start = usual if against == "usual" else limit
    changed = dict(draft)
    changed.update({"metric": metric, "against": against, "number": "" if start is None else text(start)})
    return changed


def draft_of(rule: Json) -> Json:
    """The form's draft of an existing rule."""
    bound = rule["bound"]
    number = "" if bound is None else text(bound / _factor(rule["metric"], rule["against"]))
    return {
        "metric": rule["metric"],
        "widget": rule["widget"] or "",
        "code": rule["code"] or "",
        "against": rule["against"] or "",
        "number": number,
        "emails": ", ".join(rule["emails"]),
        "webhook": rule["webhook"] or "",
        "min_page_views": str(rule["min_page_views"]),
    }


def body_of(draft: Json, muted_until: str | None = None) -> Json:
    """The API's body. Raises ValueError with a sentence for a number that is none."""
    body: Json = {
        "metric": draft["metric"],
        "widget": draft["widget"] or None,
        "webhook": draft["webhook"].strip() or None,
        "emails": draft["emails"].replace(",", " ").replace(";", " ").split(),
        "min_page_views": int(_number(draft["min_page_views"], "The number of page views")),
        "muted_until": muted_until,
    }
    if draft["metric"] == "code":
        body["code"] = draft["code"].strip().upper()
    if draft["against"]:
        bound = _number(draft["number"], "The limit") * _factor(draft["metric"], draft["against"])
        body["against"], body["bound"] = draft["against"], round(bound, 6)
    if draft["metric"] == REPORT:
        body["webhook"] = None
    return body


def unit(draft: Json) -> str:
    """What stands behind the number."""
    return USUAL_UNIT if draft["against"] == "usual" else of(draft["metric"])[2]


def sentence(draft: Json) -> str:
    """The draft in one sentence: `Tell me when p75 of load time of w1 is above 2.5 s.`"""
    name = draft["widget"]
    metric, number = draft["metric"], draft["number"].strip() or "\u2026"
    if metric == REPORT:
        return f"Send me every Monday how the week of {name or 'all widgets'} was."
    widget = name or "any widget"
    if metric == "silence":
        return f"Tell me when {widget} used to load and no longer does."
    value = f"{number}%" if unit(draft) == "%" else f"{number} {unit(draft)}"
    code = draft["code"].strip().upper() or "one error code"
    subject = {
        "p75": f"p75 of load time of {widget} is above",
        "p95": f"p95 of load time of {widget} is above",
        "error_share": f"the share of page views of {widget} with an error is above",
        "code": f"the share of page views of {widget} with {code} is above",
        "coverage": f"the share of pages of {widget} that are heard from is below",
        "overcount": f"the loads of {widget} for each page given out are above",
    }[metric]
    return f"Tell me when {subject} {value}."


def text(number: float) -> str:
    """A number without zeros at the end: `2.5`, `4`."""
    digits = f"{number:.4f}".rstrip("0").rstrip(".")
    return digits or "0"


def _factor(metric: str, against: str) -> float:
    return 1.0 if against == "usual" else _FACTORS[of(metric)[2]]


def _number(typed: str, name: str) -> float:
    try:
        return float(typed.strip().replace(",", "."))
    except ValueError:
        raise ValueError(f"{name} must be a number, such as 2.5.")
