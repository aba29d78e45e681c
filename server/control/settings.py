"""The telemetry setting of an account: its modes and rates, and how they are put in words."""

from __future__ import annotations

from widget.content import MODES, RECEIPTS, AccountTelemetry

from ..errors import SettingError

CONFIRMATION = "I have asked my visitors"  # the owner types it to choose opt-in
RATES = {"sampled": (0.001, 0.1), "opt-in": (0.001, 1.0)}  # fractions of page views, both ends included


def validate(mode: str, rate: float | None, confirmation: str = "", *, rate_on_error: float = 0) -> AccountTelemetry:
    """The setting of these values. Raises SettingError if it is not allowed.

    `rate` is a fraction of page views. None means the default of `sampled`, 0.01. `rate_on_error` is that of page views
    with an error; one that is not higher than `rate` is as good as none, 0. `off` ignores both.
    """
    if mode not in MODES:
        raise SettingError(f"mode must be one of {', '.join(MODES)}.")
    if mode == "off":
        return AccountTelemetry(mode)
    if mode == "sampled" and rate is None:
        rate = AccountTelemetry().rate
    least, most = RATES[mode]
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not least <= rate <= most:  # False for NaN too
        raise SettingError(f"In mode {mode} rate must be a fraction from {least:g} to {most:g}; 0.01 is 1 in 100.")
    if mode == "opt-in" and confirmation.strip().casefold() != CONFIRMATION.casefold():
        raise SettingError(f"opt-in needs the owner's confirmation, in these words: {CONFIRMATION}")
    if rate_on_error and not least <= rate_on_error <= most:
        raise SettingError(
            f"In mode {mode} rate_on_error must be a fraction from {least:g} to {most:g}, or 0 for none."
        )
    return AccountTelemetry(mode, float(rate), rate_on_error=float(rate_on_error) if rate_on_error > rate else 0.0)


def check_receipt(mode: str, receipt: str) -> None:
    """Raises SettingError for an unknown place, and for `none` in opt-in."""
    if receipt not in RECEIPTS:
        raise SettingError(f"receipt must be one of {', '.join(RECEIPTS)}.")
    if mode == "opt-in" and receipt == "none":
        raise SettingError("In mode opt-in visitors can always see what is sent: receipt must be top or bottom.")


def setting(mode: str, rate: float, receipt: str, rate_on_error: float) -> AccountTelemetry:
    """The setting of the stored values. Opt-in has a receipt even if its owner has chosen no place for it."""
    place = "bottom" if mode == "opt-in" and receipt == "none" else receipt
    return AccountTelemetry(mode, rate, place, rate_on_error)


def in_words(telemetry: AccountTelemetry) -> str:
    """The setting as a phrase, such as `sampled, rate 0.01 (about 1 in 100 page views), receipt at the top`."""
    rate = "" if telemetry.mode == "off" else f", rate {telemetry.rate:g} ({page_views(telemetry.rate)})"
    if telemetry.rate_on_error:
        rate += f", {telemetry.rate_on_error:g} with an error"
    receipt = "" if telemetry.receipt == "none" else f", receipt at the {telemetry.receipt}"
    return f"{telemetry.mode}{rate}{receipt}"


def page_views(rate: float) -> str:
    """A sampling rate as a number of page views, such as `about 1 in 100 page views`."""
    if rate == 1:
        return "every page view"
    ratio = 1 / rate
    if ratio >= 2 and abs(ratio - round(ratio)) < 0.005 * ratio:
        return f"about 1 in {round(ratio)} page views"
    return f"about {1000 * rate:.3g} in 1000 page views"
