"""Privacy-first telemetry: what it counts is said in `schema`, whether it may is decided in `consent`."""

from .config import TelemetryConfig
from .sampler import TelemetrySampler
from .tracker import TelemetryTracker

__all__ = ["TelemetryConfig", "TelemetrySampler", "TelemetryTracker"]
