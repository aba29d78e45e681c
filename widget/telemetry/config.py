"""The configuration of a tracker, with the keys of the public API."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import ConfigError
from .sampler import DEFAULT_RATE, clamp_rate

DEFAULT_ENDPOINT = "https://api.tresta.app/telemetry"

_URL = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?")


@dataclass(frozen=True)
class TelemetryConfig:
    """The sampling rates are fractions from 0 to 1; `endpoint` is an absolute http or https URL.

    `sampling_rate_on_error` is that of errors, if it is higher.
    """

    enabled: bool = True
    sampling_rate: float = DEFAULT_RATE
    sampling_rate_on_error: float = 0.0
    endpoint: str = DEFAULT_ENDPOINT

    def __post_init__(self) -> None:
        """Raises ConfigError for the first invalid value."""
        if not isinstance(self.enabled, bool):
            raise ConfigError("enabled must be true or false.")
        object.__setattr__(self, "sampling_rate", clamp_rate(self.sampling_rate))
        object.__setattr__(self, "sampling_rate_on_error", clamp_rate(self.sampling_rate_on_error))
        if not is_http_url(self.endpoint):
            raise ConfigError(f"endpoint must be an http or https URL, such as {DEFAULT_ENDPOINT}.")


def is_http_url(value: object) -> bool:
    """Whether it is an absolute http or https URL without user, query and fragment."""
    return isinstance(value, str) and _URL.fullmatch(value) is not None


_KEYS = {
    "enabled": "enabled",
    "samplingRate": "sampling_rate",
    "samplingRateOnError": "sampling_rate_on_error",
    "endpoint": "endpoint",
}
_NAMES = "enabled, samplingRate, samplingRateOnError and endpoint"


def telemetry_config(config: Mapping[str, object] | TelemetryConfig | None) -> TelemetryConfig:
    """The config itself, or one built from a mapping with the keys of _KEYS.

    Raises ConfigError for any other key and for an invalid value.
    """
    if isinstance(config, TelemetryConfig):
        return config
    if config is None:
        return TelemetryConfig()
    if not isinstance(config, Mapping):
        raise ConfigError(f"The telemetry config must be an object with {_NAMES}.")
    for key in config:
        if key not in _KEYS:
            raise ConfigError(f"A telemetry config has only the keys {_NAMES}.")
    values = {_KEYS[key]: value for key, value in config.items() if value is not None or key == "samplingRate"}
    return TelemetryConfig(**values)  # type: ignore[arg-type]  # __post_init__ checks each
