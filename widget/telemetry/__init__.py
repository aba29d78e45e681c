"""Privacy-first telemetry. `schema` defines what it counts, `consent` decides whether it may count."""

from .config import TelemetryConfig
from .sampler import TelemetrySampler
from .tracker import TelemetryTracker

__all__ = ["TelemetryConfig", "TelemetrySampler", "TelemetryTracker"]
