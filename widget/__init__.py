"""Tresta's widget: testimonials drawn by Python inside a customer's page.

from widget import mount, TelemetryTracker
mount("#reviews", widget_id="w1")
"""

import sys

from .errors import ConfigError
from .mount import Widget, mount
from .telemetry import TelemetryConfig, TelemetrySampler, TelemetryTracker
from .version import VERSION as __version__

if sys.platform == "emscripten":  # in a page: trackers and widgets stand on it without being told
    from .page.browser import open_page

    open_page()

__all__ = [
    "ConfigError",
    "TelemetryConfig",
    "TelemetrySampler",
    "TelemetryTracker",
    "Widget",
    "__version__",
    "mount",
]
