"""The telemetry setting of an account: which modes and rates there are, and what they are in words."""

from __future__ import annotations

from widget.content import MODES, AccountTelemetry

from ..errors import SettingError

CONFIRMATION = "I have asked my visitors"  # typed by whoever chooses opt-in
RATES = {"sampled": (0.001, 0.1), "opt-in": (0.001, 1.0)}  # fractions of visits, both ends included


def checked(mode: str, rate: float | None, confirmation: str = "") -> AccountTelemetry:
    """The setting, when it is allowed; raises SettingError.

    `rate` is a fraction of visits. None is the default of `off`, where no rate counts, and of `sampled`: 0.01.
    """
    if mode not in MODES:
        raise SettingError(f"mode must be one of {', '.join(MODES)}.")
    if mode == "off" or (mode == "sampled" and rate is None):
        return AccountTelemetry(mode)
    least, most = RATES[mode]
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not least <= rate <= most:  # nor is NaN
        raise SettingError(f"In mode {mode} rate must be a fraction from {least:g} to {most:g}; 0.01 is 1 in 100.")
    if mode == "opt-in" and confirmation.strip().casefold() != CONFIRMATION.casefold():
        raise SettingError(f"opt-in needs the owner's confirmation, in these words: {CONFIRMATION}")
    return AccountTelemetry(mode, float(rate))


def in_words(telemetry: AccountTelemetry) -> str:
    """Such as `sampled, rate 0.01 (about 1 in 100 visits)`."""
    if telemetry.mode == "off":
        return "off"
    return f"{telemetry.mode}, rate {telemetry.rate:g} ({visits(telemetry.rate)})"


def visits(rate: float) -> str:
    """Which visits a rate measures, in words."""
    if rate == 1:
        return "every visit"
    many = 1 / rate
    if many >= 2 and abs(many - round(many)) < 0.005 * many:
        return f"about 1 in {round(many)} visits"
    return f"about {1000 * rate:.3g} in 1000 visits"
