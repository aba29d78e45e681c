"""Settings and counts in plain words."""

MODES = (
    ("off", "Off", "Nothing is counted, on any page of yours."),
    ("sampled", "Sampled", "A small share of visits is counted, drawn by chance. No visitor needs to be asked."),
    ("opt-in", "Opt-in", "More visits are counted, up to every one, after you have asked your visitors."),
)
SAMPLED_RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
OPT_IN_RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1)

ACTIONS = {
    "account.add": "Account added",
    "telemetry.set": "Telemetry set",
    "token.make": "Token made",
    "token.revoke": "Token revoked",
    "widget.add": "Widget added",
    "widget.remove": "Widget removed",
}
REFUSALS = {
    "account_off": "the account has telemetry switched off",
    "broken_content": "the widget's content file is broken",
    "disconnected": "the page went away before all had come",
    "empty": "a batch with nothing in it",
    "invalid_code": "an error code of a wrong form",
    "invalid_layout": "a layout that does not exist",
    "invalid_version": "a version of a wrong form",
    "invalid_widget": "a widget id of a wrong form",
    "missing_field": "a field is missing",
    "not_json": "not JSON",
    "opted_out": "the visitor said no",
    "out_of_range": "a number out of its bounds",
    "queue_full": "the queue was full; the page was asked to wait",
    "rate_limited": "more at once than an account or a widget may send",
    "store_failed": "the store could not write",
    "timeout": "the batch took too long to come",
    "too_large": "larger than a batch may be",
    "too_many": "more of a kind than a batch may have",
    "unknown_field": "a field that the schema does not have",
    "unknown_schema": "a schema that this server does not know",
    "unknown_widget": "a widget that nobody registered",
    "wrong_type": "a value of a wrong type",
}


def share(rate: float) -> str:
    """A sampling rate as visits: `about 1 in 100 visits`, `every visit`."""
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


def setting(mode: str, rate: float) -> str:
    """What a setting does, in one sentence."""
    if mode == "off":
        return "Nothing is counted and nothing is sent."
    visits = share(rate)
    if rate >= 1:
        return "Every visit is counted, unless the visitor or the page says no."
    a_day = round(10_000 * rate)
    return f"{visits[0].upper()}{visits[1:]}: {a_day:,} of 10,000 a day. Figures are scaled up to all visits."


def percent(rate: float) -> str:
    """A fraction in percent with no more digits than it has: `0.1%`, `25%`."""
    text = f"{rate * 100:.3f}".rstrip("0").rstrip(".")
    return f"{text}%"


def refusal(reason: str) -> str:
    """Why a batch was not taken, in words."""
    return REFUSALS.get(reason, reason.replace("_", " "))
