"""Settings, actions and refusals in plain words."""

MODES = (
    ("off", "Off", "Nothing is counted on any of your pages."),
    (
        "sampled",
        "Sampled",
        "A small share of visits is counted, drawn at random. Ask your counsel whether visitors must be asked.",
    ),
    ("opt-in", "Opt-in", "More visits are counted, up to every one, after you have asked your visitors."),
)
SAMPLED_RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1)
OPT_IN_RATES = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1)

ACTIONS = {
    "account.add": "Account added",
    "events.read": "Single rows read by an operator",
    "telemetry.set": "Telemetry setting changed",
    "token.make": "Token created",
    "token.revoke": "Token revoked",
    "widget.add": "Widget added",
    "widget.remove": "Widget removed",
}
_REFUSALS = {
    "account_off": "the account has switched telemetry off",
    "broken_content": "the widget's content file is broken",
    "disconnected": "the page closed before it had sent everything",
    "empty": "an empty batch",
    "invalid_code": "a malformed error code",
    "invalid_layout": "an unknown layout",
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
    "unknown_field": "a field that the schema does not have",
    "unknown_schema": "a schema that this server does not know",
    "unknown_widget": "a widget that is not registered",
    "wrong_type": "a value of the wrong type",
}


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


def setting(mode: str, rate: float) -> str:
    """What a telemetry setting does."""
    if mode == "off":
        return "Nothing is counted and nothing is sent."
    visits = share(rate)
    if rate >= 1:
        return "Every visit is counted, unless the visitor or the page opts out."
    per_day = round(10_000 * rate)
    return f"{visits[0].upper()}{visits[1:]}: {per_day:,} of 10,000 a day. Figures are estimates, scaled up from these."


def percent(rate: float) -> str:
    """A fraction in percent, without zeros at the end: `0.1%`, `25%`."""
    text = f"{rate * 100:.3f}".rstrip("0").rstrip(".")
    return f"{text}%"


def refusal(reason: str) -> str:
    """Why the server refused a batch."""
    return _REFUSALS.get(reason, reason.replace("_", " "))
