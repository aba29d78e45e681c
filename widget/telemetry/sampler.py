"""Probabilistic sampling: which pages send at all, at a rate that is a fraction from 0 to 1."""

from __future__ import annotations

import math
import os
from collections.abc import Callable

from ..errors import ConfigError

DEFAULT_RATE = 0.01  # 1 page in 100


def checked_rate(rate: object) -> float:
    """The rate, clamped to 0..1; raises ConfigError for NaN, infinity and what is no number."""
    # A bool is an int to Python; as a rate it is a mistake, most likely one in the argument's place.
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not math.isfinite(rate):
        raise ConfigError("samplingRate must be a number from 0 to 1, such as 0.01 for one page in a hundred.")
    return min(1.0, max(0.0, float(rate)))


def _system_random() -> float:
    """A number in [0, 1) of 53 random bits; under Pyodide os.urandom is crypto.getRandomValues."""
    return (int.from_bytes(os.urandom(7), "big") >> 3) / 2**53


class TelemetrySampler:
    """Draws numbers in [0, 1) and says which fall below the rate.

    In a page the numbers come from crypto.getRandomValues: each visitor starts from the same memory image,
    so Python's `random` would draw the same for all of them.
    """

    def __init__(self, rate: float = DEFAULT_RATE, *, random: Callable[[], float] | None = None) -> None:
        self._rate = checked_rate(rate)
        self._random = random or _system_random

    def should_sample(self) -> bool:
        """A new draw at each call: True with a probability of the rate."""
        return self.includes(self._random())

    def includes(self, draw: float) -> bool:
        """Whether a draw made elsewhere, in [0, 1), is in the sample."""
        return draw < self._rate

    def set_sampling_rate(self, rate: float) -> None:
        """Takes a fraction, clamped to 0..1; raises ConfigError for NaN, infinity and what is no number."""
        self._rate = checked_rate(rate)

    def get_sampling_rate(self) -> float:
        return self._rate
