"""Settings, actions and refusals in plain words."""

from .types import Json

MODES = (
    ("off", "Off", "Nothing is counted on any of your pages."),
    (
        "sampled",
        "Sampled",
        "A small share of visits is counted, drawn at random. Ask your counsel whether visitors must be asked.",
    ),
    ("opt-in", "Opt-in", "More visits are counted, up to every one, after you have asked your visitors."),
)
RECEIPTS = (("none", "Nowhere"), ("top", "At the top"), ("bottom", "At the bottom"))
SAMPLED_RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
OPT_IN_RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1)

ACTIONS = {
    "account.add": "Account added",
    "events.read": "Single rows read by an operator",
    "experiment.add": "Experiment planned",
    "experiment.adopt": "Variant made the design",
    "experiment.stop": "Experiment stopped",
    "alert.add": "Alert rule made",
    "alert.change": "Alert rule changed",
    "alert.remove": "Alert rule deleted",
    "alert.test": "Test message sent",
    "account.remove": "Account removed",
    "account.rename": "Account renamed",
    "figures.exclude": "Left out of the figures",
    "figures.include": "Counted again",
    "origins.set": "Origins of a widget changed",
    "regions.set": "Regions switched on or off",
    "rates.declare": "Declared sampling rates changed",
    "rows.erase": "Rows erased",
    "telemetry.set": "Telemetry setting changed",
    "token.make": "Token created",
    "token.revoke": "Token revoked",
    "widget.add": "Widget added",
    "widget.remove": "Widget removed",
}
_REFUSALS = {
    "account_off": "the account has switched telemetry off",
    "broken_content": "the widget's content file is broken",
    "content_wrong_origin": "content for a page of another origin than the widget's",
    "disconnected": "the page closed before it had sent everything",
    "empty": "an empty batch",
    "invalid_code": "a malformed error code",
    "invalid_layout": "an unknown layout",
    "invalid_region": "an unknown region",
    "invalid_variant": "a malformed variant of an experiment",
    "invalid_version": "a malformed version",
    "invalid_widget": "a malformed widget id",
    "missing_field": "a field is missing",
    "not_json": "not JSON",
    "opted_out": "the visitor opted out",
    "out_of_range": "a number is out of range",
    "queue_full": "the queue was full",
    "rate_limited": "over the rate limit of an account or a widget",
    "store_failed": "the store could not write",
    "timeout": "the batch took too long to arrive",
    "too_large": "the batch is too large",
    "too_many": "too many entries of one kind in a batch",
    "unknown_digest": "a table of fields that is not one of this server",
    "unknown_field": "a field that the schema does not have",
    "unknown_rate": "a sampling rate that the account does not have",
    "unknown_schema": "a schema that this server does not know",
    "unknown_variant": "a variant that no experiment of the widget has",
    "unknown_widget": "a widget that is not registered",
    "wrong_origin": "a page of another origin than the widget's",
    "wrong_type": "a value of the wrong type",
}


def newest(end: float, now: float, step_s: float, moment: str) -> str:
    """What to say where the figures end more than a step before now; `moment` is their end, in words. Else empty."""
    if now - end <= step_s:
        return ""
    return f" \u00b7 what came after {moment} is told once it is 20 page views or more"


def mark(mark: Json) -> str:
    """A change during a time range: `Version 0.4.1`, `Telemetry setting changed`."""
    name: str = mark["name"]
    return f"Version {name}" if mark["kind"] == "version" else ACTIONS.get(name, name)


def detail(text: str) -> str:
    """What the audit trail says of a change, for a reader: `rate 0.01 \u2192 rate 0.1`."""
    return text.replace("->", "\u2192")


def short_mark(mark: Json) -> str:
    """The same, for a chart: `0.4.1`, `setting`."""
    name: str = mark["name"]
    return name if mark["kind"] == "version" else "setting"


def region(name: str) -> str:
    """A region of the world in the schema's words: `Western Europe`, `Australia and New Zealand`."""
    if name == "none":
        return "No region told"
    parts = name.split("-")
    if name.startswith("south-eastern"):
        parts = ["south-eastern"] + parts[2:]
    return " ".join(part if part == "and" else part[0].upper() + part[1:] for part in parts)


def share(rate: float) -> str:
    """A sampling rate as a number of visits: `about 1 in 100 visits`, `every visit`."""
    if rate >= 1:
        return "every visit"
    if rate <= 0:
        return "no visit"
    whole = round(1 / rate)
    if rate <= 0.1 or abs(whole * rate - 1) < 0.02:
        return f"about 1 in {whole:,} visits"
    tenths = round(rate * 10)
    if abs(tenths / 10 - rate) < 0.005:
        return f"about {tenths} in 10 visits"
    return f"about {round(rate * 100)} in 100 visits"


def setting(mode: str, rate: float, rate_on_error: float = 0.0) -> str:
    """What a telemetry setting does."""
    if mode == "off":
        return "Nothing is counted and nothing is sent."
    visits = share(rate)
    if rate >= 1:
        return "Every visit is counted, unless the visitor or the page opts out."
    per_day = round(10_000 * rate)
    with_error = f" Of those with an error {share(rate_on_error)}." if rate_on_error else ""
    counted = f"{visits[0].upper()}{visits[1:]}: {per_day:,} of 10,000 a day.{with_error}"
    return f"{counted} Figures are estimates, scaled up from these."


def number(fraction: float) -> str:
    """A fraction without zeros at the end: `0.02`, `1`."""
    return f"{fraction:.6f}".rstrip("0").rstrip(".")


def percent(rate: float) -> str:
    """A fraction in percent, without zeros at the end: `0.1%`, `25%`."""
    text = f"{rate * 100:.3f}".rstrip("0").rstrip(".")
    return f"{text}%"


def refusal(reason: str) -> str:
    """Why the server refused a batch."""
    return _REFUSALS.get(reason, reason.replace("_", " "))
