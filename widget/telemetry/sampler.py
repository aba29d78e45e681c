"""Probabilistic sampling of page views, at a sampling rate from 0 to 1."""

from __future__ import annotations

import math
import os
from collections.abc import Callable

from ..errors import ConfigError

DEFAULT_RATE = 0.01  # 1 page in 100


def clamp_rate(rate: object) -> float:
    """The rate, clamped to 0..1. Raises ConfigError for NaN, infinity and non-numbers."""
    # A bool is an int in Python, but as a rate it is a mistake, probably an argument in the wrong position.
    if isinstance(rate, bool) or not isinstance(rate, int | float) or not math.isfinite(rate):
        raise ConfigError("samplingRate must be a number from 0 to 1, such as 0.01 for one page in a hundred.")
    return min(1.0, max(0.0, float(rate)))


def _system_random() -> float:
    """A number in [0, 1) of 53 random bits. In Pyodide, os.urandom uses crypto.getRandomValues."""
    return (int.from_bytes(os.urandom(7), "big") >> 3) / 2**53


class TelemetrySampler:
    """Draws random numbers in [0, 1); those below the rate are in the sample.

    In a page the numbers come from crypto.getRandomValues. Each visitor starts from the same memory snapshot, so
    Python's `random` would draw the same numbers for all of them.
    """

    def __init__(self, rate: float = DEFAULT_RATE, *, random: Callable[[], float] | None = None) -> None:
        self._rate = clamp_rate(rate)
        self._random = random or _system_random

    def should_sample(self) -> bool:
        """True with a probability of the rate. Draws a new number at each call."""
        return self.includes(self._random())

    def includes(self, draw: float) -> bool:
        """Whether this number in [0, 1), drawn elsewhere, is in the sample."""
        return draw < self._rate

    def set_sampling_rate(self, rate: float) -> None:
        """Sets the rate, clamped to 0..1. Raises ConfigError for NaN, infinity and non-numbers."""
        self._rate = clamp_rate(rate)

    def get_sampling_rate(self) -> float:
        return self._rate
